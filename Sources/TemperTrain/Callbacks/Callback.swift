import TemperGuard
import TemperData
import TemperJSON
import TemperNN
import TemperOptim

/// A callback of a run: it logs, saves, monitors or controls. A run calls all its callbacks at each of the events below, in the order
/// of ``Callbacks/all``, and saves their states in its checkpoints.
///
/// A callback acts through the ``RunHandle`` it receives, and sees nothing else of the run.
public protocol Callback: AnyObject, SendableMetatype {
  /// The key of its state in a checkpoint.
  static var name: String { get }

  /// Creates the callback once data and model are loaded; nil if the run does not need it.
  init?(_ run: RunHandle)

  /// The metrics that every ``EvaluationRecord`` must contain, by full name such as `validation.loss`. An undefined one causes a warning.
  var monitors: Set<String> { get }

  /// Before the first step of this process. If the run resumes from a checkpoint, ``restore(_:)`` is called first.
  func beforeTraining(_ run: RunHandle) throws(Diagnostics)
  /// After an update.
  func afterStep(_ step: Trainer.Step, _ run: RunHandle) throws(Halt)
  /// Before an evaluation; the first one is before the first step.
  func beforeEvaluation(_ run: RunHandle) throws(Halt)
  /// After an evaluation, while the model has the evaluated weights: the average, if there is one and the weights themselves are not better.
  ///
  /// Code that may abandon the evaluation (``RunHandle/heed()``) must run before callbacks that record it: `--resume` repeats the
  /// evaluation.
  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) throws(Halt)
  /// Between a step, including its evaluation if any, and the next.
  func betweenSteps(_ record: EvaluationRecord?, _ run: RunHandle) throws(Halt)
  /// Before a checkpoint is written: output so far must be flushed to disk.
  func beforeCheckpoint()
  /// Hooks on the activations of the last evaluation, on `part`.
  func hooks(for part: DataSplit, _ run: RunHandle) -> ActivationHooks?
  /// When the run has finished or was interrupted.
  func atEnd(_ record: inout EndRecord, _ run: RunHandle) throws(Diagnostics)

  /// All mutable state, for a checkpoint.
  var state: JSON { get }
  /// Restores a ``state``; null if the checkpoint has none.
  func restore(_ state: JSON) throws(MalformedState)
}

extension Callback {
  /// No metrics.
  public var monitors: Set<String> { [] }
  /// Nothing.
  public func beforeTraining(_ run: RunHandle) throws(Diagnostics) {}
  /// Nothing.
  public func afterStep(_ step: Trainer.Step, _ run: RunHandle) throws(Halt) {}
  /// Nothing.
  public func beforeEvaluation(_ run: RunHandle) throws(Halt) {}
  /// Nothing.
  public func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) throws(Halt) {}
  /// Nothing.
  public func betweenSteps(_ record: EvaluationRecord?, _ run: RunHandle) throws(Halt) {}
  /// Nothing.
  public func beforeCheckpoint() {}
  /// No hooks.
  public func hooks(for part: DataSplit, _ run: RunHandle) -> ActivationHooks? { nil }
  /// Nothing.
  public func atEnd(_ record: inout EndRecord, _ run: RunHandle) throws(Diagnostics) {}
  /// No state.
  public var state: JSON { .null }
  /// Nothing to restore.
  public func restore(_ state: JSON) throws(MalformedState) {}
}

/// The callbacks of a run.
public enum Callbacks {
  /// All of them, in call order: first those that may end the run at a step, and text samples and monitors, which may abandon an evaluation; then
  /// those that decide, log, report and act; of those called at every step, checkpoints come last, because they save the state of the
  /// others.
  public static let all: [any Callback.Type] = [
    LossSpike.self, TimeLimit.self, TextSamples.self, Monitors.self, FiniteWeights.self, BestWeights.self, EarlyEnd.self, MetricsLog.self,
    TensorBoardLog.self, EarlyStopping.self, TimingLog.self, ProgressEvents.self, FirstLossCheck.self, ScheduleObserver.self,
    DeadUnits.self, RunLedger.self,
    Checkpoints.self, ResultChecks.self,
  ]
}

/// Ends a run early.
public enum Halt: Error {
  /// A user or system error.
  case failed(Diagnostics)
  /// A value is not finite.
  case diverged(Divergence)
  /// The run was asked to stop.
  case interrupted

  /// Returns the result of `body`; an error ends the run.
  static func onError<Value>(_ body: () throws(Diagnostics) -> Value) throws(Halt) -> Value {
    do { return try body() } catch { throw .failed(error) }
  }
}

/// The results of an evaluation. A callback may add to it for the callbacks after it.
public struct EvaluationRecord {
  /// Steps taken so far.
  public let step: Int
  /// Epochs completed so far, including fractions.
  public let epoch: Double
  /// On the validation rows.
  public let validation: Evaluation?
  /// Which weights were evaluated; of several candidates, the better.
  public let weights: WeightSource
  /// The monitored metrics by full name, without undefined ones.
  public let metrics: [String: Double]
  /// Whether the weights are the best so far.
  public var isBest = false
  /// The mean training loss over the steps since the last evaluation, with dropout; nil before the first step.
  public var trainLoss: Double?
  /// Texts that the model generated.
  public var samples: [TextSample] = []
  /// Training rows, or the task's own unit of speed, per second since the last evaluation, excluding evaluations.
  public var speed: Double?
  /// What monitors measured, by name; nil where one was not due.
  public var monitors: [(name: String, value: Double?)] = []
  /// Additional members for the line in metrics.jsonl.
  public var members: [(name: String, value: JSON)] = []
  /// The line in metrics.jsonl; null before it is written.
  public internal(set) var line = JSON.null
}

/// How a run ended.
public struct EndRecord {
  /// Why it ended.
  public let reason: StopReason
  /// What early stopping saw when it ended the run.
  public let evidence: [StoppingEvidence]
  /// The cause of divergence.
  public let divergence: Divergence?
  /// The final evaluations of the reported model; empty if the run was interrupted.
  public let parts: [(part: DataSplit, evaluation: Evaluation)]
  /// Groups of hidden units with their numbers of dead units.
  public var units: [UnitActivity.Group] = []
  /// What the guard found; nil without one.
  public var guardReport: GuardReport?
}
