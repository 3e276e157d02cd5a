import TemperCore
import TemperData

/// A profile of one column over the training rows: one pass over its fields, from which its kind is inferred and its transform fitted.
struct ColumnProfile {
  let table: Table
  let column: Int
  let rows: [Int]
  let missing: MissingValues
  /// The numbers of the rows that have one, in row order; empty unless numbers were parsed.
  private(set) var numbers: [Double] = []
  /// The rows without a value.
  private(set) var missingRows: [Int] = []
  /// The rows with something that is not a number; empty unless numbers were parsed.
  private(set) var textRows: [Int] = []
  private let looksForNumbers: Bool

  /// Scans `rows`, in ascending order, of a column that may be `declared`.
  init(_ table: Table, column: Int, rows: [Int], missing: MissingValues, declared: ColumnKind?) {
    (self.table, self.column, self.rows, self.missing) = (table, column, rows, missing)
    looksForNumbers = declared == nil || declared == .numeric
    guard looksForNumbers else {
      missingRows = rows.filter { missing.contains(table, row: $0, column: column) }
      return
    }
    let found = [Double](filling: rows.count) { base in
      rows.withUnsafeBufferPointer { missing.numbers(table, rows: $0, column: column, to: base) }
    }
    if found.allSatisfy({ !$0.isNaN }) {
      numbers = found
      return
    }
    for (row, number) in zip(rows, found) {
      if !number.isNaN {
        numbers.append(number)
      } else if missing.contains(table, row: row, column: column) {
        missingRows.append(row)
      } else {
        textRows.append(row)
      }
    }
  }

  var name: String { table.header[column] }

  /// The rows with a value.
  var valueRows: [Int] {
    if missingRows.isEmpty { return rows }
    if missingRows.count == rows.count { return [] }
    let without = RowSet(missingRows)
    return rows.filter { !without.contains($0) }
  }

  /// The number of rows with a value.
  var valueCount: Int { rows.count - missingRows.count }

  /// The first value; empty if there is none.
  var firstText: String { valueRows.first.map { table.text(row: $0, column: column) } ?? "" }
}

extension ColumnProfile {
  /// The limit for counting distinct values, unless every row may differ, and the maximum number of categories of a column that is not
  /// declared categorical.
  static let distinctLimit = 1000

  /// The number of distinct numbers.
  func distinctNumbers() -> InferredColumn.DistinctValues {
    // A power of two, at least twice the maximum count.
    var slots = [Double](repeating: .nan, count: 2048)
    var count = 0
    for number in numbers {
      var hash = (number + 0).bitPattern &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
      var place = Int(truncatingIfNeeded: hash) & 2047
      while !slots[place].isNaN, slots[place] != number { place = (place + 1) & 2047 }
      guard slots[place].isNaN else { continue }
      if count == Self.distinctLimit { return InferredColumn.DistinctValues(count: count, isCut: true) }
      slots[place] = number
      count += 1
    }
    return InferredColumn.DistinctValues(count: count, isCut: false)
  }

  /// The distinct values, in order of first appearance: all of them, or enough to know that there are more than the limit and that some
  /// value repeats.
  func distinctTexts() -> (values: ValueIndex, distinct: InferredColumn.DistinctValues) {
    var index = ValueIndex()
    var seen = 0
    for row in valueRows {
      seen += 1
      table.withField(row: row, column: column) { _ = index.insert($0) }
      if index.count > Self.distinctLimit, index.count < seen { break }
    }
    let isCut = index.count > Self.distinctLimit && index.count < seen
    return (index, InferredColumn.DistinctValues(count: isCut ? Self.distinctLimit : index.count, isCut: isCut))
  }
}

/// The date format of a column.
enum FoundDateFormat {
  /// This one.
  case one(DateFormat)
  /// One of two: month first or day first.
  case eitherOrder(DateFormat, DateFormat)

  /// The format, or the first of two.
  var first: DateFormat {
    switch self {
    case .one(let format), .eitherOrder(let format, _): format
    }
  }
}

extension ColumnProfile {
  /// The format that all values match, ignoring words for missing values.
  func dateFormat() -> FoundDateFormat? {
    let usual = MissingValues(MissingValues.usual)
    func isUsual(_ row: Int) -> Bool { table.withField(row: row, column: column, usual.isWord) }
    let values = valueRows
    guard let first = values.first(where: { !isUsual($0) }) else { return nil }
    func follows(_ format: DateFormat) -> Bool {
      // Most columns fail here, at one row.
      guard table.withField(row: first, column: column, { format.moment($0) }) != nil else { return false }
      return values.allSatisfy { row in table.withField(row: row, column: column) { format.moment($0) } != nil || isUsual(row) }
    }
    if let format = DateFormat.usual.first(where: follows) { return .one(format) }
    for (month, day) in zip(DateFormat.monthFirst, DateFormat.dayFirst) {
      switch (follows(month), follows(day)) {
      case (true, true): return .eitherOrder(month, day)
      case (true, false): return .one(month)
      case (false, true): return .one(day)
      case (false, false): break
      }
    }
    return nil
  }
}
