import TemperJSON
import TemperTables
import TemperTrain

/// How a model treats its columns, as text and as JSON.
enum ColumnText {
  /// Columns and features that are listed; all of them are in the JSON.
  private static let limit = 100

  /// A block of lines for each column, and one for the label.
  static func text(_ bundle: any Predicting) -> String {
    let all = bundle.preprocessor.explanations
    var blocks = [target(bundle)]
    blocks += all.prefix(limit).map(block)
    if all.count > limit { blocks.append("... \(all.count - limit) more columns: see --json") }
    return blocks.joined(separator: "\n\n")
  }

  private static func block(_ column: ColumnExplanation) -> String {
    var lines = [column.name + ": " + column.kind.rawValue]
    if let finding = column.finding {
      lines[0] += finding.isDeclared ? ", as declared" : ", as \(finding.why)"
      lines.append("  values    \(grouped(finding.rows)) training rows, \(grouped(finding.missing)) of them missing")
      if let distinct = finding.distinct { lines[1] += ", \(distinct.text) distinct" }
    }
    if !column.fitted.isEmpty { lines.append("  becomes   \(column.fitted)") }
    if column.features.isEmpty {
      lines.append("  features  none")
    } else {
      let rest = column.features.count - limit
      lines.append("  features  \(column.features.prefix(limit).joined(separator: ", "))\(rest > 0 ? " and \(rest) more" : "")")
    }
    return lines.joined(separator: "\n")
  }

  private static func target(_ bundle: any Predicting) -> String {
    func counts(_ names: [String]) -> String {
      let rest = names.count - limit
      return zip(names, bundle.targetRows).prefix(limit).map { "\($0) (\(grouped($1)))" }.joined(separator: ", ")
        + (rest > 0 ? " and \(rest) more" : "")
    }
    switch bundle.preprocessor.target {
    case .classes(let label, let names):
      return "\(label): label, one of \(names.count) classes\n  training rows  \(counts(names))"
    case .value(let label, let mean, let deviation, let bounds):
      return "\(label): label, a number\n  trained on  (number - \(Float(mean))) / \(Float(deviation))"
        + (bounds.map { "\n  predictions  between \(Float($0.lowerBound)) and \(Float($0.upperBound))" } ?? "")
    case .multilabel(let labels): return "\(labels.count) labels\n  training rows  \(counts(labels))"
    }
  }

  /// The same as an object, and complete.
  static func json(_ bundle: any Predicting, path: String) -> JSON {
    .object([
      ("model", .string(path)), ("training_rows", .integer(bundle.trainingRows)), ("target", bundle.preprocessor.target.json),
      ("target_rows", .array(bundle.targetRows.map { .integer($0) })),
      ("missing_values", .array(bundle.preprocessor.missingValues.map { .string($0) })),
      ("columns", .array(bundle.preprocessor.explanations.map(\.json))),
    ])
  }
}
