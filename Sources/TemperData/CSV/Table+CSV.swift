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
  /// Bytes that are no UTF-8.
  public static let notUTF8 = Diagnostic.Code("E0208", "a table is not UTF-8")
  /// A carriage return that no line feed follows, outside quotes.
  public static let loneCarriageReturn = Diagnostic.Code("E0209", "a carriage return without a line feed")
}

extension Table {
  /// Reads a table strictly by RFC 4180, in UTF-8, with a header.
  ///
  /// Lines end in LF or CRLF, the last one or not. A field in quotes may hold delimiters, line breaks and doubled quotes. A byte-order mark
  /// in front is passed over, blank lines at the end too; a blank line in a table of one column is an empty field. Spaces belong to their
  /// field. Nothing is repaired: rows that are too short or too long, stray and unclosed quotes, bad names and bad bytes are errors,
  /// and all of them are found in one pass, unless what follows one cannot be told.
  ///
  /// - Parameters:
  ///   - file: The bytes, and the name that places are given in.
  ///   - delimiter: The byte between fields; by default a tab for `.tsv`, else a comma.
  /// - Throws: All that is wrong, in the order of the lines; `E0201` to `E0209`.
  public init(_ file: FileBytes, delimiter: Delimiter? = nil) throws(Diagnostics) {
    var scan = CSVScan(name: file.name, delimiter: delimiter ?? Delimiter(forPath: file.name))
    let header = file.bytes.withUnsafeBufferPointer { bytes in
      scan.checkEncoding(bytes)
      scan.run(bytes)
      return scan.headerNames(bytes)
    }
    try scan.findings.check()
    if scan.lines.isEmpty {
      throw Diagnostics(.tableEmpty, at: .wholeFile(path: file.name), "the file is empty. A table needs a header and rows.")
    }
    if scan.lines.count == 1 {
      throw Diagnostics(
        .tableWithoutRows, at: .wholeFile(path: file.name), "there is a header (\(listed(header))) and no row. Add rows.")
    }
    self.init(file, scan, header: header)
  }

  /// Reads the table in the file at `path`; `-` is standard input.
  public init(path: String, delimiter: Delimiter? = nil) throws(Diagnostics) {
    try self.init(FileBytes(reading: path), delimiter: delimiter ?? Delimiter(forPath: path))
  }
}

extension CSVScan {
  /// Reports the first bytes that are not UTF-8; one report is enough, because such a file is in another encoding throughout.
  mutating func checkEncoding(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let offset = UTF8Check.firstInvalid(in: bytes) else { return }
    let line = 1 + bytes[..<offset].count { $0 == Self.lineFeed }
    let byte = String(bytes[offset], radix: 16, uppercase: true)
    findings.add(
      .notUTF8, at: Self.place(name, bytes, offset: offset, line: line),
      "the byte 0x\(byte.count < 2 ? "0" : "")\(byte) is not UTF-8 here. Save the file as UTF-8.")
  }

  /// The names in the first record; empty and repeated ones are reported.
  mutating func headerNames(_ bytes: UnsafeBufferPointer<UInt8>) -> [String] {
    var seen = ByteIndex()
    return (0..<columns).map { column in
      let (start, end) = (Int(starts[column]), Int(ends[column]))
      let raw = UnsafeBufferPointer(rebasing: bytes[start..<end])
      let isQuoted = start > 0 && bytes[start - 1] == Self.quote
      let name = isQuoted ? Self.unescaped(raw) : Array(raw)
      let offset = isQuoted ? start - 1 : start
      let line = 1 + bytes[..<offset].count { $0 == Self.lineFeed }
      let place = Self.place(self.name, bytes, offset: offset, line: line)
      let text = String(decoding: name, as: UTF8.self)
      if name.isEmpty {
        findings.add(.badHeader, at: place, "column \(column + 1) has no name. Every column of the header needs one.")
      } else if let first = name.withUnsafeBufferPointer({ seen.find($0) }) {
        findings.add(
          .badHeader, at: place,
          "column \(column + 1) is called \(quoted(text)), as column \(first + 1) is. Rename one of them.")
      }
      name.withUnsafeBufferPointer { seen.append($0) }
      return text
    }
  }
}
