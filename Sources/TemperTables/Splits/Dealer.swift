import TemperCore
import TemperData
import TemperFiles
import TemperJSON

/// Splits the rows of a table as its config says: in groups, stratified by class, or by time.
struct Dealer {
  let table: Table
  let roles: ColumnRoles
  let missing: MissingValues
  /// All rows in time order; nil if they are split at random.
  private(set) var order: [Int]?

  init(table: Table, roles: ColumnRoles, missing: MissingValues) {
    (self.table, self.roles, self.missing) = (table, roles, missing)
  }

  /// The column by which rows are grouped.
  var groupColumn: Int? { roles.split?.part == .group ? roles.split?.column : nil }

  /// Sorts the rows by time.
  mutating func orderRows() throws(Diagnostics) {
    guard let column = roles.split?.column else { return }
    var format: DateFormat?
    if let declared = roles.features.first(where: { $0.column == column })?.declared, case .date(let rules) = declared {
      format = rules.format
    }
    order = try table.rows(by: column, format: format, missing: missing)
  }

  /// Splits `rows`, with the same class proportions in every part if `stratify`.
  func deal(_ rows: [Int], validation: Double, test: Double, stratify: Bool, random: RandomSequence) throws(Diagnostics) -> Split {
    if let order {
      let chosen = RowSet(rows)
      return try .byOrder(order.filter(chosen.contains), validation: validation, test: test, place: table.place)
    }
    var dealer = RandomSplit(validation: validation, test: test, random: random, place: table.place)
    let classes = try stratify ? roles.classColumn.map { label throws(Diagnostics) in try self.classes(of: rows, label) } : nil
    let groups = try groupColumn.map { column throws(Diagnostics) in
      try RowGroups(rows, of: table, by: column, classes: classes?.map(\.rows), missing: missing)
    }
    do {
      if let groups { return try dealer.deal(groups) }
      if let classes { return try dealer.deal(classes) }
      return try dealer.deal(rows)
    } catch {
      throw advised(error, classes ?? [])
    }
  }

  /// The `error` of a split by `classes`, or, if they look like numbers to predict, that they are not classes.
  func advised(_ error: Diagnostics, _ classes: [(name: String, rows: [Int])]) -> Diagnostics {
    let rows = classes.reduce(0) { $0 + $1.rows.count }
    guard let label = roles.classColumn, let numbers = NumericClasses(classes.map(\.name), rows: rows, table.numberStyle),
      numbers.mayBeValues
    else { return error }
    return Diagnostics(
      .badSplit, at: table.headerPlace(column: label),
      "\(quoted(table.header[label])) has \(numbers.text), in \(counted(rows, "row")), and each is treated as a class: some have too few rows "
        + "to be in every split. \(NumericClasses.remedy)")
  }

  /// The names and rows of the classes among `rows`, in class order. Throws for rows without a label.
  func classes(of rows: [Int], _ label: Int) throws(Diagnostics) -> [(name: String, rows: [Int])] {
    var findings = Findings()
    var index = ValueIndex()
    var members: [[Int]] = []
    for row in rows {
      table.withField(row: row, column: label) { field in
        if missing.contains(field) { return findings.addBlankLabel(table, row, label) }
        let number = index.insert(field)
        if number == members.count { members.append([]) }
        members[number].append(row)
      }
    }
    try findings.check()
    return Preprocessor.sortedClasses(index.names).map { name in (name, index.find(name).map { members[$0] } ?? []) }
  }
}
