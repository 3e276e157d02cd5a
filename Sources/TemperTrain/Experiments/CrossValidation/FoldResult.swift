import TemperData
import TemperJSON
import TemperMetrics

/// The result of one fold.
public struct FoldResult: Sendable, Equatable {
  /// Metrics on one split.
  public struct Part: Sendable, Equatable {
    /// `train`, `validation` or `test`.
    public let name: String
    /// The number of rows.
    public let rows: Int
    /// The loss and the metrics of the task; nil if undefined.
    public let metrics: [Value]
    /// The metrics of the baseline; empty if undefined.
    public let baseline: [Value]
    /// The baseline, a ``TemperMetrics/Baseline/Kind``; nil if undefined.
    public let guess: String?
  }

  /// A metric and its value.
  public struct Value: Sendable, Equatable {
    /// Its name, such as `accuracy`.
    public let name: String
    /// Nil if undefined.
    public let value: Double?
  }

  /// The fold, from 1.
  public let fold: Int
  /// Why its run ended.
  public let stopReason: StopReason
  /// Steps taken.
  public let steps: Int
  /// The step whose weights are in its `best/`.
  public let bestStep: Int
  /// The available splits.
  public let parts: [Part]
  /// The cause of divergence.
  public let error: String?
  /// Warnings of its run.
  public let warnings: [Warning]
  /// Tolerances of the guard that its run exceeds.
  public let breaches: [String]

  init(_ outcome: SingleResult, fold: Int) {
    (self.fold, stopReason, steps, bestStep, warnings) = (fold, outcome.stopReason, outcome.steps, outcome.bestStep, outcome.warnings)
    func values(_ metrics: [MetricValue]) -> [Value] {
      metrics.map { Value(name: $0.name, value: $0.value.flatMap { $0.isFinite ? $0 : nil }) }
    }
    let evaluations = [("train", outcome.train), ("validation", outcome.validation), ("test", outcome.test)]
    parts = evaluations.compactMap { name, evaluation in
      evaluation.map { evaluation in
        Part(
          name: name, rows: evaluation.report.count, metrics: values(evaluation.metrics),
          baseline: values(evaluation.baseline?.metrics ?? []), guess: evaluation.baseline?.kind.rawValue)
      }
    }
    (error, breaches) = (outcome.divergence?.description, outcome.breaches)
  }

  /// Parses ``json``; nil if malformed.
  init?(_ json: JSON) {
    guard let fold = json["fold"]?.integer, let reason = json["stop_reason"]?.string.flatMap(StopReason.init(rawValue:)),
      let steps = json["steps"]?.integer, let bestStep = json["best_step"]?.integer
    else { return nil }
    (self.fold, stopReason, self.steps, self.bestStep, error) = (fold, reason, steps, bestStep, json["error"]?.string)
    warnings = (json["warnings"]?.array ?? []).compactMap(Warning.init)
    breaches = (json["breaches"]?.array ?? []).compactMap(\.string)
    func values(_ members: [JSON.Member]) -> [Value] { members.map { Value(name: $0.name, value: $0.value.number) } }
    var parts: [Part] = []
    for name in Self.partNames {
      guard let part = json[name], let members = part.members else { continue }
      guard let rows = part["rows"]?.integer else { return nil }
      parts.append(
        Part(
          name: name, rows: rows, metrics: values(members.filter { !["rows", "baseline"].contains($0.name) }),
          baseline: values((part["baseline"]?.members ?? []).filter { $0.name != Self.guessName }),
          guess: part["baseline"]?[Self.guessName]?.string))
    }
    self.parts = parts
  }

  private static let guessName = "predicts"
  static let partNames = DataSplit.allCases.map(\.rawValue)

  /// The part called `name`, if there is one.
  public func part(_ name: String) -> Part? { parts.first { $0.name == name } }

  /// The form in files and in `--json`.
  public var json: JSON {
    let parts = Self.partNames.map { name in
      let part = part(name)
      return (
        name,
        part.map { part in
          func object(_ values: [Value]) -> [(String, JSON)] { values.map { ($0.name, .number($0.value)) } }
          let guess: [(String, JSON)] = part.guess.map { [(Self.guessName, .string($0))] } ?? []
          return JSON.object(
            object(part.metrics) + [("rows", .integer(part.rows)), ("baseline", .object(guess + object(part.baseline)))])
        } ?? JSON.null
      )
    }
    return .object(
      [
        ("fold", .integer(fold)), ("run", .string(CrossValidation.folder(fold))), ("stop_reason", .string(stopReason.rawValue)),
        ("best_step", .integer(bestStep)), ("steps", .integer(steps)),
      ] + parts + [
        ("error", error.map { .string($0) } ?? .null), ("warnings", .array(warnings.map(\.json))),
        ("breaches", .array(breaches.map { .string($0) })),
      ])
  }
}
