import TemperFiles
import TemperJSON

/// A column used for splitting.
struct SplitColumn {
  /// Its role.
  enum Part {
    /// It assigns each row to a split.
    case assignment
    /// Rows with the same value stay together.
    case group
    /// Rows are ordered by its values.
    case order
  }

  let part: Part
  let name: String
  /// The config key that names it, for messages.
  let key: String
}

/// The roles of the columns of a table.
struct ColumnRoles {
  /// The target columns.
  let target: TargetColumns
  /// Their indices.
  let targets: [Int]
  /// The column used for splitting, if any.
  var split: (part: SplitColumn.Part, column: Int)?
  /// The possible feature columns, in table order, with their declared rules; they include columns declared identifier or ignored,
  /// which have no features.
  var features: [(column: Int, declared: ColumnRules?)] = []

  /// The class column, if the target is a class.
  var classColumn: Int? {
    if case .classes = target { targets.first } else { nil }
  }

  /// Finds the columns by name, and throws for all unknown names and conflicting roles.
  ///
  /// Columns that assign or group rows are not features; the column by which rows are ordered may be one.
  init(
    _ table: Table, target: TargetColumns, split: SplitColumn?, declared: [(name: String, rules: ColumnRules)]
  ) throws(Diagnostics) {
    var findings = Findings()
    func find(_ name: String, _ key: String) -> Int? {
      let column = table.column(name)
      if column == nil { findings.add(.unknownColumn, at: table.headerPlace(column: 0), table.unknownColumn(name, asked: key)) }
      return column
    }
    let targetColumns = target.names.map { find($0, target.key) }
    let splitColumn = split.flatMap { find($0.name, $0.key) }
    let splitKey = split?.key ?? ""
    let ownColumn = split?.part == .order ? nil : splitColumn
    var kinds: [Int: ColumnRules] = [:]
    for (name, rules) in declared {
      guard let column = find(name, "data.columns") else { continue }
      // A group column may also be declared to have no features.
      let isGroupWithoutFeatures = column == ownColumn && split?.part == .group && !rules.kind.hasFeatures
      if targetColumns.contains(column) || column == ownColumn, !isGroupWithoutFeatures {
        let part = column == ownColumn ? splitKey : target.key
        findings.add(
          .columnConflict, at: table.headerPlace(column: column),
          "data.columns declares \(quoted(name)) \(rules.kind.rawValue), but it is \(part). Remove it from one of them.")
      }
      kinds[column] = rules
    }
    for (number, column) in targetColumns.enumerated() {
      guard let column else { continue }
      let name = quoted(table.header[column])
      if column == splitColumn {
        findings.add(
          .columnConflict, at: table.headerPlace(column: column),
          "\(name) is both \(target.key) and \(splitKey). Use two columns.")
      }
      if targetColumns[..<number].contains(column) {
        findings.add(.columnConflict, at: table.headerPlace(column: column), "\(target.key) names \(name) twice. Name it once.")
      }
    }
    try findings.check()
    // check() has thrown if one was not found.
    targets = targetColumns.compactMap { $0 }
    self.target = target
    if let split, let splitColumn { self.split = (split.part, splitColumn) }
    for column in table.header.indices where !targets.contains(column) && column != ownColumn {
      features.append((column, kinds[column]))
    }
  }
}

extension Table {
  /// The message for an unknown column name; `asked` says where the name was given.
  func unknownColumn(_ name: String, asked: String) -> String {
    var message = "\(asked): unknown column \(quoted(name))."
    if header.count == 1, let other: Character = [";", "\t", "|", ","].first(where: { header[0].contains($0) }) {
      return message + " The header is one column, \(quoted(header[0])): set data.delimiter to \(quoted(String(other)))."
    }
    if let close = suggestion(for: name, among: header) { message += " Did you mean \(quoted(close))?" }
    return message + " Columns: \(listed(header))."
  }
}
