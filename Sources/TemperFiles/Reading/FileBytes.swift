import Glibc
import TemperCore
import TemperJSON

extension Diagnostic.Code {
  /// An input file that does not exist.
  public static let inputMissing = Diagnostic.Code("E0301", "input file not found")
  /// An input file that exists and cannot be read: no permission, a folder, a failing disk.
  public static let inputUnreadable = Diagnostic.Code("E0302", "an input file cannot be read")
  /// An input file of 4 GiB or more.
  public static let inputTooLarge = Diagnostic.Code("E0303", "an input file is too large")
  /// A file that was truncated or replaced while it was read.
  public static let changedWhileRead = Diagnostic.Code("E0227", "a data file changed while it was being read")
  /// A file whose content exceeds the available memory.
  public static let tooMuchMemory = Diagnostic.Code("E0228", "a file needs more memory than is available")
}

/// The whole content of one input file. All data is read through this type, so that it can be hashed and is read once.
///
/// A regular file is memory-mapped rather than copied, so changes to it while it is in use affect what is read. If it is truncated,
/// zeros are read, and ``checkUncut()`` throws.
public struct FileBytes: Sendable {
  /// The maximum size of a file: offsets into it are 32-bit.
  public static let limit = Int(UInt32.max) - 1

  /// The name for messages: the path as given, or `standard input`.
  public let name: String
  /// Whether the content was converted from Latin-1 to UTF-8, so that byte offsets differ from the columns that the user sees.
  package private(set) var isTranscoded = false
  /// The number of lines of the file before these bytes, if they are a part of it.
  package private(set) var linesBefore = 0
  /// The size of the files that these bytes list; nil for the content of a file.
  private var listedCount: Int?
  @usableFromInline var content: StableBytes
  private let storedContent: StableBytes

  /// Wraps bytes in memory, reported under `name`.
  public init(name: String, bytes: [UInt8]) {
    let content = StableBytes(bytes)
    (self.name, self.content, storedContent) = (name, content, content)
  }

  /// Stands for several files of `bytes` bytes in all, by a listing of their names and checksums.
  package init(name: String, listing: [UInt8], of bytes: Int) {
    self.init(name: name, bytes: listing)
    listedCount = bytes
  }

  /// Wraps a part of a file after its first `lines` lines.
  package init(name: String, part bytes: [UInt8], linesBefore lines: Int) {
    self.init(name: name, bytes: bytes)
    linesBefore = lines
  }

  private init(name: String, _ content: StableBytes) {
    (self.name, self.content, storedContent) = (name, content, content)
  }

  /// Decompresses the gzip file `stored`, of at most `limit` bytes. Throws `E0258` if it is damaged, `E0259` beyond the limit.
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
      case .truncated: Diagnostics(.badGzip, at: place, "the compressed file is truncated. Copy or download it again.")
      case .damaged(let how):
        Diagnostics(.badGzip, at: place, "damaged gzip file: \(how). Copy or download it again, or remove .gz from its name.")
      case .tooLarge:
        Diagnostics(
          .unpacksTooLarge, at: place, "decompresses to more than \(limit >> 20) MiB. Decompress it with gunzip if you trust it.")
      case .noMemory(let bytes, let left): Self.noMemory(name, "decompressed", bytes, left)
      }
    }
  }

  /// The content of the file, decompressed if its name ends in `.gz`.
  public var bytes: [UInt8] { Array(content.buffer) }

  /// The stored size of the file, which is less than that of its content if it is compressed.
  public var storedCount: Int { listedCount ?? storedContent.buffer.count }

  /// The size of the content.
  package var contentCount: Int { content.buffer.count }

  /// Calls `body` with the content, which is not copied.
  @inlinable @inline(__always)
  package func withBytes<Result, Problem: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(Problem) -> Result) throws(Problem) -> Result {
    try withExtendedLifetime(content) { () throws(Problem) in try body(content.buffer) }
  }

  /// Calls `body` with consecutive parts of the file as it is stored.
  public func forEachStoredPart(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    storedContent.forEachPart(body)
  }

  /// Throws `E0227` if the file has been truncated since it was opened, which makes what was read invalid.
  public func checkUncut() throws(Diagnostics) {
    guard storedContent.isCut(name) else { return }
    throw changed
  }

  /// The error for a file that changed after it was first read.
  package var changed: Diagnostics {
    Diagnostics(.changedWhileRead, at: .wholeFile(path: name), "the file changed while it was being read. Run again when it is complete.")
  }

  /// The error for a file whose content needs `bytes`, of which only `left` are available.
  package static func noMemory(_ name: String, _ what: String, _ bytes: Int, _ left: Int) -> Diagnostics {
    Diagnostics(
      .tooMuchMemory, at: .wholeFile(path: name),
      "\(what), it needs at least \(MemoryLimit.text(bytes)) of memory; \(MemoryLimit.text(left)) are left. Use part of it, or add memory."
    )
  }

  /// Lets the system reclaim the memory of a part of the content that is not needed soon.
  package func release(_ range: Range<Int>) {
    content.release(range)
  }

  /// The same file with other content, which must have the same lines.
  package func with(content bytes: [UInt8]) -> FileBytes {
    var file = self
    file.content = StableBytes(bytes)
    return file
  }

  /// The same file with its content converted from Latin-1 (ISO 8859-1) to UTF-8.
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

  /// Reads the file at `path`, or standard input for `-`; a file whose name ends in `.gz` is decompressed.
  ///
  /// Throws `E0301` if it does not exist, `E0302` if it is a folder or cannot be read, `E0303` beyond ``limit``, `E0258` and `E0259` if
  /// it cannot be decompressed, and `E0228` if it exceeds the available memory.
  public init(reading path: String) throws(Diagnostics) {
    let (name, descriptor, status) = try Self.open(path)
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    let isRegular = status.st_mode & S_IFMT == S_IFREG
    guard !isRegular || status.st_size <= Self.limit else { throw Self.failure(EFBIG, name) }

    // Regular files are mapped, except those in /proc, which report size 0, and a partly read standard input.
    let isAtStart = lseek(descriptor, 0, SEEK_CUR) == 0
    let mapped = isRegular && isAtStart ? StableBytes(mapping: descriptor, status) : nil
    let content = if let mapped { mapped } else { try Self.readAll(descriptor, name) }
    if path.lowercased().hasSuffix(".gz") {
      try self.init(name: name, gzip: content)
    } else {
      self.init(name: name, content)
    }
  }

  /// Opens the file at `path`, or returns standard input for `-`, if it is readable and finite.
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
        "this is a device without an end and needs more than the \(MemoryLimit.text(MemoryLimit.available())) of memory left. Give the "
          + "path of a file.")
    }
    guard let problem else { return (name, descriptor, status) }
    if !fromInput { close(descriptor) }
    throw problem
  }

  /// Reads a pipe, or a file that cannot be mapped.
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

  /// Whether the file is an endless device, such as /dev/zero, or a disk. A terminal ends, and so does /dev/null.
  private static func isEndless(_ status: stat, _ descriptor: CInt) -> Bool {
    switch status.st_mode & S_IFMT {
    case S_IFBLK: return true
    case S_IFCHR:
      var null = stat()
      return isatty(descriptor) == 0 && !(stat("/dev/null", &null) == 0 && null.st_rdev == status.st_rdev)
    default: return false
    }
  }

  /// The remedy for a missing file: names Debian packages that install data in known folders.
  private static func remedy(_ path: String) -> String {
    path.hasPrefix("/usr/share/datasets/fashion-mnist/")
      ? "It is in a Debian package: apt-get install -y dataset-fashion-mnist" : "Check the path."
  }

  package static func failure(_ number: CInt, _ name: String) -> Diagnostics {
    let place = Place.wholeFile(path: name)
    return switch number {
    case ENOENT, ENOTDIR: Diagnostics(.inputMissing, at: place, "file not found. \(remedy(name))")
    case EISDIR: Diagnostics(.inputUnreadable, at: place, "this is a folder. Give the path of a file in it.")
    case EACCES, EPERM: Diagnostics(.inputUnreadable, at: place, "permission denied. Change the mode or owner of the file.")
    case EFBIG: Diagnostics(.inputTooLarge, at: place, "this file has 4 GiB or more. Split it into several, or take a sample of its rows.")
    default: Diagnostics(.inputUnreadable, at: place, "reading failed: \(String(cString: strerror(number))).")
    }
  }
}
