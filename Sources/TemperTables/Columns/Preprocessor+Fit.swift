import TemperFiles
import TemperJSON

extension Preprocessor {
  /// Fits a preprocessor on the training rows of `table` alone.
  ///
  /// - Parameters:
  ///   - table: The table with the training rows.
  ///   - rows: The numbers of the training rows, ascending.
  ///   - roles: The roles of the columns.
  ///   - defaults: Defaults for columns without rules.
  ///   - targetRules: How a numeric target is fitted.
  ///   - keepsConstants: Whether a constant number is a feature even if it is not declared.
  ///   - notes: Receives a line for every column with a possibly surprising kind.
  /// - Throws: All errors in the training rows.
  init(
    fitting table: Table, rows: [Int], roles: ColumnRoles, defaults: ColumnDefaults = ColumnDefaults(),
    targetRules: TargetRules = TargetRules(), keepsConstants: Bool = false, notes: inout [String]
  ) throws(Diagnostics) {
    var findings = Findings()
    guard roles.features.contains(where: { $0.declared?.kind.hasFeatures ?? true }) else {
      throw Diagnostics(
        .noFeatures, at: table.headerPlace(column: 0),
        "no feature columns: the table needs a column that is not the label, the split or ignored.")
    }
    let missing = MissingValues(defaults.missingValues)
    var (columns, found) = ([Column](), [InferredColumn]())
    for (column, declared) in roles.features {
      let profile = ColumnProfile(table, column: column, rows: rows, missing: missing, declared: declared?.kind)
      let finding = declared.map { profile.declaredFinding($0.kind) } ?? profile.finding(keepsConstants: keepsConstants)
      found.append(finding)
      if let doubt = finding.doubt, declared == nil {
        let code: Diagnostic.Code =
          !finding.slips.isEmpty || finding.isInOtherStyle
          ? .notANumber : finding.missingWords.isEmpty ? .tooManyCategories : .undeclaredMissing
        let place = finding.doubtRow.map { table.place(row: $0, column: column) } ?? table.headerPlace(column: column)
        findings.add(code, at: place, doubt)
        continue
      }
      var fitting = ColumnFitting(profile: profile, kind: finding.kind, defaults: defaults, findings: findings)
      if let transform = fitting.transform(declared ?? ColumnRules(finding.kind)) {
        columns.append(Column(table.header[column], transform))
      }
      found[found.count - 1].loneCategories = fitting.loneCategories
      findings = fitting.findings
    }
    let target = Self.target(table, roles, rows: rows, targetRules, missing, &findings, &notes)
    if columns.isEmpty, findings.list.isEmpty {
      findings.add(
        .noFeatures, at: table.headerPlace(column: 0),
        "no feature columns: \(found.filter { !$0.kind.hasFeatures }.map(\.leftOut).joined(separator: "; ")). Declare one of them "
          + "in data.columns, \"numeric\" or \"categorical\", to use it.")
    }
    try findings.check()
    notes += Self.notes(found)
    self.init(columns: columns, target: target, missingValues: defaults.missingValues, findings: found)
  }

  /// Notes on decisions that users may want to change.
  private static func notes(_ findings: [InferredColumn]) -> [String] {
    let undeclared = findings.filter { !$0.isDeclared }
    var notes = undeclared.filter { $0.kind == .identifier }.map {
      "\($0.leftOut), so it is ignored; declare its kind in data.columns to use it"
    }
    // An image has many of these.
    let constant = undeclared.filter { $0.kind == .ignore && $0.warning == nil }
    if !constant.isEmpty { notes.append("ignored, as all training rows have the same value or none: \(listed(constant.map(\.name)))") }
    notes += undeclared.compactMap(\.note)
    let few = undeclared.filter(\.hasFewWholeNumbers)
    if !few.isEmpty {
      notes.append(
        "treated as numeric, with few distinct whole numbers: \(listed(few.map(\.name))); declare those that are codes \"categorical\"")
    }
    return notes
  }
}
