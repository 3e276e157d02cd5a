import Glibc
import TemperFiles
import TemperJSON
import TemperRunSupport

@testable import TemperTables

/// A table of `text`, as if it had been read from `name`.
func table(_ text: String, _ name: String = "t.csv", delimiter: Delimiter? = nil) throws(Diagnostics) -> Table {
  try Table(FileBytes(name: name, bytes: Array(text.utf8)), options: TableOptions(delimiter: delimiter))
}

/// All fields of a table.
func rows(_ table: Table) -> [[String]] {
  (0..<table.count).map { row in table.header.indices.map { table.text(row: row, column: $0) } }
}

/// A preprocessor fitted on `rows` of `table`, by default on all.
func fit(
  _ table: Table, label: String, rows: [Int]? = nil, declared: [(name: String, rules: ColumnRules)] = [],
  defaults: ColumnDefaults = ColumnDefaults()
) throws(Diagnostics) -> Preprocessor {
  try fit(table, target: .classes(label), rows: rows, declared: declared, defaults: defaults)
}

/// As above, for any target.
func fit(
  _ table: Table, target: TargetColumns, rows: [Int]? = nil, declared: [(name: String, rules: ColumnRules)] = [],
  defaults: ColumnDefaults = ColumnDefaults(), targetRules: TargetRules = TargetRules()
) throws(Diagnostics) -> Preprocessor {
  var notes: [String] = []
  let roles = try ColumnRoles(table, target: target, split: nil, declared: declared)
  return try Preprocessor(
    fitting: table, rows: rows ?? Array(0..<table.count), roles: roles, defaults: defaults,
    targetRules: targetRules, notes: &notes)
}
