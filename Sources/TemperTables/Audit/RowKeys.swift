import TemperData

/// Computes the keys of rows of a table from some of its columns: rows with the same values have the same key. Notations of a number are
/// equal, as are all fields without a value, and blanks around a value are ignored.
package struct RowKeys {
  private let table: Table
  private let columns: [Int]
  private let missing: MissingValues

  /// Keys from the columns called `names`; those that the table lacks are left out.
  package init(_ table: Table, columns names: [String], missingValues: [String]) {
    self.init(table, columns: names.compactMap { table.column($0) }, MissingValues(missingValues))
  }

  init(_ table: Table, columns: [Int], _ missing: MissingValues) {
    (self.table, self.columns, self.missing) = (table, columns, missing)
  }

  /// The keys of `rows`; nil if `isOver` before all are computed.
  package func keys(_ rows: [Int], unless isOver: () -> Bool) -> [RowKey]? {
    var keys: [RowKey] = []
    keys.reserveCapacity(rows.count)
    for (index, row) in rows.enumerated() {
      if index % 256 == 0, isOver() { return nil }
      keys.append(key(row))
    }
    return keys
  }

  /// The key of `row`.
  func key(_ row: Int) -> RowKey {
    var hasher = RowHasher()
    for column in columns {
      if table.isBlank(row: row, column: column) {
        hasher.add(Field.missing)
      } else if let number = table.number(row: row, column: column), missing.words.isEmpty {
        hasher.add(Field.number)
        hasher.add(number)
      } else {
        add(row, column, to: &hasher)
      }
    }
    return hasher.key
  }

  private func add(_ row: Int, _ column: Int, to hasher: inout RowHasher) {
    if missing.contains(table, row: row, column: column) { return hasher.add(Field.missing) }
    if let number = table.number(row: row, column: column) {
      hasher.add(Field.number)
      hasher.add(number)
    } else {
      hasher.add(Field.text)
      table.withField(row: row, column: column) { hasher.add(ValueKey.trimmed($0)) }
    }
  }

  private enum Field { case missing, number, text }
}
