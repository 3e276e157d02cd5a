import Glibc
import TemperCore
import TemperFiles
import TemperJSON

/// Reads a file of records sequentially, a requested number at a time, with only a part of it in memory: for pipes and files of any size.
final class RecordReader {
  let name: String
  private let format: TableOptions.Format
  private let dialect: CSVDialect
  /// The source: an open file, or the content of a compressed one.
  private let descriptor: CInt
  private let unpacked: FileBytes?
  private var unpackedBytes = 0
  /// Bytes that were read and not consumed yet.
  private var bytes: [UInt8] = []
  private var isAtEnd = false
  /// The number of lines consumed.
  private(set) var lines = 0

  /// The number of bytes per read, and the size of records from which available memory is checked.
  private static let (readSize, checkedSize) = (1 << 20, 1 << 26)

  /// Opens the file at `path`, or standard input for `-`. Throws what ``FileBytes`` throws.
  init(_ path: String, _ options: TableOptions) throws(Diagnostics) {
    let isCompressed = path.lowercased().hasSuffix(".gz")
    let content = isCompressed ? try FileBytes(reading: path) : nil
    let file: (name: String, descriptor: CInt)
    if let content {
      file = (content.name, -1)
    } else {
      let opened = try FileBytes.open(path)
      file = (opened.name, opened.descriptor)
    }
    (name, descriptor, unpacked) = (file.name, file.descriptor, content)
    (format, dialect) = (options.format(of: file.name), options.dialect(of: file.name))
  }

  deinit {
    if descriptor > STDIN_FILENO { close(descriptor) }
  }

  /// A part of the file.
  struct Part {
    let file: FileBytes
    let isLast: Bool
    /// The end of each record.
    let ends: [Int]
  }

  /// The records up to the first one after which `isEnough`, called with their number and bytes, is true; nil after the last one. They
  /// are kept until consumed.
  func part(_ isEnough: (_ records: Int, _ bytes: Int) -> Bool) throws(Diagnostics) -> Part? {
    var ends: [Int] = []
    while !findEnds(&ends, isEnough) { try fill() }
    // Blank lines at the end of a file are ignored, and whether they are at the end depends on what follows.
    let count = ends.count
    while let last = ends.last, isBlank((ends.dropLast().last ?? 0)..<last), let end = try recordEnd(from: last) { ends.append(end) }
    let isLast = try recordEnd(from: ends.last ?? 0) == nil
    if !isLast { ends.removeLast(ends.count - count) }
    let end = ends.last ?? 0
    if end == 0 || (lines > 0 && bytes.withUnsafeBufferPointer { $0.trimmedEnd(from: 0) } == 0) { return nil }
    return Part(file: FileBytes(name: name, part: Array(bytes[..<end]), linesBefore: lines), isLast: isLast, ends: ends)
  }

  /// Discards the first `count` bytes read.
  func take(_ count: Int) {
    lines += bytes[..<count].count { $0 == .lineFeed }
    bytes.removeFirst(count)
  }

  private func isBlank(_ range: Range<Int>) -> Bool {
    bytes[range].allSatisfy { $0 == .lineFeed || $0 == .carriageReturn }
  }

  /// Finds the ends of records until there are enough, or no more; returns false if more bytes must be read first.
  private func findEnds(_ ends: inout [Int], _ isEnough: (_ records: Int, _ bytes: Int) -> Bool) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      var records = CSVRecords(bytes, end: bytes.count, dialect)
      while !isEnough(ends.count, ends.last ?? 0) {
        let start = ends.last ?? 0
        guard start < bytes.count else { return isAtEnd }
        let end = format == .jsonl ? bytes.end(ofLineAt: start, upTo: bytes.count) : records.end(ofRecordAt: start)
        // A record that ends with the bytes may continue.
        guard end < bytes.count || isAtEnd else { return false }
        ends.append(end)
      }
      return true
    }
  }

  /// The end of the record that starts at `start`; nil if there is none.
  private func recordEnd(from start: Int) throws(Diagnostics) -> Int? {
    var ends = [start]
    while !findEnds(&ends, { records, _ in records == 2 }) { try fill() }
    return ends.count == 2 ? ends[1] : nil
  }

  private func fill() throws(Diagnostics) {
    try append()
    if format == .csv, let mended = bytes.withUnsafeBufferPointer({ dialect.withoutLoneReturns($0, isAll: isAtEnd) }) { bytes = mended }
  }

  /// Reads more bytes, as many as there are already, so that a long record is not rescanned too often.
  private func append() throws(Diagnostics) {
    let more = max(Self.readSize, bytes.count)
    if more > Self.checkedSize {
      let left = MemoryLimit.available()
      if 4 * more > left { throw FileBytes.noMemory(name, "read record by record", 4 * more, left) }
    }
    if let unpacked {
      let next = unpacked.withBytes { Array($0[unpackedBytes..<min(unpackedBytes + more, $0.count)]) }
      unpackedBytes += next.count
      bytes += next
      isAtEnd = next.isEmpty
      return
    }
    var hasFailed = false
    let buffer = [UInt8](unsafeUninitializedCapacity: more) { buffer, count in
      count = 0
      // A pipe returns few bytes at a time; the bytes to rescan must grow geometrically.
      while count < more {
        let added = read(descriptor, buffer.baseAddress! + count, more - count)
        if added < 0, errno == EINTR { continue }
        isAtEnd = added == 0
        hasFailed = added < 0
        guard added > 0 else { return }
        count += added
      }
    }
    if hasFailed { throw FileBytes.failure(errno, name) }
    if lines == 0, bytes.isEmpty, buffer.starts(with: [0x1F, 0x8B]) {
      throw Diagnostics(
        .badGzip, at: .wholeFile(path: name),
        "the file is gzip-compressed, but its name does not end in .gz. Rename it, or decompress it first, such as with gunzip -c.")
    }
    bytes += buffer
  }
}
