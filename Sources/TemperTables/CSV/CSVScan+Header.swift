import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// There is not one byte in a table.
  public static let tableEmpty = Diagnostic.Code("E0201", "a table is empty")
  /// A table has a header and nothing else.
  public static let tableWithoutRows = Diagnostic.Code("E0202", "a table has no rows")
  /// A row has more or fewer fields than the header.
  public static let raggedRow = Diagnostic.Code("E0203", "a row has too few or too many fields")
  /// A quote inside a field without quotes, or text after the closing quote.
  public static let strayQuote = Diagnostic.Code("E0204", "a quote stands where none may")
  /// The file ends inside a quoted field.
  public static let unclosedQuote = Diagnostic.Code("E0205", "a quoted field is never closed")
  /// A column has no name, or the name of another column.
  public static let badHeader = Diagnostic.Code("E0207", "a column's name is empty or taken")
  /// A row that repeats the names of the columns.
  public static let repeatedHeader = Diagnostic.Code("E0210", "the header stands among the rows again")
}

extension CSVScan {
  /// What a first column without a name is called, as R and pandas write the names of the rows.
  static let rowNames = "row"

  /// The columns, by the record that was scanned: by its names, of which empty and repeated ones are reported, or `c1`, `c2` and so on where that
  /// is the first row. None where there is no record. A first column without a name holds the rows' names and is called `row`, unless another
  /// column is. With `isTrailing` the last field, which is empty, is none of them.
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
          .badHeader, at: file.place(bytes, offset: start), "column \(column + 1) has no name. Every column of the header needs one.")
      } else if let first = seen.find(name) {
        findings.add(
          .badHeader, at: file.place(bytes, offset: start),
          "column \(column + 1) is called \(quoted(name)), as column \(first + 1) is. Rename one of them, or set data.duplicate_columns to "
            + "\"rename\": it is called \(quoted(name + ".1")) then.")
      }
      var bytes = name
      bytes.withUTF8 { seen.append($0) }
    }
    return CSVColumns(names: names, written: written)
  }
}
