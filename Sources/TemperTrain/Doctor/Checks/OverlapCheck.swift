import TemperData
import TemperFiles
import TemperJSON
import TemperTables

extension Diagnostic.Code {
  /// Held-out rows or text that training has seen.
  public static let heldOutInTraining = Diagnostic.Code("W0210", "held-out rows or texts are also in the training data")
}

/// Looks for validation and test rows with the features of a training row.
enum OverlapCheck: DoctorCheck {
  static let name = "overlap"
  static let doc = "validation and test rows that are also training rows"

  static func run(_ subject: DoctorSubject, _ time: Deadline) -> DoctorCheckResult {
    guard let rows = subject.rows else { return .inapplicable("the data are not rows") }
    let heldOut = rows.heldOut
    if heldOut.isEmpty { return .inapplicable("there are no validation or test rows") }
    guard let repeated = subject.repeated(time) else { return .outOfTime }
    var findings: [Finding] = []
    for split in heldOut {
      guard let pairs = repeated.heldOutInTraining[split] else { continue }
      // Rows of a few discrete values are bound to meet; those with the same label are in the training rows nevertheless.
      let (isNatural, copies) = (rows.hasFewDifferentRows(repeated), repeated.copiesOfTraining[split])
      let remedy = subject.duplicateRemedy("Remove them from the training rows.")
      let shown = copies ?? pairs
      let label = copies.map { $0.count == pairs.count ? " and its label" : ", \($0.count) of them its label too" } ?? ""
      findings.append(
        Finding(
          copies == nil && isNatural ? .note : .error, .heldOutInTraining, at: rows.place(shown.shown[0].second) ?? subject.dataPlace,
          "\(counted(pairs.count, "\(split.rawValue) row")) of \(rows.targets(split)?.count ?? 0) \(pairs.count == 1 ? "has" : "have") the "
            + "features of a training row\(label), so that metrics are too good: \(rows.list(shown, "repeats"))"
            + (isNatural ? ". Most training rows repeat others too: there are few different rows" : ""),
          remedy: remedy))
    }
    if repeated.testInValidation.count > 0, let pair = repeated.testInValidation.shown.first {
      findings.append(
        Finding(
          .note, .heldOutInTraining, at: rows.place(pair.second) ?? subject.dataPlace,
          "\(counted(repeated.testInValidation.count, "test row")) \(repeated.testInValidation.count == 1 ? "has" : "have") the features "
            + "of a validation row, by which the model is selected: \(rows.list(repeated.testInValidation, "repeats"))",
          remedy: "Remove them from one of the two, or keep such rows together with data.split.group."))
    }
    let count = heldOut.reduce(0) { $0 + (rows.targets($1)?.count ?? 0) }
    return DoctorCheckResult(
      findings, summary: "compared \(counted(count, "held-out row")) with \(rows.targets(.train)?.count ?? 0) training rows")
  }
}

extension AuditedRows {
  /// Whether most training rows have the features of another one.
  func hasFewDifferentRows(_ repeated: RepeatedRows) -> Bool { repeated.distinctTraining * 2 < (targets(.train)?.count ?? 0) }
}

extension DoctorSubject {
  /// What to do about repeated training rows: the key that drops them if the data have it, otherwise `other`.
  func duplicateRemedy(_ other: String) -> String { tables == nil ? other : "Set data.drop_duplicates to true." }
}
