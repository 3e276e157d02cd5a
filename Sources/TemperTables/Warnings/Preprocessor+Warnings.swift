import TemperJSON

extension Preprocessor {
  /// Likely problems with the training rows, `rows` of `table`, that do not prevent training.
  func warnings(_ table: Table, rows: [Int], _ roles: ColumnRoles) -> [Warning] {
    var warnings = findings.compactMap(\.warning)
    if let lone = Warning.loneCategories(findings.map { ($0.name, $0.loneCategories) }) { warnings.append(lone) }
    guard let target = roles.targets.first, !isMultilabel else { return warnings }
    if roles.classColumn != nil { warnings += Warning.ofLabels(table, column: target, rows: rows, classes: classes) }
    let columns = zip(roles.features, findings).map { (column: $0.column, kind: $1.kind) }
    let check = GiveawayCheck(table, target: target, isValue: roles.classColumn == nil, rows: rows, MissingValues(missingValues))
    if let warning = check?.warning(columns, label: table.header[target]) { warnings.append(warning) }
    return warnings
  }

  private var isMultilabel: Bool { if case .multilabel = target { true } else { false } }
}
