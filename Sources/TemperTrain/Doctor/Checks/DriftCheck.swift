import TemperData
import TemperFiles
import TemperJSON
import TemperTables

extension Diagnostic.Code {
  /// Columns whose values in held-out rows differ from those in the training rows.
  public static let driftingColumns = Diagnostic.Code("W0216", "the values of a column differ between training and held-out rows")
}

/// Compares the values of each column in held-out rows with those in the training rows.
enum DriftCheck: DoctorCheck {
  static let name = "drift"
  static let doc = "columns whose values differ between training and held-out rows"

  static func run(_ subject: DoctorSubject, _ time: Deadline) -> DoctorCheckResult {
    guard let rows = subject.rows, let tables = subject.tables, !rows.areTexts else {
      return .inapplicable("the data are not a table of features")
    }
    if rows.heldOut.isEmpty { return .inapplicable("there are no validation or test rows") }
    let audit = ColumnAudit(tables, missingValues: rows.preprocessor.missingValues)
    let label: [(name: String, kind: ColumnKind)] = rows.target.columns.names.map {
      ($0, rows.target.kind == .value ? .numeric : .categorical)
    }
    let columns = rows.preprocessor.columns.map { (name: $0.name, kind: $0.transform.kind) } + label
    var findings: [Finding] = []
    var compared = 0
    for split in rows.heldOut {
      var drifts: [(name: String, index: Double)] = []
      for (name, kind) in columns {
        if time.isOver { break }
        compared += 1
        if let drift = audit.drift(name, kind, to: split), drift.isLarge { drifts.append((name, drift.index)) }
      }
      drifts.sort { $0.index > $1.index }
      guard let first = drifts.first else { continue }
      let shown = drifts.prefix(5).map { "\(quoted($0.name)) (\(fixed($0.index, 2)))" }.joined(separator: ", ")
      findings.append(
        Finding(
          .warning, .driftingColumns, at: rows.headerPlace(first.name) ?? subject.dataPlace,
          "the \(split.rawValue) rows have other values than the training rows, by the population stability index, in \(shown)"
            + (drifts.count > 5 ? " and \(drifts.count - 5) more columns" : ""),
          remedy: "Split at random if rows have no order; otherwise expect worse results on new rows, and leave such columns out."))
    }
    let all = columns.count * rows.heldOut.count
    return DoctorCheckResult(
      findings, summary: "\(counted(columns.count, "column")) in \(listed(rows.heldOut.map(\.rawValue)))",
      extent: compared < all ? .partial("compared \(compared) of \(all) columns of splits") : .complete)
  }
}
