import TemperGuard
import TemperData
import TemperJSON
import TemperNN

/// Something that accompanies a run: it logs, keeps, watches or steers. A run calls all of its callbacks at each moment below, in the order of
/// ``Callbacks/all``, and saves their states in its checkpoints.
///
/// A callback acts through the ``RunHandle`` it is given, and sees nothing else of the run.
public protocol Callback: AnyObject, SendableMetatype {
  /// The key of its state in a checkpoint.
  static var name: String { get }

  /// One for a run whose data and model are there; nil where the run has no use for it.
  init?(_ run: RunHandle)

  /// The metrics that every ``EvaluationRecord`` is to have, by their full names such as `validation.loss`. One that is undefined is warned of.
  var monitors: Set<String> { get }

  /// Before the first step of this process. Where the run goes on from a checkpoint, ``restore(_:)`` came before.
  func beforeTraining(_ run: RunHandle) throws(Diagnostics)
  /// After an update.
  func afterStep(_ step: Trainer.Step, _ run: RunHandle) throws(Halt)
  /// Before an evaluation, the first of which comes before the first step.
  func beforeEvaluation(_ run: RunHandle) throws(Halt)
  /// After an evaluation, while the model has the weights that were evaluated: the moving average, where there is one.
  ///
  /// What may give the evaluation up, ``RunHandle/heed()``, comes before callbacks that remember it: it is made up for on `--resume`.
  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) throws(Halt)
  /// Between a step, with its evaluation if there was one, and the next.
  func betweenSteps(_ record: EvaluationRecord?, _ run: RunHandle) throws(Halt)
  /// Before a checkpoint is written: what was written so far must be on the disk.
  func beforeCheckpoint()
  /// What wants to see activations of the last evaluation, on `part`.
  func hooks(for part: DataSplit, _ run: RunHandle) -> ActivationHooks?
  /// When all is done, or was interrupted.
  func atEnd(_ record: inout EndRecord, _ run: RunHandle) throws(Diagnostics)

  /// All that changes, for a checkpoint.
  var state: JSON { get }
  /// Goes on from a ``state``; null from a checkpoint that has none.
  func restore(_ state: JSON) throws(MalformedState)
}

extension Callback {
  /// None.
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
  /// Nobody.
  public func hooks(for part: DataSplit, _ run: RunHandle) -> ActivationHooks? { nil }
  /// Nothing.
  public func atEnd(_ record: inout EndRecord, _ run: RunHandle) throws(Diagnostics) {}
  /// Nothing changes.
  public var state: JSON { .null }
  /// Nothing to go on from.
  public func restore(_ state: JSON) throws(MalformedState) {}
}

/// The callbacks of a run.
public enum Callbacks {
  /// All of them, in the order in which they are called: texts first, for they may give an evaluation up; then who decides, who writes it down,
  /// who tells it, who acts on it; checkpoints last of those that are called at every step, for they save what the others have become.
  public static let all: [any Callback.Type] = [
    TextSamples.self, FiniteWeights.self, BestWeights.self, EarlyStopping.self, MetricsLog.self, TimingLog.self, ProgressEvents.self,
    FirstLossCheck.self, ScheduleObserver.self, Checkpoints.self, DeadUnits.self, ResultChecks.self,
  ]
}

/// What ends a run before it is done.
public enum Halt: Error {
  /// An error of the user's or of the machine's.
  case failed(Diagnostics)
  /// Something is not finite.
  case diverged(Divergence)
  /// It was told to stop.
  case interrupted

  /// What `body` makes; its error ends the run.
  static func onError<Value>(_ body: () throws(Diagnostics) -> Value) throws(Halt) -> Value {
    do { return try body() } catch { throw .failed(error) }
  }
}

/// What is known at an evaluation. A callback may add to it for those after it.
public struct EvaluationRecord {
  /// Steps taken so far.
  public let step: Int
  /// Epochs done so far, in part too.
  public let epoch: Double
  /// On the validation rows.
  public let validation: Evaluation?
  /// The metrics that callbacks monitor, by their full names; without those that are undefined.
  public let metrics: [String: Double]
  /// Whether the weights are the best so far.
  public var isBest = false
  /// The mean of the training loss over the steps since the last evaluation, dropout on; nil before the first step.
  public var trainLoss: Double?
  /// Texts that the model continued.
  public var samples: [TextSample] = []
  /// Training rows, or what else the task's speed is told in, a second since the last evaluation, without evaluations.
  public var speed: Double?
  /// More members for the line of metrics.jsonl.
  public var members: [(name: String, value: JSON)] = []
}

/// How a run ended.
public struct EndRecord {
  /// Why.
  public let reason: StopReason
  /// What made it diverge.
  public let divergence: Divergence?
  /// The last evaluations, of the model that the run reports on; none of a run that was interrupted.
  public let parts: [(part: DataSplit, evaluation: Evaluation)]
  /// Hidden units, and how many of them are silent.
  public var units: [UnitActivity.Group] = []
}
