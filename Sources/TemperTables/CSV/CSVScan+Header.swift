import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// A table without a single byte.
  public static let tableEmpty = Diagnostic.Code("E0201", "a table is empty")
  /// A table with a header only.
  public static let tableWithoutRows = Diagnostic.Code("E0202", "a table has no rows")
  /// A row has more or fewer fields than the header.
  public static let raggedRow = Diagnostic.Code("E0203", "a row has too few or too many fields")
  /// A quote inside an unquoted field, or text after the closing quote.
  public static let strayQuote = Diagnostic.Code("E0204", "an unexpected quote")
  /// The file ends inside a quoted field.
  public static let unclosedQuote = Diagnostic.Code("E0205", "a quoted field is never closed")
  /// A column without a name, or with the name of another column.
  public static let badHeader = Diagnostic.Code("E0207", "a column name is empty or duplicate")
  /// A row that repeats the column names.
  public static let repeatedHeader = Diagnostic.Code("E0210", "the header is repeated among the rows")
}

extension CSVScan {
  /// The name of a first column without one, which R and pandas write for row names.
  static let rowNames = "row"

  /// The columns from the scanned record: its names, with empty and repeated ones reported, or `c1`, `c2` and so on if it is the first
  /// row; empty if there is no record. A first column without a name contains row names and is called `row`, unless another column is.
  /// With `isTrailing` the last field, which is empty, is excluded.
  mutating func columns(_ bytes: UnsafeBufferPointer<UInt8>, _ duplicates: TableOptions.Duplicates, isTrailing: Bool = false) -> CSVColumns
  {
    let fields = starts.indices.dropLast(isTrailing ? 1 : 0)
    if !hasHeader {
      let names = fields.map { "c\($0 + 1)" }
      return CSVColumns(names: names, written: names)
    }
    let written = fields.map { column in withField(bytes, column) { String(decoding: $0, as: UTF8.self) } }
    var names = written
    let isRowTaken = written.contains { $0.utf8.elementsEqual(Self.rowNames.utf8) }
    if written.count > 1, written[0].isEmpty, !isRowTaken { names[0] = Self.rowNames }
    if duplicates == .rename { names = CSVColumns.renamed(names) }
    var seen = ByteIndex()
    for column in fields {
      let name = names[column]
      let (file, start) = (file, offset(bytes, column))
      if written[column].isEmpty, name != Self.rowNames {
        findings.add(
          .badHeader, at: file.place(bytes, offset: start), "column \(column + 1) has no name. Every column needs a name.")
      } else if let first = seen.find(name) {
        findings.add(
          .badHeader, at: file.place(bytes, offset: start),
          "column \(column + 1) has the same name as column \(first + 1), \(quoted(name)). Rename one of them, or set "
            + "data.duplicate_columns to \"rename\", which names it \(quoted(name + ".1")).")
      }
      var bytes = name
      bytes.withUTF8 { seen.append($0) }
    }
    return CSVColumns(names: names, written: written)
  }
}
