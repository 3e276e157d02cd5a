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

  /// Splits the rows of `table`; `hasValidationRows` says whether there is a file of validation rows. Rows that `copies` finds are left out
  /// before others are held out at random.
  init(
    _ table: Table, hasValidationRows: Bool, _ roles: ColumnRoles, _ config: TableConfig, seed: UInt64, copies: Copies?
  ) throws(Diagnostics) {
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
        leaveOut(copies)
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
      if dealer.order == nil { leaveOut(copies) }
      try takeFold(folds, dealer, random: random.sequence("split", 1))
    } else if config.holdOutValidation, !isValidationSettled {
      if dealer.order == nil { leaveOut(copies) }
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

  /// Leaves out all but the first of training rows that are the same, so that no copy of a row is held out from another.
  private mutating func leaveOut(_ copies: Copies?) {
    guard let copies else { return }
    let kept = copies.first(of: split.train)
    let dropped = split.train.count - kept.count
    if dropped == 0 { return }
    keep(
      kept,
      notes: [
        "dropped \(counted(dropped, "row")) of \(split.train.count) with the features and the label of an earlier one, before rows are held out "
          + "at random (data.drop_duplicates)"
      ])
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
      do {
        try Folds.check(dealt, classes: classes, isGrouped: dealer.groupColumn != nil, place: table.place)
      } catch {
        throw dealer.advised(error, classes)
      }
    }
    let chosen = (folds.fold ?? 1) - 1
    split.train = RowSet(dealt.indices.filter { $0 != chosen }.flatMap { dealt[$0] }).ascending
    split.validation = dealt[chosen]
  }
}
