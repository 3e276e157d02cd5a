import TemperFiles
import TemperJSON

/// The columns of a CSV file, from its first record.
struct CSVColumns: Sendable {
  /// Their names.
  let names: [String]
  /// The names as written in the header, which a repeated header has too.
  let written: [String]
  /// Whether every record ends with the delimiter and thus has an additional empty field.
  var hasTrailing = false

  /// A name for every field of a record.
  var fields: [String] { hasTrailing ? written + [""] : written }
}

extension CSVColumns {
  /// Makes repeated names in `written` unique by numbers, like pandas: `x`, `x.1`, `x.2`. A number is skipped if the header has that
  /// name itself.
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
  /// Reports records whose last field, after a trailing delimiter, is not empty. The first record scanned is on `line`.
  mutating func checkTrailing(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) {
    guard let columns = header?.count, let first = records.first else { return }
    for record in records.indices {
      let number = (record + 1) * columns - 1
      if withField(bytes, number, Table.isBlank) { continue }
      let start = offset(bytes, number)
      let text = withField(bytes, number) { String(decoding: $0, as: UTF8.self) }
      findings.add(
        .raggedRow, at: file.place(bytes, offset: start, line: line + bytes[first..<start].count { $0 == .lineFeed }),
        "all rows before end with the delimiter, but here \(quoted(text)) follows it. Quote a value that contains the delimiter.")
    }
  }
}
