import TemperGuard
import TemperJSON

/// Why a run ended. The raw value is what files and `--json` say.
public enum StopReason: String, Sendable {
  /// It took all its steps.
  case completed
  /// Early stopping ended it.
  case earlyStopping = "early_stopping"
  /// A loss, a gradient or a parameter was no finite number.
  case diverged
  /// It was told to stop, and can be resumed.
  case interrupted
}

/// How a run ended.
public enum Ending: Sendable {
  /// It was carried through, well or not.
  case finished(Outcome)
  /// All its folds were carried through, well or not.
  case folds(FoldsOutcome)
  /// It was told to stop.
  case interrupted(Interruption)

  /// What a run without folds came to; nil if it was not carried through.
  public var outcome: Outcome? {
    if case .finished(let outcome) = self { outcome } else { nil }
  }
}

/// Where a run was told to stop. Its state is in a checkpoint.
public struct Interruption: Sendable {
  /// The run's directory.
  public let directory: String
  /// Steps taken, of the fold if there is one.
  public let steps: Int
  /// The fold that was trained; nil for a run without folds.
  public var fold: Int?

  /// What `--json` prints.
  public var json: JSON {
    .object(
      [("run", .string(directory)), ("stop_reason", .string(StopReason.interrupted.rawValue)), ("steps", .integer(steps))]
        + (fold.map { [("fold", .integer($0))] } ?? []))
  }
}

/// What a run came to.
public struct Outcome: Sendable {
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

  /// Whether every expectation is met, and nothing was warned of where that is an error.
  public var meetsExpectations: Bool { checks.allSatisfy(\.isMet) && !(isStrict && !warnings.isEmpty) }

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

/// What a run tells while it goes on; for progress bars and logs.
public enum RunEvent {
  /// Something was decided without being asked for.
  case note(String)
  /// Something looks wrong.
  case warning(Warning)
  /// The run of a fold, of so many, is about to begin.
  case fold(Int, of: Int)
  /// Training is about to begin.
  case started(totalSteps: Int, stepsTaken: Int, stepsPerEpoch: Int, trainingRows: Int, measure: RowMeasure)
  /// A step was taken.
  case stepped(number: Int, step: Trainer.Step)
  /// The model was evaluated.
  case evaluated(Progress)

  /// What is known at an evaluation.
  public struct Progress: Sendable {
    /// Steps taken so far.
    public let step: Int
    /// Epochs done so far, in part too.
    public let epoch: Double
    /// The mean of the training loss over the steps since the last evaluation, dropout on; nil before the first step.
    public let trainLoss: Double?
    /// On the validation rows.
    public let validation: Evaluation?
    /// Whether it is the best so far.
    public let isBest: Bool
    /// Texts that the model continued, where the config asks for them.
    public let samples: [TextSample]
    /// Training rows, or what else the task's speed is told in, a second since the last evaluation, without evaluations.
    public let speed: Double?
  }
}
