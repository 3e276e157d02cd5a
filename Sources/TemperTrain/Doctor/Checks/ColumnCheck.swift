import TemperFiles
import TemperJSON
import TemperTables

extension Diagnostic.Code {
  /// Columns with a single value.
  public static let constantColumns = Diagnostic.Code("W0214", "a column has the same value in all training rows")
  /// Columns whose values name rows.
  public static let identifierColumns = Diagnostic.Code("W0215", "a column's values are like names or numbers of rows")
}

/// Looks for columns from which nothing can be learned: constant ones, and those whose values name rows.
enum ColumnCheck: DoctorCheck {
  static let name = "columns"
  static let doc = "constant columns, and columns whose values name rows"

  /// The fraction of values that are different, from which a category is like a name.
  private static let nameShare = 0.9

  static func run(_ subject: DoctorSubject, _ time: Deadline) -> DoctorCheckResult {
    guard let rows = subject.rows, !rows.preprocessor.findings.isEmpty else { return .inapplicable("the data have no columns of features") }
    let columns = rows.preprocessor.findings
    func place(_ columns: [InferredColumn]) -> Place { rows.headerPlace(columns[0].name) ?? subject.dataPlace }
    var findings: [Finding] = []
    let constant = columns.filter { !$0.isDeclared && $0.kind == .ignore && $0.distinct.map { $0.count <= 1 } ?? true && $0.warning == nil }
    if !constant.isEmpty {
      findings.append(
        Finding(
          .note, .constantColumns, at: place(constant),
          "all training rows have the same value or none in \(listed(constant.map(\.name)))",
          remedy: "Remove \(constant.count == 1 ? "the column" : "the columns"), or check how the table was made."))
    }
    let identifiers = columns.filter { !$0.isDeclared && $0.kind == .identifier }
    if let first = identifiers.first {
      findings.append(
        Finding(
          .note, .identifierColumns, at: place(identifiers),
          "not learned from, as values name rows: \(listed(identifiers.map(\.name))) (\(first.why))",
          remedy: "Set data.columns[\(quoted(first.name))] to \"identifier\" to confirm it, or to another kind to learn from it."))
    }
    let names = columns.filter { column in
      column.kind == .categorical
        && column.distinct.map { $0.isCut || Double($0.count) >= nameShare * Double(column.rows - column.missing) } ?? false
        && column.rows - column.missing >= 10
    }
    if let first = names.first {
      findings.append(
        Finding(
          .warning, .identifierColumns, at: place(names),
          "categorical, but nearly every value occurs once: \(listed(names.map(\.name))). A model memorises the training rows by them",
          remedy: "Set data.columns[\(quoted(first.name))] to \"identifier\"."))
    }
    return DoctorCheckResult(findings, summary: counted(columns.count, "column"))
  }
}
