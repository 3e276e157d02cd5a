import TemperCore
import TemperFiles
import TemperJSON

/// How rows are dealt into folds for cross-validation. Every row is in exactly one fold, the validation rows of which it is.
public struct Folds: Sendable, Equatable {
  /// How many folds there are, 2 or more.
  public var count: Int
  /// The fold whose rows are for validation, from 1; nil where each is in its turn. Loading takes the first then.
  public var fold: Int?
  /// Whether folds keep the classes' shares, where classes are predicted.
  public var stratify: Bool
  /// The column whose values keep rows together.
  public var group: String?

  /// Stratified folds, unless said otherwise.
  public init(count: Int, fold: Int? = nil, stratify: Bool = true, group: String? = nil) {
    (self.count, self.fold, self.stratify, self.group) = (count, fold, stratify, group)
  }
}

extension Folds {
  /// Deals lists of rows, one list for each class or one of all rows, each in a random order and one after the other: so folds differ by a row
  /// at most, in all and in every class.
  package static func deal(_ lists: [[Int]], into count: Int, random: inout RandomSequence, place: Place) throws(Diagnostics) -> [[Int]] {
    let rows = lists.reduce(0) { $0 + $1.count }
    guard rows >= count else {
      throw Diagnostics(
        .badSplit, at: place, "\(counted(rows, "row")) cannot be dealt into \(count) folds. Ask for fewer folds, or give more rows.")
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

  /// Throws for every class that lies in one fold alone: where that fold validates, nothing could be learned of it.
  package static func check(_ folds: [[Int]], classes: [(name: String, rows: [Int])], isGrouped: Bool, place: Place) throws(Diagnostics) {
    var foldOfRow: [Int: Int] = [:]
    for (number, rows) in folds.enumerated() { for row in rows { foldOfRow[row] = number } }
    var findings = Findings()
    for item in classes {
      let found = Set(item.rows.compactMap { foldOfRow[$0] })
      guard found.count == 1, let number = found.first else { continue }
      let advice =
        item.rows.count == 1
        ? "Remove the row, or give more of its kind."
        : isGrouped ? "Give more groups with it, or ask for other folds." : "Set stratify to true beside folds, or ask for more folds."
      findings.add(
        .badSplit, at: place,
        "the class \(quoted(item.name)), \(counted(item.rows.count, "row")), lies in fold \(number + 1) alone, so that fold could not learn it. "
          + advice)
    }
    try findings.check()
  }
}
