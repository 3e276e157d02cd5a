import TemperCore
import TemperData
import TemperFiles
import TemperJSON

/// The split of the rows of the first file, and the reasons. It depends only on the seed and on the rows in order.
struct SplitPlan {
  /// The fraction of training rows held out if there are no validation rows.
  static let heldOutShare = 0.1

  private(set) var split: Split
  private(set) var notes: [String] = []

  /// Splits the rows of `table`; `hasValidationRows` says whether there is a file of validation rows.
  init(_ table: Table, hasValidationRows: Bool, _ roles: ColumnRoles, _ config: TableConfig, seed: UInt64) throws(Diagnostics) {
    let random = RandomStreams(seed: seed)
    let missing = MissingValues(config.defaults.missingValues)
    var dealer = Dealer(table: table, roles: roles, missing: missing)
    let rows = try config.labelledRows(of: table, notes: &notes)
    split = Split(train: rows)
    var isValidationSettled = hasValidationRows
    var heldOut = "at random"
    // The default split is stratified, unless groups prevent it; then the user's setting counts.
    var stratifies = true
    switch config.source {
    case .parts: break
    case .single(_, .column):
      // The split column was found with the roles.
      if let column = roles.split?.column { split = try Split.byColumn(column, of: table).keeping(rows) }
      isValidationSettled = !split.validation.isEmpty
    case .single(_, .random(let validation, let test, let stratify, _)):
      isValidationSettled = validation != nil
      stratifies = stratify || roles.split == nil
      if validation ?? 0 != 0 || test ?? 0 != 0 {
        split = try dealer.deal(
          split.train, validation: validation ?? 0, test: test ?? 0, stratify: stratify, random: random.sequence("split"))
      }
    case .single(_, .ordered(let name, let validation, let test)):
      isValidationSettled = validation != nil
      heldOut = "the last by \(quoted(name))"
      try dealer.orderRows()
      if validation ?? 0 != 0 || test ?? 0 != 0 {
        split = try dealer.deal(
          split.train, validation: validation ?? 0, test: test ?? 0, stratify: false, random: random.sequence("split"))
      }
    }
    if let folds = config.folds {
      try takeFold(folds, dealer, random: random.sequence("split", 1))
    } else if config.holdOutValidation, !isValidationSettled {
      let rest = try dealer.deal(
        split.train, validation: Self.heldOutShare, test: 0, stratify: stratifies, random: random.sequence("split", 1))
      (split.train, split.validation) = (rest.train, rest.validation)
      if dealer.order == nil, stratifies, let column = roles.classColumn { heldOut = "stratified by \(quoted(table.header[column]))" }
      notes.append(
        "no validation rows given: \(split.validation.count) of \(split.train.count + split.validation.count) training rows are held "
          + "out (a tenth, \(heldOut), seed \(seed)); set \"validation\" to null to turn this off")
    }
    if let column = dealer.groupColumn {
      notes.append(
        "the groups of \(quoted(table.header[column])) stay together: \(counted(split.train.count, "row")) for training, "
          + "\(split.validation.count) for validation, \(split.test.count) for test")
    }
  }

  /// Keeps only `rows` of the training rows, for the reason that `notes` give.
  mutating func keep(_ rows: [Int], notes: [String]) {
    split.train = rows
    self.notes += notes
  }

  /// Makes all folds but one the training rows, and that one the validation rows.
  private mutating func takeFold(_ folds: Folds, _ dealer: Dealer, random: RandomSequence) throws(Diagnostics) {
    var random = random
    let (table, roles) = (dealer.table, dealer.roles)
    let classes = try roles.classColumn.map { label throws(Diagnostics) in try dealer.classes(of: split.train, label) }
    let stratified = folds.stratify ? classes?.map(\.rows) : nil
    let dealt: [[Int]]
    if let column = dealer.groupColumn {
      let groups = try RowGroups(split.train, of: table, by: column, classes: stratified, missing: dealer.missing)
      dealt = try groups.folds(folds.count, random: &random)
    } else {
      dealt = try Folds.deal(stratified ?? [split.train], into: folds.count, random: &random, place: table.place)
    }
    if let classes {
      try Folds.check(dealt, classes: classes, isGrouped: dealer.groupColumn != nil, place: table.place)
    }
    let chosen = (folds.fold ?? 1) - 1
    split.train = RowSet(dealt.indices.filter { $0 != chosen }.flatMap { dealt[$0] }).ascending
    split.validation = dealt[chosen]
  }
}

/// Splits the rows of a table as its config says: in groups, stratified by class, or by time.
private struct Dealer {
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
    if let groupColumn {
      return try dealer.deal(RowGroups(rows, of: table, by: groupColumn, classes: classes?.map(\.rows), missing: missing))
    }
    guard let classes else { return try dealer.deal(rows) }
    return try dealer.deal(classes)
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
