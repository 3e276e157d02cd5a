import TemperData
import TemperFiles
import TemperJSON

/// What a model knows of one column: what it was taken for and why, what was learned from the training rows, and which features it has.
public struct ColumnExplanation: Sendable {
  /// The name of the column.
  public let name: String
  /// What it was taken for.
  public let kind: ColumnKind
  /// Why, and what the training rows have in it; nil where the model was not trained on a table.
  public let finding: ColumnFinding?
  /// What it becomes; nil where that is no feature.
  public let transform: Preprocessor.Transform?
  /// The names of its features.
  public let features: [String]

  /// All of it as an object.
  public var json: JSON {
    let found = finding?.json.members?.map { ($0.name, $0.value) } ?? [("name", .string(name)), ("kind", .string(kind.rawValue))]
    return .object(
      found + [("fitted", transform.map { .object($0.details) } ?? .null), ("features", .array(features.map { .string($0) }))])
  }

  /// What was learned, as a sentence part; empty where nothing was.
  public var fitted: String { transform?.summary ?? "" }
}

extension Preprocessor {
  /// An explanation of every column of the training table besides those predicted, in its order.
  public var explanations: [ColumnExplanation] {
    let index = ByteIndex(columns.map(\.name))
    func explanation(_ name: String, _ finding: ColumnFinding?) -> ColumnExplanation {
      let column = index.find(name).map { columns[$0] }
      return ColumnExplanation(
        name: name, kind: finding?.kind ?? column?.transform.kind ?? .ignore, finding: finding, transform: column?.transform,
        features: column?.featureNames ?? [])
    }
    return findings.isEmpty ? columns.map { explanation($0.name, nil) } : findings.map { explanation($0.name, $0) }
  }
}

extension Preprocessor {
  /// The columns that held numbers in training, the one to predict included.
  public var numberColumns: [String] {
    let target: [String] = if case .value(let label, _, _) = target { [label] } else { [] }
    return explanations.filter { $0.kind == .numeric }.map(\.name) + target
  }
}

extension Preprocessor.Transform {
  /// What was learned from the training rows, for people.
  fileprivate var summary: String {
    func shown(_ number: Double) -> String { "\(Float(number))" }
    func scaled(_ scale: Scale, _ what: String) -> String {
      scale == .identity ? "\(what) as it is" : "(\(what) - \(shown(scale.center))) / \(shown(scale.unit))"
    }
    var parts: [String]
    switch self {
    case .numeric(let transform):
      parts = [scaled(transform.scale, "number")]
      if let bounds = transform.bounds {
        parts.append("moved to within \(shown(bounds.lowerBound)) and \(shown(bounds.upperBound)) before")
      }
      if let fill = transform.fill { parts.append("missing is \(shown(fill))") }
    case .categorical(let transform):
      switch transform.form {
      case .onehot: parts = ["1 for the row's category, 0 for others"]
      case .ordinal(let scale, _): parts = [scaled(scale, "place in \(listed(transform.categories))")]
      }
      if !transform.rare.isEmpty { parts.append("rare are \(listed(transform.rare))") }
      switch transform.fill {
      case .error: break
      case .feature: parts.append("missing is a category")
      case .category(let name): parts.append(name.map { "missing is \(quoted($0))" } ?? "missing is none of them")
      }
      parts.append("unknown is \(transform.unknown == .error ? "an error" : transform.unknown == .ignore ? "none of them" : "a rare one")")
    case .boolean(let transform):
      parts = ["1 for yes, 0 for no"]
      if let fill = transform.fill { parts.append("missing is \(fill ? "yes" : "no")") }
    case .date(let transform):
      parts = ["written like \(transform.format.text)", scaled(transform.scale, "days since the first date")]
      if transform.fill != nil { parts.append("missing is filled in") }
    case .text(let transform):
      parts = ["TF-IDF of \(counted(transform.words.count, "word"))"]
      if transform.takesMissing { parts.append("missing is a text without words") }
    }
    return parts.joined(separator: "; ")
  }
}
