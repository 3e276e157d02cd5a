import Glibc
import TemperJSON

extension Diagnostic.Code {
  /// A file that a run reads does not exist.
  public static let inputMissing = Diagnostic.Code("E0301", "an input file does not exist")
  /// A file that a run reads exists and cannot be read: no permission, a folder, a failing disk.
  public static let inputUnreadable = Diagnostic.Code("E0302", "an input file cannot be read")
  /// A file that a run reads has 4 GiB or more.
  public static let inputTooLarge = Diagnostic.Code("E0303", "an input file is too large")
}

/// The whole content of one input file. All data enters through here, so that it can be hashed and is read once.
///
/// A regular file is mapped into memory and not copied: whoever changes it while it is in use changes what is read, and whoever shortens it
/// ends the program.
public struct FileBytes: Sendable {
  /// The most bytes a file may have: offsets into it are kept in 32 bits.
  public static let limit = Int(UInt32.max) - 1

  /// The name to report: the path as given, or `standard input`.
  public let name: String
  /// Whether the content is Latin-1 that was made UTF-8, so that bytes are not what the user sees in a column.
  private(set) var isTranscoded = false
  private var content: StableBytes
  private let storedContent: StableBytes

  /// Bytes that are in memory already, reported under `name`.
  public init(name: String, bytes: [UInt8]) {
    let content = StableBytes(bytes)
    (self.name, self.content, storedContent) = (name, content, content)
  }

  private init(name: String, _ content: StableBytes) {
    (self.name, self.content, storedContent) = (name, content, content)
  }

  /// The content of the gzip file `stored`, of at most `limit` bytes. Throws `E0258` where it is damaged, `E0259` beyond the limit.
  init(name: String, gzip stored: [UInt8], limit: Int = Gzip.limit) throws(Diagnostics) {
    try self.init(name: name, gzip: StableBytes(stored), limit: limit)
  }

  private init(name: String, gzip stored: StableBytes, limit: Int = Gzip.limit) throws(Diagnostics) {
    (self.name, storedContent) = (name, stored)
    do throws(InflateProblem) {
      content = try Gzip.unpacked(stored.buffer, limit: limit)
    } catch {
      let place = Place.wholeFile(path: name)
      throw switch error {
      case .truncated: Diagnostics(.badGzip, at: place, "the compressed file ends too early. Copy or download it again.")
      case .damaged(let how):
        Diagnostics(.badGzip, at: place, "this is no sound gzip file: \(how). Copy or download it again, or drop .gz from its name.")
      case .tooLarge:
        Diagnostics(
          .unpacksTooLarge, at: place, "this file unpacks to more than \(limit >> 20) MiB. Unpack it with gunzip if it is to be trusted.")
      }
    }
  }

  /// Every byte of the content: of the file, unpacked if its name ends in `.gz`.
  public var bytes: [UInt8] { Array(content.buffer) }

  /// How many bytes the file has as it is stored, which is less than its content where it is compressed.
  public var storedCount: Int { storedContent.buffer.count }

  /// Runs `body` on the content, which is not copied.
  @inline(__always)
  func withBytes<Result, Problem: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(Problem) -> Result) throws(Problem) -> Result {
    try withExtendedLifetime(content) { () throws(Problem) in try body(content.buffer) }
  }

  /// Runs `body` on one part after the other of the file as it is stored.
  public func forEachStoredPart(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    storedContent.forEachPart(body)
  }

  /// Lets the system take back the memory of a part of the content that is not needed soon.
  func release(_ range: Range<Int>) {
    content.release(range)
  }

  /// The same file with its content taken for Latin-1 (ISO 8859-1) and made UTF-8.
  func transcodedFromLatin1() -> FileBytes {
    let buffer = content.buffer
    let high = buffer.reduce(0) { $0 &+ Int($1 >> 7) }
    if high == 0 { return self }
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: buffer.count + high)
    var count = 0
    for byte in buffer {
      if byte < 0x80 {
        memory[count] = byte
      } else {
        memory[count] = 0xC0 | byte >> 6
        count += 1
        memory[count] = 0x80 | byte & 0x3F
      }
      count += 1
    }
    var file = self
    file.content = StableBytes(owning: memory, count: count)
    file.isTranscoded = true
    return file
  }

  /// Reads the file at `path`, or standard input for `-`; a file whose name ends in `.gz` is unpacked.
  ///
  /// Throws `E0301` where nothing is there, and `E0302` where it is a folder or cannot be read, `E0303` beyond ``limit``, `E0258` and
  /// `E0259` for what cannot be unpacked.
  public init(reading path: String) throws(Diagnostics) {
    let fromInput = path == "-"
    let name = fromInput ? "standard input" : path
    let descriptor = fromInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(errno, name) }
    defer { if !fromInput { close(descriptor) } }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure(errno, name) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw Self.failure(EISDIR, name) }
    let isRegular = status.st_mode & S_IFMT == S_IFREG
    guard !isRegular || status.st_size <= Self.limit else { throw Self.failure(EFBIG, name) }

    // A regular file is mapped, but for those of /proc, which say that they are empty, and for a standard input read in part already.
    let isAtStart = lseek(descriptor, 0, SEEK_CUR) == 0
    let mapped = isRegular && isAtStart ? StableBytes(mapping: descriptor, count: Int(status.st_size)) : nil
    let content = if let mapped { mapped } else { try Self.readAll(descriptor, name) }
    if path.lowercased().hasSuffix(".gz") {
      try self.init(name: name, gzip: content)
    } else {
      self.init(name: name, content)
    }
  }

  /// Every byte of a pipe, or of a file that cannot be mapped.
  private static func readAll(_ descriptor: CInt, _ name: String) throws(Diagnostics) -> StableBytes {
    var sink = ByteSink(hint: 1 << 16, limit: limit)
    while true {
      do throws(InflateProblem) {
        try sink.reserve(1 << 16)
        try sink.checkLimit()
      } catch {
        throw failure(EFBIG, name)
      }
      let count = sink.appendRead(1 << 16, from: descriptor)
      if count == 0 { return sink.moved() }
      if count < 0, errno != EINTR { throw failure(errno, name) }
    }
  }

  /// What to do about a file that is not there: Debian packages that put data into known folders are named.
  private static func remedy(_ path: String) -> String {
    path.hasPrefix("/usr/share/datasets/fashion-mnist/")
      ? "It comes with a Debian package: apt-get install -y dataset-fashion-mnist" : "Check the path."
  }

  static func failure(_ number: CInt, _ name: String) -> Diagnostics {
    let place = Place.wholeFile(path: name)
    return switch number {
    case ENOENT, ENOTDIR: Diagnostics(.inputMissing, at: place, "there is no such file. \(remedy(name))")
    case EISDIR: Diagnostics(.inputUnreadable, at: place, "this is a folder. Give the path of a file in it.")
    case EACCES, EPERM: Diagnostics(.inputUnreadable, at: place, "no permission to read this file. Change its mode or owner.")
    case EFBIG: Diagnostics(.inputTooLarge, at: place, "this file has 4 GiB or more. Split it into several, or take a sample of its rows.")
    default: Diagnostics(.inputUnreadable, at: place, "reading failed: \(String(cString: strerror(number))).")
    }
  }
}
