import TemperGuard
import TemperJSON

/// What a run came to.
public struct Outcome: RunResult {
  /// The run's directory.
  public let directory: String
  /// Why it ended.
  public let stopReason: StopReason
  /// Steps taken.
  public let steps: Int
  /// The step whose weights are in `last/`: the last one, unless the run diverged and only noticed it later.
  public let lastStep: Int
  /// Epochs begun.
  public let epochs: Int
  /// The step whose weights are in `best/`.
  public let bestStep: Int
  /// The model in a few words: `mlp 64-128-10`.
  public let model: String
  /// How many numbers were trained.
  public let parameters: Int
  /// The size of the file of weights, in bytes.
  public let bytes: Int
  /// Hidden units, and how many of them are silent on the validation rows, or the training rows without any.
  public let units: [UnitActivity.Group]
  /// On the training rows, or on a sample of training text.
  public let train: Evaluation
  /// On the validation rows.
  public let validation: Evaluation?
  /// On the test rows.
  public let test: Evaluation?
  /// What the results had to be like, and were.
  public let checks: [Expectation.Check]
  /// What looks wrong and did not stop the run.
  public let warnings: [Warning]
  /// Whether warnings are errors.
  public let isStrict: Bool
  /// What made the run diverge.
  public let divergence: Divergence?
  /// From start to end.
  public let seconds: Double

  /// What made it diverge, and what is left.
  public var failures: [String] {
    divergence.map { ["\($0) The weights of step \(lastStep) are in \(directory)/last."] } ?? []
  }

  /// How many hidden units are silent.
  public var deadUnits: Int { units.reduce(0) { $0 + $1.dead } }
  /// How many hidden units there are.
  public var hiddenUnits: Int { units.reduce(0) { $0 + $1.count } }

  /// What `--json` prints.
  public var json: JSON { .object([("run", .string(directory))] + results + [("seconds", .number(seconds))]) }

  /// What results.json has: the same for the same seed.
  var results: [(String, JSON)] {
    [
      ("stop_reason", .string(stopReason.rawValue)), ("best_step", .integer(bestStep)), ("steps", .integer(steps)),
      ("epochs", .integer(epochs)),
      (
        "model",
        .object([
          ("type", .string(model)), ("parameters", .integer(parameters)), ("bytes", .integer(bytes)),
          ("hidden_units", .integer(hiddenUnits)),
          ("dead_units", .integer(deadUnits)),
        ])
      ),
      ("train", train.comparedJSON), ("validation", validation?.detailedJSON ?? .null), ("test", test?.detailedJSON ?? .null),
      ("expect", .array(checks.map(\.json))), ("warnings", .array(warnings.map(\.json))),
      ("error", divergence.map { .string($0.description) } ?? .null),
    ]
  }
}
