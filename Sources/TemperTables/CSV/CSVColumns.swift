import TemperFiles
import TemperJSON

/// What the first record of a CSV file says of its columns.
struct CSVColumns: Sendable {
  /// Their names.
  let names: [String]
  /// The names as the header has them, which a repeated header has too.
  let written: [String]
  /// Whether every record ends with the delimiter, so that it has one more field, an empty one.
  var hasTrailing = false

  /// A name for every field that a record has.
  var fields: [String] { hasTrailing ? written + [""] : written }
}

extension CSVColumns {
  /// `written` with each repeated name made another by a number behind it, as pandas does: `x`, `x.1`, `x.2`. A number is passed over where the
  /// header has that name itself.
  static func renamed(_ written: [String]) -> [String] {
    let taken = ByteIndex(written)
    var given = ByteIndex()
    return written.map { name in
      var (new, number) = (name, 0)
      while given.find(new) != nil || (number > 0 && taken.find(new) != nil) {
        number += 1
        new = "\(name).\(number)"
      }
      var bytes = new
      bytes.withUTF8 { given.append($0) }
      return new
    }
  }
}

extension CSVScan {
  /// Reports records whose last field, behind a delimiter at the end, holds something. The first of those scanned is on `line`.
  mutating func checkTrailing(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) {
    guard let columns = header?.count, let first = records.first else { return }
    for record in records.indices {
      let number = (record + 1) * columns - 1
      if withField(bytes, number, Table.isBlank) { continue }
      let start = offset(bytes, number)
      let text = withField(bytes, number) { String(decoding: $0, as: UTF8.self) }
      findings.add(
        .raggedRow, at: file.place(bytes, offset: start, line: line + bytes[first..<start].count { $0 == .lineFeed }),
        "all rows before end with the delimiter, and here \(quoted(text)) follows it. Put a value that holds the delimiter in quotes.")
    }
  }
}
