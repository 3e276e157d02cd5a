/// A set of table rows, with a mark for each row up to the last: much faster than sorting or hashing millions of rows.
package struct RowSet {
  private var marks: [Bool]
  private let count: Int

  /// The rows in `rows`, which must be distinct.
  package init(_ rows: some Collection<Int>) {
    marks = Array(repeating: false, count: (rows.max() ?? -1) + 1)
    count = rows.count
    for row in rows { marks[row] = true }
  }

  package func contains(_ row: Int) -> Bool { row < marks.count && marks[row] }

  /// The rows, ascending.
  package var ascending: [Int] {
    var rows: [Int] = []
    rows.reserveCapacity(count)
    for row in marks.indices where marks[row] { rows.append(row) }
    return rows
  }
}
