import TemperFiles
import TemperJSON

/// Decides whether a target column contains classes or numbers.
struct TargetDecision {
  let table: Table
  let column: Int
  let finding: InferredColumn
  /// Rows with a label.
  let rows: [Int]
  private let counts: [TableProfile.ClassCount]
  private let areNumbers: Bool

  /// The maximum number of distinct integers that count as classes.
  private static let mostNumberClasses = 10

  init(_ table: Table, column: Int, finding: InferredColumn, rows: [Int], _ missing: MissingValues) {
    (self.table, self.column, self.finding, self.rows) = (table, column, finding, rows)
    let (index, counts) = table.valueCounts(column: column, rows: rows)
    areNumbers = rows.allSatisfy { table.number(row: $0, column: column) != nil }
    self.counts = Preprocessor.sortedClasses(index.names).map { name in
      TableProfile.ClassCount(name: name, rows: index.find(name).map { counts[$0] } ?? 0)
    }
  }

  private var name: String { quoted(table.header[column]) }

  private func unusable(_ message: String) -> Diagnostics {
    Diagnostics(.unusableLabels, at: table.headerPlace(column: column), message)
  }

  /// What is predicted, and why; `classes` is the user's choice.
  func goal(classes: Bool?, notes: inout [String]) throws(Diagnostics) -> (TableProfile.Goal, String) {
    if rows.isEmpty { throw unusable("no row has a value in \(name). Name another column by --label.") }
    if counts.count == 1 {
      throw unusable("every row has \(quoted(counts[0].name)) in \(name). Two different values are the least that can be told apart.")
    }
    let isWhole = areNumbers && rows.allSatisfy { row in table.number(row: row, column: column).map { $0 == $0.rounded() } ?? false }
    let isFew = counts.count <= 2 || (counts.count <= Self.mostNumberClasses && rows.count >= 5 * counts.count)
    let takesClasses = classes ?? (!areNumbers || (isWhole && isFew))
    guard takesClasses else {
      guard areNumbers else {
        let row = rows.first { table.number(row: $0, column: column) == nil } ?? 0
        throw Diagnostics(
          .notANumber, at: table.place(row: row, column: column),
          "\(name) is to be predicted as a number, and \(quoted(table.text(row: row, column: column))) is none. Take --task classification, "
            + "or correct it.")
      }
      return (.value, classes == nil ? "\(counted(counts.count, "different number"))" : "as --task says")
    }
    try check(&notes)
    let why =
      classes == nil
      ? "\(counted(counts.count, "different value")), \(areNumbers ? "all whole numbers; --task regression predicts them as numbers" : "no numbers")"
      : "as --task says"
    return (.classes(counts), why)
  }

  /// Throws if the classes do not allow evaluation.
  private func check(_ notes: inout [String]) throws(Diagnostics) {
    // What a stratified fifth and tenth take, leaving one row of each class for training.
    let spare = counts.reduce(0) { $0 + $1.rows - 1 }
    if spare * 10 < 3 * rows.count {
      let once = counts.count { $0.rows == 1 }
      throw unusable(
        "\(name) has \(counts.count) different values in \(counted(rows.count, "row")), \(once) of them once: those are no classes to learn. "
          + (areNumbers ? "Take --task regression, or name" : "Name") + " another column by --label.")
    }
    let few = counts.filter { $0.rows < 3 }
    for item in few.prefix(5) where item.rows == 1 {
      let row = rows.first { ValueKey.areSame(table.text(row: $0, column: column), item.name) } ?? 0
      notes.append(
        "\(table.place(row: row, column: column)): the label \(quoted(item.name)) is there once. It is learned from that row and never "
          + "tested. Correct it if it is a slip, or remove the row.")
    }
    if few.count > 5 { notes.append("\(few.count) of \(counts.count) labels have one or two rows: they are hardly learned") }
  }
}
