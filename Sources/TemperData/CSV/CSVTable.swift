import TemperJSON

/// A table read from a CSV file: a header and rows of text fields, all of which know where they stand.
///
/// The fields are offsets into the bytes of the file, 8 bytes each, and no string is made before somebody asks for one.
/// `init(_:delimiter:)` in `CSVTable+Reading.swift` says what is accepted.
public struct CSVTable: Sendable {
  /// The file, as it is to be hashed.
  public let file: FileBytes
  /// The names of the columns, in the order of the file; none is empty and none occurs twice.
  public let header: [String]
  /// The number of rows, the header not counted.
  public let count: Int

  /// Where each field starts, past an opening quote; record by record, the header first.
  private let starts: [UInt32]
  /// Where each field ends, before a closing quote.
  private let ends: [UInt32]
  /// The line on which each record starts, the header's first.
  private let lines: [UInt32]
  private let columnIndex: ByteIndex

  /// A table of `scan`'s records, all of which have as many fields as the first.
  init(_ file: FileBytes, _ scan: CSVScan, header: [String]) {
    self.file = file
    self.header = header
    (starts, ends, lines) = (scan.starts, scan.ends, scan.lines)
    count = scan.lines.count - 1
    columnIndex = ByteIndex(header)
  }

  /// The number of the column called exactly `name`, byte for byte.
  public func column(_ name: String) -> Int? {
    columnIndex.find(name)
  }

  /// The text of a field, quotes removed.
  public func text(row: Int, column: Int) -> String {
    withField(row: row, column: column) { String(decoding: $0, as: UTF8.self) }
  }

  /// Where a field stands; a quoted one at its opening quote.
  public func place(row: Int, column: Int) -> Place {
    let record = (row + 1) * header.count
    let first = Int(starts[record])
    var offset = Int(starts[record + column])
    return file.bytes.withUnsafeBufferPointer { bytes in
      if offset > 0, bytes[offset - 1] == CSVScan.quote { offset -= 1 }
      // A quoted field to the left may have line breaks in it.
      let breaks = first < offset ? bytes[first..<offset].count { $0 == CSVScan.lineFeed } : 0
      return CSVScan.place(file.name, bytes, offset: offset, line: Int(lines[row + 1]) + breaks)
    }
  }

  /// Where the name of a column stands.
  public func headerPlace(column: Int) -> Place {
    place(row: -1, column: column)
  }

  /// Runs `body` on the bytes of a field, quotes removed.
  @inline(__always)
  func withField<Result>(row: Int, column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let field = (row + 1) * header.count + column
    let (start, end) = (Int(starts[field]), Int(ends[field]))
    return file.bytes.withUnsafeBufferPointer { bytes in
      let raw = UnsafeBufferPointer(rebasing: bytes[start..<end])
      if start > 0, bytes[start - 1] == CSVScan.quote, raw.contains(CSVScan.quote) {
        return CSVScan.unescaped(raw).withUnsafeBufferPointer(body)
      }
      return body(raw)
    }
  }
}
