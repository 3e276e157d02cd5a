import TemperJSON

/// A header and rows of fields, all of which know where they stand.
///
/// Whatever files it comes from, a field is a text (``text(row:column:)``), which may spell a number (``number(row:column:)``) or be blank.
/// No string is made before somebody asks for one.
public struct Table: Sendable {
  private let file: FileBytes
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

  /// The files that it was read from, in the order of their rows, to be hashed.
  public var files: [FileBytes] { [file] }

  /// Where to report what is about the table and no one field.
  public var place: Place { .wholeFile(path: file.name) }

  /// The number that a field spells; nil where it is none, or none that 32 bits hold.
  @inline(__always)
  public func number(row: Int, column: Int) -> Double? {
    withField(row: row, column: column) { field in
      guard let value = NumberGrammar.double(field), Float(value).isFinite else { return nil }
      return value
    }
  }

  /// Whether a field has no value: nothing in it but spaces and tabs.
  public func isBlank(row: Int, column: Int) -> Bool {
    withField(row: row, column: column) { Self.isBlank($0) }
  }

  /// Whether `field` holds nothing but spaces and tabs.
  static func isBlank(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    field.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
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
