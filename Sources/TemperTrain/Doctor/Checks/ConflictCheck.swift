import TemperData
import TemperFiles
import TemperJSON
import TemperTables

extension Diagnostic.Code {
  /// Rows with the same features and different labels.
  public static let conflictingLabels = Diagnostic.Code("W0213", "rows with the same features have different labels")
}

/// Looks for rows with the same features and different labels.
enum ConflictCheck: DoctorCheck {
  static let name = "conflicts"
  static let doc = "rows with the same features and different labels"

  static func run(_ subject: DoctorSubject, _ time: Deadline) -> DoctorCheckResult {
    guard let rows = subject.rows else { return .inapplicable("the data have no labels") }
    guard let repeated = subject.repeated(time) else { return .outOfTime }
    let (pairs, isValue) = (repeated.conflicts, rows.target.kind == .value)
    guard let first = pairs.shown.first else { return DoctorCheckResult([], summary: "same features, same label") }
    return DoctorCheckResult(
      [
        Finding(
          // Numbers that are measured vary.
          isValue ? .note : .warning, .conflictingLabels, at: rows.place(first.second) ?? subject.dataPlace,
          "\(counted(pairs.count, "row")) \(pairs.count == 1 ? "has" : "have") the features of another row, but another label, so that no "
            + "model predicts both: \(rows.list(pairs, "contradicts"))",
          remedy: "Correct the labels, or add a column that distinguishes the rows.")
      ], summary: "\(counted(pairs.count, "row")) with another label than one with the same features")
  }
}
