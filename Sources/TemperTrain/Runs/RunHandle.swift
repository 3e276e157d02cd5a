import TemperCore
import TemperData
import TemperJSON
import TemperNN

/// A run as its callbacks see it: where it is, what may be set, and what may be asked for.
public final class RunHandle {
  /// What the run is to do.
  public let config: RunConfig
  /// Copies of weights that are kept.
  public let snapshots: WeightSnapshots
  /// What looked wrong so far, each once.
  public private(set) var warnings: [Warning] = []
  /// Why training is to end after this step; nil while it goes on.
  public private(set) var stopReason: StopReason?

  let task: any Task
  let trainer: Trainer
  let directory: RunDirectory
  /// The checkpoint that the run goes on from.
  let resumed: Checkpoint?
  /// In the order in which they are called.
  private(set) var callbacks: [any Callback] = []
  /// Whether the step taken last is to be evaluated yet: the run was told to stop meanwhile.
  var owesEvaluation = false
  /// The files of the latest checkpoint that hold weights.
  var latestWeights: [String] = []
  let events: (RunEvent) -> Void
  let isInterrupted: () -> Bool
  /// When the run, or what is resumed of it, began.
  let start: ContinuousClock.Instant

  init(
    _ config: RunConfig, _ bench: Workbench, _ directory: RunDirectory, resuming checkpoint: Checkpoint?,
    since start: ContinuousClock.Instant,
    options: Runner.Options, _ events: @escaping (RunEvent) -> Void
  ) {
    (self.config, task, trainer, self.directory) = (config, bench.task, bench.trainer, directory)
    (resumed, self.start, self.events, isInterrupted) = (checkpoint, start, events, options.isInterrupted)
    snapshots = WeightSnapshots(bench.store)
    callbacks = options.callbacks.compactMap { $0.init(self) }
  }

  /// What a number, such as the learning rate, is at the next step; nil where the config has no such number. One that is set keeps its value,
  /// whatever its schedule says and on `--resume` too, until it is set to nil.
  public subscript(number: ScheduledNumber) -> Double? {
    get { trainer.numbers.value(of: number, at: trainer.stepsTaken) }
    set { trainer.hold(number, at: newValue) }
  }

  /// Steps taken so far.
  public var steps: Int { trainer.stepsTaken }
  /// Steps of the whole run, unless it stops early.
  public var totalSteps: Int { trainer.totalSteps }
  /// Steps of one epoch.
  public var stepsPerEpoch: Int { trainer.stepsPerEpoch }
  /// Whether there are validation rows.
  public var hasValidation: Bool { task.facts.has(.validation) }
  /// What the task's speed is told in.
  public var measure: RowMeasure { task.facts.measure }
  /// The hidden units of the model.
  public var units: [HiddenUnits] { task.facts.units }

  /// Ends training after this step, as a success.
  public func stop(_ reason: StopReason) { stopReason = reason }

  /// Warns, once of everything.
  public func warn(_ warning: Warning) {
    if warnings.contains(warning) { return }
    warnings.append(warning)
    events(.warning(warning))
  }

  /// Says that something was decided without being asked for.
  public func note(_ text: String) { events(.note(text)) }

  /// Gives an evaluation up where the run was told to stop.
  public func heed() throws(Halt) {
    if isInterrupted() { throw .interrupted }
  }

  /// Evaluates the model as it is on a part of the data; nil where there is no such part.
  public func evaluate(_ part: DataSplit) throws(Halt) -> Evaluation? { try evaluate(part, hooks: nil) }

  func evaluate(_ part: DataSplit, hooks: ActivationHooks?) throws(Halt) -> Evaluation? {
    try task.evaluate(part, hooks: hooks, betweenBatches: heed)
  }

  /// Ends the run where a parameter or a state of the optimiser is not finite.
  func demandFinite() throws(Halt) {
    do { try trainer.demandFinite() } catch { throw .diverged(error) }
  }

  /// Takes over what a run knew at a checkpoint, besides its trainer.
  func restore(_ state: JSON) throws(MalformedState) {
    guard let lines = state["warnings"]?.array else { throw MalformedState(of: "the run") }
    warnings = lines.compactMap(Warning.init)
    owesEvaluation = state["owes_evaluation"]?.bool ?? false
    for callback in callbacks { try callback.restore(state["callbacks"]?[type(of: callback).name] ?? .null) }
  }

  /// From an instant until now, in seconds.
  func seconds(since instant: ContinuousClock.Instant) -> Double { (ContinuousClock.now - instant) / .seconds(1) }
}

/// Copies of a model's weights that a run keeps.
public final class WeightSnapshots {
  /// What a copy is for.
  public enum Purpose: Sendable {
    /// The weights of the best evaluation.
    case best
    /// The weights that were last seen to be finite: what is left of a run that diverges and notices it later.
    case finite
  }

  private let store: ParameterStore
  private var kept: [Purpose: (step: Int, arena: Tensor)] = [:]

  init(_ store: ParameterStore) { self.store = store }

  /// The copy for `purpose`, laid out as the store's arena, with the step it is of.
  public subscript(purpose: Purpose) -> (step: Int, arena: Tensor)? { kept[purpose] }

  /// Keeps the weights that the model has now, those of `step`, instead of what was kept before.
  public func keep(_ purpose: Purpose, step: Int) {
    if let arena = kept[purpose]?.arena {
      arena.copy(from: store.arena)
      kept[purpose] = (step, arena)
    } else {
      kept[purpose] = (step, store.arena.copy())
    }
  }

  /// Keeps the weights of a file.
  func keep(_ purpose: Purpose, step: Int, from weights: SafeTensors) throws(WeightMismatch) {
    let arena = store.arena.copy()
    try store.load(weights, into: arena)
    kept[purpose] = (step, arena)
  }

  /// Gives the model the weights that were kept; returns their step, or nil where there are none.
  @discardableResult
  public func use(_ purpose: Purpose) -> Int? {
    guard let (step, arena) = kept[purpose] else { return nil }
    store.arena.copy(from: arena)
    return step
  }
}
