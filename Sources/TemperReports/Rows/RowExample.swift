import TemperJSON
import TemperTables
import TemperTrain

/// A row that a model predicts badly.
struct RowExample {
  /// How bad: the larger, the worse.
  let score: Double
  /// Where it is from: a file and a line, or a row.
  let place: String
  /// What is true, and what was predicted.
  let (truth, prediction): (String, String)
  /// The probability of what was predicted, or the error of a number.
  let measure: String
  /// The features or the text, shortened.
  let content: String
  /// The row as an image in a PNG file; nil for others.
  var picture: [UInt8]?
}

/// The rows that are predicted worst, in a space that does not grow with the rows.
struct WorstRows {
  /// The rows, the worst first.
  private(set) var rows: [RowExample] = []
  /// The number of rows that are predicted wrongly; nil for numbers, which are never quite right.
  private(set) var wrong: Int? = 0
  private static let limit = 20

  /// Adds a row of this score; `example` is asked for only if it is among the worst.
  mutating func add(_ score: Double, _ example: () -> RowExample) {
    if rows.count == Self.limit, let last = rows.last, last.score >= score { return }
    let index = rows.firstIndex { $0.score < score } ?? rows.count
    rows.insert(example(), at: index)
    if rows.count > Self.limit { rows.removeLast() }
  }

  /// Counts a wrong row.
  mutating func count() { wrong = wrong.map { $0 + 1 } }

  /// There is no right and wrong.
  mutating func countNone() { wrong = nil }
}

extension RowSelection {
  /// Where row `index` is from, counted in its data from 1.
  func placeText(_ index: Int) -> String {
    switch store.place(ofRow: rows[index]) {
    case .file(let path, let line, _): "\(path.split(separator: "/").last ?? ""):\(line)"
    case .wholeFile(let path): "\(path.split(separator: "/").last ?? "") row \(grouped(rows[index] + 1))"
    case .option: "row \(grouped(rows[index] + 1))"
    }
  }

  /// The values of row `index` in `columns`, shortened: a text alone, or names with values.
  func content(_ index: Int, columns: [String]) -> String {
    guard let table = store as? Table else { return "" }
    let found = columns.compactMap { name in table.column(name).map { (name, $0) } }
    var text = ""
    for (name, column) in found {
      let own = table.text(row: rows[index], column: column)
      // Sixteen digits of a number say no more than four.
      let value = own.utf8.count > 7 ? table.number(row: rows[index], column: column).map(shortNumber) ?? own : own
      text += found.count == 1 ? value : (text.isEmpty ? "" : ", ") + "\(name) = \(value)"
      if text.count > Self.longest { return String(text.prefix(Self.longest)) + "…" }
    }
    return text
  }

  private static let longest = 240
}
