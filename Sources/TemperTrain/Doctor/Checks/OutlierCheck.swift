import TemperData
import TemperFiles
import TemperJSON
import TemperTables

extension Diagnostic.Code {
  /// Numbers far from the rest of their column.
  public static let outliers = Diagnostic.Code("W0217", "a column has numbers far from the rest")
}

/// Looks for numbers far from the rest of their column.
enum OutlierCheck: DoctorCheck {
  static let name = "outliers"
  static let doc = "numbers far from the rest of their column"

  /// The number of columns that have a finding of their own.
  private static let shownColumns = 5

  static func run(_ subject: DoctorSubject, _ time: Deadline) -> DoctorCheckResult {
    guard let rows = subject.rows, let tables = subject.tables else { return .inapplicable("the data are not a table") }
    let audit = ColumnAudit(tables, missingValues: rows.preprocessor.missingValues)
    let columns = rows.preprocessor.columns.filter { $0.transform.kind == .numeric }.map(\.name)
    if columns.isEmpty { return .inapplicable("there are no columns of numbers") }
    var found: [(name: String, outliers: Outliers, numbers: [Double])] = []
    var examined = 0
    for name in columns {
      if time.isOver { break }
      examined += 1
      guard let numbers = audit.numbers(name, .train), let outliers = Outliers(numbers) else { continue }
      found.append((name, outliers, numbers))
    }
    found.sort { abs($0.outliers.scores[0]) > abs($1.outliers.scores[0]) }
    let findings = found.prefix(shownColumns).map { name, outliers, numbers in
      let shown = zip(outliers.positions, outliers.scores).prefix(3).map { position, score in
        "\(rows.name(.init(split: .train, index: position))): \(fixed(numbers[position], 4)) (z \(fixed(score, 1)))"
      }
      let isArray = rows.headerPlace(name) == nil || tables.isArray
      return Finding(
        .note, .outliers, at: rows.place(.train, outliers.positions[0]) ?? subject.dataPlace,
        "\(quoted(name)) is far from its median \(fixed(outliers.median, 4)) in "
          + "\(counted(outliers.positions.count, "training row")): \(shown.joined(separator: ", "))",
        remedy: isArray
          ? "Correct the values, or set data.normalize to \"robust\"."
          : "Correct the values, or clip them: data.columns[\(quoted(name))] = {\"kind\": \"numeric\", \"clip\": 0.01}.")
    }
    return DoctorCheckResult(
      findings, summary: "outliers in \(found.count) of \(counted(columns.count, "column")) of numbers",
      extent: examined < columns.count ? .partial("examined \(examined) of \(columns.count) columns") : .complete)
  }
}
