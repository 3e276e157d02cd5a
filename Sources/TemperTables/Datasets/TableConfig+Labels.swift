import TemperData
import TemperFiles
import TemperJSON

extension TableConfig {
  /// The rows of `table` for training or evaluation, ascending: all except those with the ignored label, or those that have every label
  /// if unlabelled rows are dropped.
  public func labelledRows(of table: Table) -> [Int] {
    let columns = target.names.compactMap { table.column($0) }
    var rows = Array(0..<table.count)
    if let isIgnored = ignoredRows(of: table) { rows.removeAll(where: isIgnored) }
    guard unlabelled == .drop, !columns.isEmpty else { return rows }
    let missing = MissingValues(defaults.missingValues)
    return rows.filter { row in !columns.contains { missing.contains(table, row: row, column: $0) } }
  }

  /// Returns whether a row has the ignored label; nil if no label is ignored.
  private func ignoredRows(of table: Table) -> ((Int) -> Bool)? {
    guard let ignoredLabel, case .classes(let label) = target, let column = table.column(label) else { return nil }
    let key = ValueKey.of("\(ignoredLabel)")
    return { row in table.withField(row: row, column: column) { field in ValueKey.with(field) { $0.elementsEqual(key) } } }
  }

  /// The label that PyTorch ignores by default, so the user has not set it.
  private static let usualIgnoredLabel = -100

  private func hasIgnoredRows(_ table: Table) -> Bool {
    guard let isIgnored = ignoredRows(of: table) else { return false }
    return (0..<table.count).contains(where: isIgnored)
  }

  /// The same for training files. Throws if no row has a label.
  func labelledRows(of table: Table, notes: inout [String]) throws(Diagnostics) -> [Int] {
    let rows = labelledRows(of: table)
    let label = listed(target.names)
    let ignored = ignoredLabel.map { " or with the label \($0) (loss.ignore_index)" } ?? ""
    if rows.isEmpty, let column = target.names.first.flatMap({ table.column($0) }) {
      throw Diagnostics(
        .unusableLabels, at: table.headerPlace(column: column), "no row has a label in \(label). Set data.\(target.key) to another column.")
    }
    if let ignored = ignoredLabel, ignored != Self.usualIgnoredLabel, case .classes = target, !hasIgnoredRows(table) {
      notes.append("no row has the label \(ignored) (loss.ignore_index) in \(label)")
    }
    if rows.count < table.count {
      notes.append("ignored \(counted(table.count - rows.count, "row")) of \(table.count) without a label\(ignored) in \(label)")
    }
    return rows
  }
}

extension Split {
  /// Keeps only the rows in `rows`, which are ascending.
  func keeping(_ rows: [Int]) -> Split {
    let kept = RowSet(rows)
    return Split(train: train.filter(kept.contains), validation: validation.filter(kept.contains), test: test.filter(kept.contains))
  }
}
