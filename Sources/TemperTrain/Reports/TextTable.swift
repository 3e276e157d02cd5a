/// A text table whose first column is left-aligned and the others right-aligned.
public struct TextTable {
  private var rows: [[String]] = []

  /// Creates an empty table.
  public init() {}

  /// Adds a row.
  public mutating func add(_ row: [String]) { rows.append(row) }

  /// The table as lines, with two spaces between columns.
  public var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, text) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - text.count)
        line += (column == 0 ? text + space : "  " + space + text)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
