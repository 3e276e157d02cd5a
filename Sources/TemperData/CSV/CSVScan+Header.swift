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
  /// A blank line before the header or between rows.
  public static let blankLine = Diagnostic.Code("E0206", "a blank line inside a table")
  /// A column has no name, or the name of another column.
  public static let badHeader = Diagnostic.Code("E0207", "a column's name is empty or taken")
  /// A row that repeats the names of the columns.
  public static let repeatedHeader = Diagnostic.Code("E0210", "the header stands among the rows again")
  /// A carriage return that no line feed follows, outside quotes.
  public static let loneCarriageReturn = Diagnostic.Code("E0209", "a carriage return without a line feed")
}

extension CSVScan {
  /// What a first column without a name is called, as R and pandas write the names of the rows.
  static let rowNames = "row"

  /// The names of the columns: those in the record that was scanned, of which empty and repeated ones are reported, or `c1`, `c2` and so on
  /// where that is the first row. None where there is no record. A first column without a name holds the rows' names and is called `row`,
  /// unless another column is.
  mutating func columnNames(_ bytes: UnsafeBufferPointer<UInt8>) -> [String] {
    if !hasHeader { return starts.indices.map { "c\($0 + 1)" } }
    var seen = ByteIndex()
    let isRowTaken = starts.indices.contains { column in withField(bytes, column) { $0.elementsEqual(Self.rowNames.utf8) } }
    return starts.indices.map { column in
      var name = withField(bytes, column) { Array($0) }
      if name.isEmpty, column == 0, starts.count > 1, !isRowTaken { name = Array(Self.rowNames.utf8) }
      let (file, start) = (file, offset(bytes, column))
      let text = String(decoding: name, as: UTF8.self)
      if name.isEmpty {
        findings.add(
          .badHeader, at: Self.place(file, bytes, offset: start), "column \(column + 1) has no name. Every column of the header needs one.")
      } else if let first = name.withUnsafeBufferPointer({ seen.find($0) }) {
        findings.add(
          .badHeader, at: Self.place(file, bytes, offset: start),
          "column \(column + 1) is called \(quoted(text)), as column \(first + 1) is. Rename one of them.")
      }
      name.withUnsafeBufferPointer { seen.append($0) }
      return text
    }
  }
}
