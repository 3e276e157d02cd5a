import TemperCore
import TemperFiles
import TemperJSON

/// Cross-validation folds. Every row is a validation row of exactly one fold.
public struct Folds: Sendable, Equatable {
  /// The number of folds, at least 2.
  public var count: Int
  /// The fold to validate on, from 1; nil to use each in turn. Loading then uses the first.
  public var fold: Int?
  /// Whether folds are stratified by class, where the targets are classes.
  public var stratify: Bool
  /// The column whose values keep rows together.
  public var group: String?

  /// Stratified folds by default.
  public init(count: Int, fold: Int? = nil, stratify: Bool = true, group: String? = nil) {
    (self.count, self.fold, self.stratify, self.group) = (count, fold, stratify, group)
  }
}

extension Folds {
  /// Distributes lists of rows, one list per class or one of all rows, in random order over the folds in turn, so that fold sizes differ by
  /// at most one row, both overall and per class.
  package static func deal(_ lists: [[Int]], into count: Int, random: inout RandomSequence, place: Place) throws(Diagnostics) -> [[Int]] {
    let rows = lists.reduce(0) { $0 + $1.count }
    guard rows >= count else {
      throw Diagnostics(
        .badSplit, at: place, "\(counted(rows, "row")) cannot be split into \(count) folds. Use fewer folds, or add rows.")
    }
    var folds = Array(repeating: [Int](), count: count)
    var next = 0
    for list in lists {
      var list = list
      random.shuffle(&list)
      for row in list {
        folds[next].append(row)
        next = (next + 1) % count
      }
    }
    return folds.map { RowSet($0).ascending }
  }

  /// Throws for every class that is in only one fold: nothing could be learned about it when that fold is used for validation.
  package static func check(_ folds: [[Int]], classes: [(name: String, rows: [Int])], isGrouped: Bool, place: Place) throws(Diagnostics) {
    var foldOfRow: [Int: Int] = [:]
    for (number, rows) in folds.enumerated() { for row in rows { foldOfRow[row] = number } }
    var findings = Findings()
    for item in classes {
      let found = Set(item.rows.compactMap { foldOfRow[$0] })
      guard found.count == 1, let number = found.first else { continue }
      let advice =
        item.rows.count == 1
        ? "Remove the row, or add rows of its class."
        : isGrouped ? "Add groups with it, or use other folds." : "Set stratify to true, or use more folds."
      findings.add(
        .badSplit, at: place,
        "the class \(quoted(item.name)), \(counted(item.rows.count, "row")), is only in fold \(number + 1), which could not learn it. "
          + advice)
    }
    try findings.check()
  }
}
