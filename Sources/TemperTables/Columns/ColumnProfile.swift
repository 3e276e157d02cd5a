import TemperData

/// What the training rows have in one column: one walk over its fields, from which its kind is found and its transform learned.
struct ColumnProfile {
  let table: Table
  let column: Int
  let rows: [Int]
  let missing: MissingValues
  /// The numbers of the rows that have one, in the order of the rows; empty unless numbers were looked for.
  private(set) var numbers: [Double] = []
  /// The rows without a value.
  private(set) var missingRows: [Int] = []
  /// The rows with something that is no number; empty unless numbers were looked for.
  private(set) var textRows: [Int] = []
  private let looksForNumbers: Bool

  /// Walks over `rows`, in ascending order, of a column that may be `declared`.
  init(_ table: Table, column: Int, rows: [Int], missing: MissingValues, declared: ColumnKind?) {
    (self.table, self.column, self.rows, self.missing) = (table, column, rows, missing)
    looksForNumbers = declared == nil || declared == .numeric
    guard looksForNumbers else {
      missingRows = rows.filter { missing.contains(table, row: $0, column: column) }
      return
    }
    let found = [Double](unsafeUninitializedCapacity: rows.count) { buffer, filled in
      filled = rows.count
      guard let base = buffer.baseAddress else { return }
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

  /// The rows that have a value.
  var valueRows: [Int] {
    if missingRows.isEmpty { return rows }
    if missingRows.count == rows.count { return [] }
    let without = RowSet(missingRows)
    return rows.filter { !without.contains($0) }
  }

  /// How many rows have a value.
  var valueCount: Int { rows.count - missingRows.count }

  /// The first value; empty where there is none.
  var firstText: String { valueRows.first.map { table.text(row: $0, column: column) } ?? "" }
}

extension ColumnProfile {
  /// As far as different values are counted, unless they may be different in every row; and the most categories that a column may have
  /// without being declared categorical.
  static let distinctLimit = 1000

  /// How many different numbers there are.
  func distinctNumbers() -> ColumnFinding.DistinctValues {
    // A power of two, twice as many as there can be.
    var slots = [Double](repeating: .nan, count: 2048)
    var count = 0
    for number in numbers {
      var hash = (number + 0).bitPattern &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
      var place = Int(truncatingIfNeeded: hash) & 2047
      while !slots[place].isNaN, slots[place] != number { place = (place + 1) & 2047 }
      guard slots[place].isNaN else { continue }
      if count == Self.distinctLimit { return ColumnFinding.DistinctValues(count: count, isCut: true) }
      slots[place] = number
      count += 1
    }
    return ColumnFinding.DistinctValues(count: count, isCut: false)
  }

  /// The different values, in the order of their first rows: all of them, or as many as it takes to see that there are more than the limit
  /// and that some value comes twice.
  func distinctTexts() -> (values: ValueIndex, distinct: ColumnFinding.DistinctValues) {
    var index = ValueIndex()
    var seen = 0
    for row in valueRows {
      seen += 1
      table.withField(row: row, column: column) { _ = index.insert($0) }
      if index.count > Self.distinctLimit, index.count < seen { break }
    }
    let isCut = index.count > Self.distinctLimit && index.count < seen
    return (index, ColumnFinding.DistinctValues(count: isCut ? Self.distinctLimit : index.count, isCut: isCut))
  }
}

/// What format all dates of a column have.
enum FoundDateFormat {
  /// This one.
  case one(DateFormat)
  /// One of two, month first or day first.
  case eitherOrder(DateFormat, DateFormat)

  /// The format, or the first of two.
  var first: DateFormat {
    switch self {
    case .one(let format), .eitherOrder(let format, _): format
    }
  }
}

extension ColumnProfile {
  /// The format that all values follow, words that people write for missing values aside.
  func dateFormat() -> FoundDateFormat? {
    let usual = MissingValues(MissingValues.usual)
    func isUsual(_ row: Int) -> Bool { table.withField(row: row, column: column, usual.isWord) }
    let values = valueRows
    guard let first = values.first(where: { !isUsual($0) }) else { return nil }
    func follows(_ format: DateFormat) -> Bool {
      // Most columns end here, at one row.
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
