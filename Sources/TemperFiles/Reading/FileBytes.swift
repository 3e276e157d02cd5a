import Glibc
import TemperCore
import TemperJSON

extension Diagnostic.Code {
  /// A file that a run reads does not exist.
  public static let inputMissing = Diagnostic.Code("E0301", "an input file does not exist")
  /// A file that a run reads exists and cannot be read: no permission, a folder, a failing disk.
  public static let inputUnreadable = Diagnostic.Code("E0302", "an input file cannot be read")
  /// A file that a run reads has 4 GiB or more.
  public static let inputTooLarge = Diagnostic.Code("E0303", "an input file is too large")
  /// A file that became shorter, or another, while it was read.
  public static let changedWhileRead = Diagnostic.Code("E0227", "a data file was changed while it was read")
  /// A file whose content does not fit the memory that is left.
  public static let tooMuchMemory = Diagnostic.Code("E0228", "a file takes more memory than there is")
}

/// The whole content of one input file. All data enters through here, so that it can be hashed and is read once.
///
/// A regular file is mapped into memory and not copied: whoever changes it while it is in use changes what is read. Where it is shortened,
/// zeros are read, and ``checkUncut()`` throws.
public struct FileBytes: Sendable {
  /// The most bytes a file may have: offsets into it are kept in 32 bits.
  public static let limit = Int(UInt32.max) - 1

  /// The name to report: the path as given, or `standard input`.
  public let name: String
  /// Whether the content is Latin-1 that was made UTF-8, so that bytes are not what the user sees in a column.
  package private(set) var isTranscoded = false
  /// How many lines stand in the file before these bytes, where they are a part of it.
  package private(set) var linesBefore = 0
  @usableFromInline var content: StableBytes
  private let storedContent: StableBytes

  /// Bytes that are in memory already, reported under `name`.
  public init(name: String, bytes: [UInt8]) {
    let content = StableBytes(bytes)
    (self.name, self.content, storedContent) = (name, content, content)
  }

  /// A part of a file that `lines` of it stand before.
  package init(name: String, part bytes: [UInt8], linesBefore lines: Int) {
    self.init(name: name, bytes: bytes)
    linesBefore = lines
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
      case .noMemory(let bytes, let left): Self.noMemory(name, "unpacked", bytes, left)
      }
    }
  }

  /// Every byte of the content: of the file, unpacked if its name ends in `.gz`.
  public var bytes: [UInt8] { Array(content.buffer) }

  /// How many bytes the file has as it is stored, which is less than its content where it is compressed.
  public var storedCount: Int { storedContent.buffer.count }

  /// How many bytes the content has.
  package var contentCount: Int { content.buffer.count }

  /// Runs `body` on the content, which is not copied.
  @inlinable @inline(__always)
  package func withBytes<Result, Problem: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(Problem) -> Result) throws(Problem) -> Result {
    try withExtendedLifetime(content) { () throws(Problem) in try body(content.buffer) }
  }

  /// Runs `body` on one part after the other of the file as it is stored.
  public func forEachStoredPart(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    storedContent.forEachPart(body)
  }

  /// Throws `E0227` where the file has been shortened since it was opened: what was read of it does not count.
  public func checkUncut() throws(Diagnostics) {
    guard storedContent.isCut(name) else { return }
    throw changed
  }

  /// What to say of a file that is no longer what was read of it first.
  package var changed: Diagnostics {
    Diagnostics(.changedWhileRead, at: .wholeFile(path: name), "this file was changed while it was read. Run again when it is complete.")
  }

  /// What to say of a file whose content takes `bytes`, where only `left` are.
  package static func noMemory(_ name: String, _ what: String, _ bytes: Int, _ left: Int) -> Diagnostics {
    Diagnostics(
      .tooMuchMemory, at: .wholeFile(path: name),
      "\(what), this takes \(MemoryLimit.text(bytes)) of memory or more, and \(MemoryLimit.text(left)) are left. Take a part of it, or more memory."
    )
  }

  /// Lets the system take back the memory of a part of the content that is not needed soon.
  package func release(_ range: Range<Int>) {
    content.release(range)
  }

  /// The same file with other content, which has the same lines.
  package func with(content bytes: [UInt8]) -> FileBytes {
    var file = self
    file.content = StableBytes(bytes)
    return file
  }

  /// The same file with its content taken for Latin-1 (ISO 8859-1) and made UTF-8.
  package func transcodedFromLatin1() -> FileBytes {
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
  /// `E0259` for what cannot be unpacked, and `E0228` for what takes more memory than there is.
  public init(reading path: String) throws(Diagnostics) {
    let (name, descriptor, status) = try Self.open(path)
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    let isRegular = status.st_mode & S_IFMT == S_IFREG
    guard !isRegular || status.st_size <= Self.limit else { throw Self.failure(EFBIG, name) }

    // A regular file is mapped, but for those of /proc, which say that they are empty, and for a standard input read in part already.
    let isAtStart = lseek(descriptor, 0, SEEK_CUR) == 0
    let mapped = isRegular && isAtStart ? StableBytes(mapping: descriptor, status) : nil
    let content = if let mapped { mapped } else { try Self.readAll(descriptor, name) }
    if path.lowercased().hasSuffix(".gz") {
      try self.init(name: name, gzip: content)
    } else {
      self.init(name: name, content)
    }
  }

  /// Opens the file at `path`, or gives standard input for `-`, if there is anything to read that has an end.
  package static func open(_ path: String) throws(Diagnostics) -> (name: String, descriptor: CInt, status: stat) {
    let fromInput = path == "-"
    let name = fromInput ? "standard input" : path
    let descriptor = fromInput ? STDIN_FILENO : Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(errno, name) }
    var (status, problem) = (stat(), nil as Diagnostics?)
    if fstat(descriptor, &status) != 0 {
      problem = failure(errno, name)
    } else if status.st_mode & S_IFMT == S_IFDIR {
      problem = failure(EISDIR, name)
    } else if isEndless(status, descriptor) {
      problem = Diagnostics(
        .tooMuchMemory, at: .wholeFile(path: name),
        "this is a device, which has no end, and takes more than the \(MemoryLimit.text(MemoryLimit.available())) of memory that are left. Give the "
          + "path of a file.")
    }
    guard let problem else { return (name, descriptor, status) }
    if !fromInput { close(descriptor) }
    throw problem
  }

  /// Every byte of a pipe, or of a file that cannot be mapped.
  private static func readAll(_ descriptor: CInt, _ name: String) throws(Diagnostics) -> StableBytes {
    var sink = ByteSink(hint: 1 << 16, limit: limit)
    while true {
      do throws(InflateProblem) {
        try sink.reserve(1 << 16)
        try sink.checkLimit()
      } catch {
        if case .noMemory(let bytes, let left) = error { throw noMemory(name, "read", bytes, left) }
        throw failure(EFBIG, name)
      }
      let count = sink.appendRead(1 << 16, from: descriptor)
      if count == 0 { return sink.moved() }
      if count < 0, errno != EINTR { throw failure(errno, name) }
    }
  }

  /// Whether the file is a device that gives bytes for ever, such as /dev/zero, or a disk. A terminal ends, and so does /dev/null.
  private static func isEndless(_ status: stat, _ descriptor: CInt) -> Bool {
    switch status.st_mode & S_IFMT {
    case S_IFBLK: return true
    case S_IFCHR:
      var null = stat()
      return isatty(descriptor) == 0 && !(stat("/dev/null", &null) == 0 && null.st_rdev == status.st_rdev)
    default: return false
    }
  }

  /// What to do about a file that is not there: Debian packages that put data into known folders are named.
  private static func remedy(_ path: String) -> String {
    path.hasPrefix("/usr/share/datasets/fashion-mnist/")
      ? "It comes with a Debian package: apt-get install -y dataset-fashion-mnist" : "Check the path."
  }

  package static func failure(_ number: CInt, _ name: String) -> Diagnostics {
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
