import TemperCore
import TemperData

/// Reads columns of the splits of a table, to compare them and to look for unusual values.
package struct ColumnAudit {
  private let tables: SplitTables
  private let missing: MissingValues

  /// An audit of the rows of `tables`; `missingValues` are the words that mean missing.
  package init(_ tables: SplitTables, missingValues: [String]) {
    (self.tables, missing) = (tables, MissingValues(missingValues))
  }

  /// The numbers of a column in a split, NaN if there is none; nil if there is no such split or column.
  package func numbers(_ name: String, _ split: DataSplit) -> [Double]? {
    guard let (table, rows) = tables.rows(of: split), let column = table.column(name) else { return nil }
    return [Double](filling: rows.count) { base in
      rows.withUnsafeBufferPointer { missing.numbers(table, rows: $0, column: column, to: base) }
    }
  }

  /// The drift of a column of the kind `kind` between the training rows and `split`; nil if it cannot be compared.
  package func drift(_ name: String, _ kind: ColumnKind, to split: DataSplit) -> Drift? {
    switch kind {
    case .numeric: return numbers(name, .train).flatMap { train in numbers(name, split).flatMap { Drift(numbers: train, current: $0) } }
    case .categorical, .boolean:
      var index = ValueIndex()
      guard let train = categories(name, .train, &index), let held = categories(name, split, &index) else { return nil }
      return Drift(categories: train, current: held)
    case .date, .text, .identifier, .ignore: return nil
    }
  }

  /// Whether a column is the label `target` in other words: in all rows of all splits each of its values has one class, and each class one
  /// value; if the label is a number, it is that number.
  package func isCopy(_ name: String, of target: String, isNumber: Bool) -> Bool {
    var (values, classes) = (ValueIndex(), ValueIndex())
    var (classOf, valueOf) = ([Int: Int](), [Int: Int]())
    for split in DataSplit.allCases {
      guard let (table, rows) = tables.rows(of: split), let own = table.column(name), let label = table.column(target) else { continue }
      // Other columns end at the first row that differs.
      for row in rows {
        if missing.contains(table, row: row, column: own) { return false }
        if isNumber {
          if table.number(row: row, column: own) != table.number(row: row, column: label) { return false }
          continue
        }
        let value = table.withField(row: row, column: own) { values.insert($0) }
        let number = table.withField(row: row, column: label) { classes.insert($0) }
        guard classOf[value] ?? number == number, valueOf[number] ?? value == value else { return false }
        (classOf[value], valueOf[number]) = (number, value)
      }
    }
    return true
  }

  private func categories(_ name: String, _ split: DataSplit, _ index: inout ValueIndex) -> [Int?]? {
    guard let (table, rows) = tables.rows(of: split), let column = table.column(name) else { return nil }
    return rows.map { row in
      missing.contains(table, row: row, column: column) ? nil : table.withField(row: row, column: column) { index.insert($0) }
    }
  }
}
