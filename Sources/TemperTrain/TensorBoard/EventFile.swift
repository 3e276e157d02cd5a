import Glibc
import TemperFiles
import TemperJSON

/// A TensorBoard event file in a run directory, in the format of TFRecord: of each record its length and content, both followed by check values.
final class EventFile {
  private let directory: RunDirectory
  private let path: String
  private var descriptor: CInt = -1
  private static let (prefix, overhead) = ("events.out.tfevents.", 16)

  /// Opens the newest event file in `folder` of the run for appending, without a record that a killed process left unfinished; a new one if there is
  /// none.
  init(_ directory: RunDirectory, in folder: String) throws(Diagnostics) {
    let own = directory.path + "/" + folder
    try Files.makeFolder(own)
    let existing = Files.names(in: own).last { $0.hasPrefix(Self.prefix) }
    (self.directory, path) = (directory, own + "/" + (existing ?? "\(Self.prefix)\(time(nil)).\(Self.host)"))
    let whole = existing == nil ? 0 : Self.wholeRecords(try FileBytes(reading: path).bytes)
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0, ftruncate(descriptor, off_t(whole)) == 0 else { throw Files.failure("cannot write", path) }
    if whole == 0 { try append(EventMessage.version(at: Self.now)) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The wall clock, in seconds since 1970.
  static var now: Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "localhost" }
    let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.isEmpty || text.contains("/") ? "localhost" : text
  }

  /// Appends a record.
  func append(_ content: [UInt8]) throws(Diagnostics) {
    try directory.demandPlace()
    guard Files.writeAll(Self.record(content), to: descriptor) else { throw Files.failure("cannot write", path) }
  }

  /// Flushes all records to disk.
  func sync() { fsync(descriptor) }

  /// `content` as a record.
  static func record(_ content: [UInt8]) -> [UInt8] {
    let length = withUnsafeBytes(of: UInt64(content.count).littleEndian) { Array($0) }
    return length + check(length) + content + check(content)
  }

  private static func check(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    withUnsafeBytes(of: CRC32C.masked(bytes).littleEndian) { Array($0) }
  }

  /// The number of bytes of the records of a file up to the first that is damaged or has no end.
  static func wholeRecords(_ bytes: [UInt8]) -> Int {
    var start = 0
    while bytes.count - start >= overhead {
      let length = bytes[start..<start + 8]
      let count = length.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard check(length) == Array(bytes[start + 8..<start + 12]), count <= UInt64(bytes.count - start - overhead) else { break }
      let (first, end) = (start + 12, start + 12 + Int(count))
      guard check(bytes[first..<end]) == Array(bytes[end..<end + 4]) else { break }
      start = end + 4
    }
    return start
  }
}
