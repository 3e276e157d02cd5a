import TemperJSON

/// A table of a page: texts to the left, numbers to the right, wide ones in a box that scrolls.
public struct HTMLTable {
  /// How the cells of a column are set.
  public enum Column: Sendable {
    /// To the left.
    case text
    /// To the left, with room for sentences.
    case prose
    /// To the right.
    case number

    fileprivate var attribute: Markup {
      switch self {
      case .text: ""
      case .prose: " class=\"w\""
      case .number: " class=\"n\""
      }
    }
  }

  private let columns: [Column]
  private var lines: [Markup] = []

  /// A table with a heading over each column.
  public init(_ headings: [(title: String, column: Column)]) {
    columns = headings.map(\.column)
    let cells: [Markup] = headings.map { "<th\($0.column.attribute)>\($0.title)</th>" }
    if headings.contains(where: { !$0.title.isEmpty }) { lines.append("<tr>\(cells.joined())</tr>") }
  }

  /// Adds a row of texts.
  public mutating func add(_ cells: [String]) { add(cells.map { Markup(text: $0) }) }

  /// Adds a row.
  public mutating func add(_ cells: [Markup]) {
    let cells: [Markup] = zip(columns, cells).map { "<td\($0.attribute)>\($1)</td>" }
    lines.append("<tr>\(cells.joined())</tr>")
  }

  /// Adds a row of texts, with one below it that has the whole width.
  public mutating func add(_ cells: [String], below text: String) {
    add(cells)
    if !text.isEmpty { lines.append("<tr class=\"below\"><td colspan=\"\(columns.count)\">\(text)</td></tr>") }
  }

  /// The table; `leftOut` rows of `what` are not in it.
  public func markup(leftOut: Int = 0, of what: String = "rows") -> Markup {
    let note: Markup = leftOut > 0 ? "<p class=\"note\">\(grouped(leftOut)) more \(what) are left out.</p>" : ""
    return "<div class=\"scroll\"><table>\(lines)</table></div>\(note)"
  }
}
