import TemperJSON
import TemperMetrics

/// What the run of one fold came to.
public struct FoldResult: Sendable, Equatable {
  /// Figures on one part of the rows.
  public struct Part: Sendable, Equatable {
    /// `train`, `validation` or `test`.
    public let name: String
    /// How many rows it has.
    public let rows: Int
    /// The loss and the metrics of the task; nil where there is nothing to measure.
    public let figures: [Value]
    /// What guessing scores; empty where there is nothing to measure.
    public let baseline: [Value]
    /// How it guesses, a ``TemperMetrics/Baseline/Kind``; nil where there is nothing to measure.
    public let guess: String?
  }

  /// A figure and its value.
  public struct Value: Sendable, Equatable {
    /// Its name, such as `accuracy`.
    public let name: String
    /// Nil where there is nothing to measure.
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
  /// The parts there are.
  public let parts: [Part]
  /// What made it diverge.
  public let error: String?
  /// What looks wrong and did not stop it.
  public let warnings: [Warning]

  init(_ outcome: Outcome, fold: Int) {
    (self.fold, stopReason, steps, bestStep, warnings) = (fold, outcome.stopReason, outcome.steps, outcome.bestStep, outcome.warnings)
    func values(_ figures: [Figure]) -> [Value] {
      figures.map { Value(name: $0.name, value: $0.value.flatMap { $0.isFinite ? $0 : nil }) }
    }
    let evaluations = [("train", outcome.train), ("validation", outcome.validation), ("test", outcome.test)]
    parts = evaluations.compactMap { name, evaluation in
      evaluation.map { evaluation in
        Part(
          name: name, rows: evaluation.report.count, figures: values(evaluation.figures),
          baseline: values(evaluation.baseline?.figures ?? []), guess: evaluation.baseline?.kind.rawValue)
      }
    }
    error = outcome.divergence?.description
  }

  /// Reads what ``json`` wrote; nil where it did not.
  init?(_ json: JSON) {
    guard let fold = json["fold"]?.integer, let reason = json["stop_reason"]?.string.flatMap(StopReason.init(rawValue:)),
      let steps = json["steps"]?.integer, let bestStep = json["best_step"]?.integer
    else { return nil }
    (self.fold, stopReason, self.steps, self.bestStep, error) = (fold, reason, steps, bestStep, json["error"]?.string)
    warnings = (json["warnings"]?.array ?? []).compactMap(Warning.init)
    func values(_ members: [JSON.Member]) -> [Value] { members.map { Value(name: $0.name, value: $0.value.number) } }
    var parts: [Part] = []
    for name in Self.partNames {
      guard let part = json[name], let members = part.members else { continue }
      guard let rows = part["rows"]?.integer else { return nil }
      parts.append(
        Part(
          name: name, rows: rows, figures: values(members.filter { !["rows", "baseline"].contains($0.name) }),
          baseline: values((part["baseline"]?.members ?? []).filter { $0.name != Self.guessName }),
          guess: part["baseline"]?[Self.guessName]?.string))
    }
    self.parts = parts
  }

  private static let guessName = "predicts"
  static let partNames = ["train", "validation", "test"]

  /// The part called `name`, if there is one.
  public func part(_ name: String) -> Part? { parts.first { $0.name == name } }

  /// As files and `--json` have it.
  public var json: JSON {
    let parts = Self.partNames.map { name in
      let part = part(name)
      return (
        name,
        part.map { part in
          func object(_ values: [Value]) -> [(String, JSON)] { values.map { ($0.name, .number($0.value)) } }
          let guess: [(String, JSON)] = part.guess.map { [(Self.guessName, .string($0))] } ?? []
          return JSON.object(
            object(part.figures) + [("rows", .integer(part.rows)), ("baseline", .object(guess + object(part.baseline)))])
        } ?? JSON.null
      )
    }
    return .object(
      [
        ("fold", .integer(fold)), ("run", .string(CrossValidation.folder(fold))), ("stop_reason", .string(stopReason.rawValue)),
        ("best_step", .integer(bestStep)), ("steps", .integer(steps)),
      ] + parts + [("error", error.map { .string($0) } ?? .null), ("warnings", .array(warnings.map(\.json)))])
  }
}

/// What the runs of all folds came to.
public struct FoldsOutcome: Sendable {
  /// A metric over the folds.
  public struct Summary: Sendable, Equatable {
    /// Its name, such as `accuracy`.
    public let name: String
    /// The mean over the folds that have it; nil where none has.
    public let mean: Double?
    /// The standard deviation over these folds, dividing by one less than their number; nil with fewer than two.
    public let deviation: Double?

    init(_ name: String, _ values: [Double]) {
      self.name = name
      let count = Double(values.count)
      let mean = values.isEmpty ? nil : values.reduce(0, +) / count
      self.mean = mean
      deviation = mean.flatMap { mean in
        values.count < 2 ? nil : (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
      }
    }
  }

  /// The directory with the folds' folders.
  public let directory: String
  /// The folds, in order.
  public let folds: [FoldResult]
  /// What the means had to be like, and were.
  public let checks: [Expectation.Check]
  /// Whether warnings are errors.
  public let isStrict: Bool
  /// From start to end, of what was not there already.
  public let seconds: Double

  init(directory: String, folds: [FoldResult], expectations: [Expectation], isStrict: Bool, seconds: Double) {
    (self.directory, self.folds, self.isStrict, self.seconds) = (directory, folds, isStrict, seconds)
    checks = expectations.map { expectation in
      let summary = FoldResult.partNames.lazy.filter { expectation.metric.hasPrefix($0 + ".") }.flatMap { part in
        Self.summary(folds, part).filter { expectation.metric == "\(part).\($0.name)" }
      }
      return Expectation.Check(expectation: expectation, value: summary.first?.mean)
    }
  }

  /// What looks wrong and stopped no fold; the message begins with the fold.
  public var warnings: [Warning] {
    folds.flatMap { fold in fold.warnings.map { $0.ofFold(fold.fold) } }
  }
  /// Whether every expectation is met by the means, and nothing was warned of where that is an error.
  public var meetsExpectations: Bool { checks.allSatisfy(\.isMet) && !(isStrict && !warnings.isEmpty) }
  /// The folds that diverged.
  public var diverged: [FoldResult] { folds.filter { $0.stopReason == .diverged } }
  /// The names of the parts that the folds have, in order.
  public var parts: [String] { FoldResult.partNames.filter { name in folds.contains { $0.part(name) != nil } } }

  /// Every figure of a part over the folds; empty where no fold has the part.
  public func summary(of part: String) -> [Summary] { Self.summary(folds, part) }

  /// What guessing scores on a part, over the folds.
  public func baseline(of part: String) -> [Summary] { Self.summary(folds, part, \.baseline) }

  private static func summary(
    _ folds: [FoldResult], _ part: String, _ figures: (FoldResult.Part) -> [FoldResult.Value] = \.figures
  ) -> [Summary] {
    let parts = folds.compactMap { $0.part(part) }
    return (parts.first.map(figures) ?? []).map { figure in
      Summary(figure.name, parts.compactMap { figures($0).first { $0.name == figure.name }?.value })
    }
  }

  /// What folds.json has: the same for the same seed.
  var figures: [(String, JSON)] {
    func object(_ value: (Summary) -> Double?) -> JSON {
      .object(
        FoldResult.partNames.map { part in
          let summaries = summary(of: part)
          func members(_ summaries: [Summary]) -> [(String, JSON)] { summaries.map { ($0.name, .number(value($0))) } }
          return (part, summaries.isEmpty ? .null : .object(members(summaries) + [("baseline", .object(members(baseline(of: part))))]))
        })
    }
    return [
      ("mean", object(\.mean)), ("standard_deviation", object(\.deviation)), ("folds", .array(folds.map(\.json))),
      ("expect", .array(checks.map(\.json))),
    ]
  }

  /// What `--json` prints.
  public var json: JSON {
    .object(
      [("run", .string(directory))] + figures + [("warnings", .array(warnings.map(\.json))), ("seconds", .number(seconds))])
  }
}

extension Warning {
  /// The same, with the fold that it is about.
  func ofFold(_ fold: Int) -> Warning { Warning(code, "fold \(fold): \(message)") }
}
