import TemperData
import TemperFiles
import TemperJSON
import TemperTables

extension Diagnostic.Code {
  /// Columns that are the label in other words.
  public static let labelCopies = Diagnostic.Code("W0219", "a column is the label in other words")
}

/// Looks for columns of which each value goes with one class in all rows, and each class with one value: a model learns nothing else. A
/// column that predicts the label almost always may be known at prediction time, and is only what a run warns of.
enum LabelCopyCheck: DoctorCheck {
  static let name = "label copies"
  static let doc = "columns that are the label in other words"

  /// With fewer rows it may be by chance.
  private static let fewestRows = 50

  static func run(_ subject: DoctorSubject, _ time: Deadline) -> DoctorCheckResult {
    guard let rows = subject.rows, let tables = subject.tables, !rows.areTexts else {
      return .inapplicable("the data are not a table of features")
    }
    let count = DataSplit.allCases.reduce(0) { $0 + (rows.targets($1)?.count ?? 0) }
    if count < fewestRows { return .inapplicable("\(counted(count, "row")) are too few for it; it takes \(fewestRows)") }
    let audit = ColumnAudit(tables, missingValues: rows.preprocessor.missingValues)
    let (columns, labels) = (rows.preprocessor.columns.map(\.name), rows.target.columns.names)
    if columns.count < 2 { return .inapplicable("there is only one column") }
    var (findings, compared) = ([Finding](), 0)
    for column in columns {
      if time.isOver { break }
      compared += 1
      guard let label = labels.first(where: { audit.isCopy(column, of: $0, isNumber: rows.target.kind == .value) }) else { continue }
      let remedy = tables.isArray ? "Remove it." : "Set data.columns[\(quoted(column))] to \"ignore\"."
      findings.append(
        Finding(
          .error, .labelCopies, at: rows.headerPlace(column) ?? subject.dataPlace,
          "\(quoted(column)) is \(quoted(label)) in other words: in all \(count) rows each of its values has one label, and each label one "
            + "value",
          remedy: remedy))
    }
    return DoctorCheckResult(
      findings, summary: "compared \(counted(compared, "column")) with \(listed(labels))",
      extent: compared < columns.count ? .partial("compared \(compared) of \(columns.count) columns") : .complete)
  }
}
