import TemperFiles
import TemperJSON

/// A model's view of one column: its inferred kind and the reason, what was fitted on the training rows, and its features.
public struct ColumnExplanation: Sendable {
  /// The name of the column.
  public let name: String
  /// The inferred or declared kind.
  public let kind: ColumnKind
  /// The reason, and statistics of the training rows; nil if the model was not trained on a table.
  public let finding: InferredColumn?
  /// The fitted transform; nil if there are no features.
  public let transform: Preprocessor.Transform?
  /// The names of its features.
  public let features: [String]

  /// The JSON form.
  public var json: JSON {
    let found = finding?.json.members?.map { ($0.name, $0.value) } ?? [("name", .string(name)), ("kind", .string(kind.rawValue))]
    return .object(
      found + [("fitted", transform.map { .object($0.details) } ?? .null), ("features", .array(features.map { .string($0) }))])
  }

  /// What was fitted, as a phrase; empty if nothing was.
  public var fitted: String { transform?.summary ?? "" }
}

extension Preprocessor {
  /// An explanation of every column of the training table except targets, in order.
  public var explanations: [ColumnExplanation] {
    let index = ByteIndex(columns.map(\.name))
    func explanation(_ name: String, _ finding: InferredColumn?) -> ColumnExplanation {
      let column = index.find(name).map { columns[$0] }
      return ColumnExplanation(
        name: name, kind: finding?.kind ?? column?.transform.kind ?? .ignore, finding: finding, transform: column?.transform,
        features: column?.featureNames ?? [])
    }
    return findings.isEmpty ? columns.map { explanation($0.name, nil) } : findings.map { explanation($0.name, $0) }
  }
}

extension Preprocessor {
  /// The numeric columns in training, including a numeric target.
  public var numberColumns: [String] {
    let target: [String] = if case .value(let label, _, _, _) = target { [label] } else { [] }
    return explanations.filter { $0.kind == .numeric }.map(\.name) + target
  }
}

extension Preprocessor.Transform {
  /// A readable summary of what was fitted.
  fileprivate var summary: String {
    func shown(_ number: Double) -> String { "\(Float(number))" }
    var parts: [String]
    switch self {
    case .numeric(let transform):
      parts = [transform.scaling.summary(of: "number")]
      if let bounds = transform.bounds {
        parts.append("first clipped to between \(shown(bounds.lowerBound)) and \(shown(bounds.upperBound))")
      }
      if let fill = transform.fill { parts.append("missing is \(shown(fill))") }
    case .categorical(let transform):
      switch transform.form {
      case .onehot: parts = ["1 for the row's category, 0 for others"]
      case .ordinal(let scaling, _): parts = [scaling.summary(of: "index in \(listed(transform.categories))")]
      }
      if !transform.rare.isEmpty { parts.append("rare are \(listed(transform.rare))") }
      switch transform.fill {
      case .error: break
      case .feature: parts.append("missing is a category")
      case .category(let name): parts.append(name.map { "missing is \(quoted($0))" } ?? "missing has no category")
      }
      parts.append("unknown is \(transform.unknown == .error ? "an error" : transform.unknown == .ignore ? "ignored" : "a rare category")")
    case .boolean(let transform):
      parts = ["1 for yes, 0 for no"]
      if let fill = transform.fill { parts.append("missing is \(fill ? "yes" : "no")") }
    case .date(let transform):
      parts = ["written like \(transform.format.text)", transform.scaling.summary(of: "days since the first date")]
      if transform.fill != nil { parts.append("missing is filled in") }
    case .text(let transform):
      parts = [transform.words.isEmpty ? "its n-grams, embedded by the model" : "TF-IDF of \(counted(transform.words.count, "word"))"]
      if transform.takesMissing { parts.append("missing is a text without words") }
    }
    return parts.joined(separator: "; ")
  }
}
