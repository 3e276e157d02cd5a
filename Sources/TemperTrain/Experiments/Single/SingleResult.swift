import TemperGuard
import TemperJSON
import TemperOptim

/// The result of a run.
public struct SingleResult: RunResult {
  /// The run's directory.
  public let directory: String
  /// Why it ended.
  public let stopReason: StopReason
  /// What early stopping saw when it ended the run.
  public let evidence: [StoppingEvidence]
  /// Steps taken.
  public let steps: Int
  /// The step whose weights are in `last/`: the last one, unless the run diverged and noticed it only later.
  public let lastStep: Int
  /// Epochs begun.
  public let epochs: Int
  /// Whole epochs.
  public let trainedEpochs: Int
  /// The step whose weights are in `best/`.
  public let bestStep: Int
  /// Which weights those are.
  public let bestWeights: WeightSource
  /// A short description of the model: `mlp 64-128-10`.
  public let model: String
  /// The number of trained parameters.
  public let parameters: Int
  /// The size of the weights file in bytes.
  public let bytes: Int
  /// Groups of hidden units, with the number of dead units on the validation rows, or on the training rows if there are none.
  public let units: [UnitActivity.Group]
  /// What dropout of the reported model has learned: rates, and shares of weights that are pruned, by layer or place.
  public let learnedDropout: (rates: [(name: String, value: Double)], prunedShares: [(name: String, value: Double)])
  /// On the training rows, or on a sample of training text.
  public let train: Evaluation
  /// On the validation rows.
  public let validation: Evaluation?
  /// On the test rows.
  public let test: Evaluation?
  /// The expectations, with the actual values.
  public let checks: [Expectation.Check]
  /// Warnings.
  public let warnings: [Warning]
  /// Whether warnings are errors.
  public let isStrict: Bool
  /// The cause of divergence.
  public let divergence: Divergence?
  /// The temperature by which the reported model was calibrated; nil where the config does not ask for it.
  public let temperature: Double?
  /// What the guard found; nil without one.
  public let guardReport: GuardReport?
  /// Wall-clock time in seconds.
  public let seconds: Double

  /// Tolerances of the guard that are exceeded.
  public var breaches: [String] { guardReport?.breaches ?? [] }
  /// The cause of divergence, and what was saved.
  public var failures: [String] {
    divergence.map { ["\($0) The weights of step \(lastStep) are in \(directory)/last."] } ?? []
  }

  /// The number of dead hidden units.
  public var deadUnits: Int { units.reduce(0) { $0 + $1.dead } }
  /// The number of hidden units.
  public var hiddenUnits: Int { units.reduce(0) { $0 + $1.count } }

  /// The mean share of a row's hidden units that are not exactly zero; nil for a model without hidden units, or without rows to count on.
  public var activeFraction: Double? {
    let counted = units.filter { $0.activeFraction != nil }
    if counted.isEmpty { return nil }
    return counted.reduce(0) { $0 + Double($1.count) * ($1.activeFraction ?? 0) } / Double(counted.reduce(0) { $0 + $1.count })
  }

  /// The members for what dropout has learned, if anything.
  private var learned: [(String, JSON)] {
    [("dropout_rates", learnedDropout.rates), ("pruned_weights", learnedDropout.prunedShares)].compactMap { name, values in
      values.isEmpty ? nil : (name, .object(values.map { ($0.name, .number($0.value)) }))
    }
  }

  /// The output of `--json`.
  public var json: JSON { .object([("run", .string(directory))] + results + [("seconds", .number(seconds))]) }

  /// The content of results.json: the same for the same seed.
  var results: [(String, JSON)] {
    [
      ("stop_reason", .string(stopReason.rawValue)), ("stop_evidence", .array(evidence.map(\.json))), ("best_step", .integer(bestStep)),
      ("best_weights", .string(bestWeights.rawValue)),
      ("steps", .integer(steps)),
      ("epochs", .integer(epochs)),
      (
        "model",
        .object(
          [
            ("type", .string(model)), ("parameters", .integer(parameters)), ("bytes", .integer(bytes)),
            ("hidden_units", .integer(hiddenUnits)),
            ("dead_units", .integer(deadUnits)), ("active_fraction", .number(activeFraction)),
          ] + learned)
      ),
      ("train", train.comparedJSON), ("validation", validation?.detailedJSON ?? .null), ("test", test?.detailedJSON ?? .null),
      ("temperature", .number(temperature)), ("expect", .array(checks.map(\.json))), ("warnings", .array(warnings.map(\.json))),
      ("burn_in", .array((guardReport?.verdict ?? []).map { .string($0) })), ("breaches", .array(breaches.map { .string($0) })),
      ("error", divergence.map { .string($0.description) } ?? .null),
    ]
  }
}
