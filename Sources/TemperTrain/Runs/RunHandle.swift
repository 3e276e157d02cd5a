import TemperCore
import TemperData
import TemperGuard
import TemperJSON
import TemperNN
import TemperOptim

/// A run as its callbacks see it: its state, its settings and its actions.
public final class RunHandle {
  /// The config.
  public let config: RunConfig
  /// Saved copies of weights.
  public let snapshots: WeightSnapshots
  /// The warnings so far, without duplicates.
  public private(set) var warnings: [Warning] = []
  /// Why training ends after this step; nil if it continues.
  public private(set) var stopReason: StopReason?
  /// What early stopping saw when it ended training.
  public private(set) var stopEvidence: [StoppingEvidence] = []

  let task: any Task
  let trainer: Trainer
  let directory: RunDirectory
  /// The checkpoint being resumed.
  let resumed: Checkpoint?
  /// In call order.
  private(set) var callbacks: [any Callback] = []
  /// Whether the last step is still to be evaluated, because the run was interrupted.
  var owesEvaluation = false
  /// The files of the latest checkpoint that hold weights.
  var latestWeights: [String] = []
  let events: (RunEvent) -> Void
  let options: Runner.Options
  /// When the run, or its resumption, began.
  let start: ContinuousClock.Instant
  /// Seconds used before this process, up to the checkpoint that it resumes from.
  private(set) var secondsBefore = 0.0

  init(
    _ config: RunConfig, _ session: TrainingSession, _ directory: RunDirectory, resuming checkpoint: Checkpoint?,
    since start: ContinuousClock.Instant,
    options: Runner.Options, _ events: @escaping (RunEvent) -> Void
  ) {
    (self.config, task, trainer, self.directory) = (config, session.task, session.trainer, directory)
    (resumed, self.start, self.events, self.options) = (checkpoint, start, events, options)
    snapshots = WeightSnapshots(session.store)
    callbacks = options.callbacks.compactMap { $0.init(self) }
  }

  /// The value of a scheduled number, such as the learning rate, at the next step; nil if the config has none. A value that is set
  /// overrides its schedule, also after `--resume`, until it is set to nil.
  public subscript(number: ScheduledNumber) -> Double? {
    get { trainer.numbers.value(of: number, at: trainer.stepsTaken) }
    set { trainer.hold(number, at: newValue) }
  }

  /// Steps taken so far.
  public var steps: Int { trainer.stepsTaken }
  /// Steps of the whole run, unless it stops early.
  public var totalSteps: Int { trainer.totalSteps }
  /// Steps per epoch.
  public var stepsPerEpoch: Int { trainer.stepsPerEpoch }
  /// Whether there are validation rows.
  public var hasValidation: Bool { task.facts.has(.validation) }
  /// The task's unit of speed.
  public var measure: RowMeasure { task.facts.measure }
  /// The hidden units of the model.
  public var units: [HiddenUnits] { task.facts.units }
  /// What the model's dropout has learned.
  public var learnedDropout: [LearnedDropout] { task.facts.learnedDropout }

  /// Ends training after this step, as a success.
  public func stop(_ reason: StopReason, because evidence: [StoppingEvidence] = []) { (stopReason, stopEvidence) = (reason, evidence) }

  /// Warns, unless the same warning was given before.
  public func warn(_ warning: Warning) {
    if warnings.contains(warning) { return }
    warnings.append(warning)
    events(.warning(warning))
  }

  /// Reports an automatic decision.
  public func note(_ text: String) { events(.note(text)) }

  /// Abandons an evaluation if the run was asked to stop.
  public func heed() throws(Halt) {
    if options.isInterrupted() { throw .interrupted }
    do { try task.checkReadable() } catch { throw .failed(error) }
  }

  /// Evaluates the current model on a split of the data; nil if there is no such split.
  public func evaluate(_ part: DataSplit) throws(Halt) -> Evaluation? { try evaluate(part, hooks: nil) }

  func evaluate(_ part: DataSplit, hooks: ActivationHooks?) throws(Halt) -> Evaluation? { try evaluate(.all(part), hooks: hooks) }

  func evaluate(_ rows: EvaluatedRows, hooks: ActivationHooks? = nil) throws(Halt) -> Evaluation? {
    try task.evaluate(rows, hooks: hooks, betweenBatches: heed)
  }

  /// Ends the run if a parameter or an optimiser state is not finite.
  func demandFinite() throws(Halt) {
    do { try trainer.demandFinite() } catch { throw .diverged(error) }
  }

  /// Restores the state at a checkpoint, except that of its trainer.
  func restore(_ state: JSON) throws(MalformedState) {
    guard let lines = state["warnings"]?.array else { throw MalformedState(of: "the run") }
    warnings = lines.compactMap(Warning.init)
    owesEvaluation = state["owes_evaluation"]?.bool ?? false
    guard let seconds = state["seconds"]?.exactNumber, seconds ?? 0 >= 0 else { throw MalformedState(of: "the run") }
    secondsBefore = seconds ?? 0
    for callback in callbacks { try callback.restore(state["callbacks"]?[type(of: callback).name] ?? .null) }
  }

  /// Seconds of training so far, those before a resumption included.
  public var secondsOfTraining: Double { secondsBefore + seconds(since: start) }

  /// Seconds since an instant.
  func seconds(since instant: ContinuousClock.Instant) -> Double { (ContinuousClock.now - instant) / .seconds(1) }
}

/// Copies of a model's weights saved during a run.
public final class WeightSnapshots {
  /// The purpose of a copy.
  public enum Purpose: Sendable {
    /// The weights of the best evaluation.
    case best
    /// The last weights known to be finite, used if a run diverges and notices it only later.
    case finite
  }

  private let store: ParameterStore
  private var kept: [Purpose: (step: Int, arena: Tensor, source: WeightSource)] = [:]

  init(_ store: ParameterStore) { self.store = store }

  /// The copy for `purpose`, laid out like the store's arena, with its step and which weights they are.
  public subscript(purpose: Purpose) -> (step: Int, arena: Tensor, source: WeightSource)? { kept[purpose] }

  /// Saves the current weights as those of `step`, replacing the previous copy.
  public func keep(_ purpose: Purpose, step: Int, source: WeightSource = .raw) {
    if let arena = kept[purpose]?.arena {
      arena.copy(from: store.arena)
      kept[purpose] = (step, arena, source)
    } else {
      kept[purpose] = (step, store.arena.copy(), source)
    }
  }

  /// Saves the weights from a file.
  func keep(_ purpose: Purpose, step: Int, source: WeightSource, from weights: SafeTensors) throws(WeightMismatch) {
    let arena = store.arena.copy()
    try store.load(weights, into: arena)
    kept[purpose] = (step, arena, source)
  }

  /// Restores the saved weights to the model; returns their step, or nil if there are none.
  @discardableResult
  public func use(_ purpose: Purpose) -> Int? {
    guard let (step, arena, _) = kept[purpose] else { return nil }
    store.arena.copy(from: arena)
    return step
  }
}
