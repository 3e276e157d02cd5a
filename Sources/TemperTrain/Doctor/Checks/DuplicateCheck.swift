import TemperData
import TemperFiles
import TemperJSON
import TemperTables

extension Diagnostic.Code {
  /// Rows that repeat another row of their split.
  public static let duplicateRows = Diagnostic.Code("W0211", "rows repeat another row of their split")
}

/// Looks for rows with the features and the label of another row of their split.
enum DuplicateCheck: DoctorCheck {
  static let name = "duplicates"
  static let doc = "rows that repeat another row of their split"

  static func run(_ subject: DoctorSubject, _ time: Deadline) -> DoctorCheckResult {
    guard let rows = subject.rows else { return .inapplicable("the data are not rows") }
    guard let repeated = subject.repeated(time) else { return .outOfTime }
    let isNatural = rows.hasFewDifferentRows(repeated)
    var findings: [Finding] = []
    for split in DataSplit.allCases {
      guard let pairs = repeated.duplicates[split] else { continue }
      findings.append(
        Finding(
          isNatural ? .note : .warning, .duplicateRows, at: rows.place(pairs.shown[0].second) ?? subject.dataPlace,
          "\(counted(pairs.count, "\(split.adjective) row")) \(pairs.count == 1 ? "repeats" : "repeat") another one and "
            + "\(pairs.count == 1 ? "counts" : "count") twice: \(rows.list(pairs, "repeats"))",
          remedy: split == .train ? subject.duplicateRemedy("Remove the repeated rows.") : "Remove the repeated rows."))
    }
    return DoctorCheckResult(
      findings,
      summary: "\(repeated.distinctTraining) different of \(counted(rows.targets(.train)?.count ?? 0, "training row"))")
  }
}
