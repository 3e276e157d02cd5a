import TemperCore
import TemperGuard
import TemperJSON
import TemperNN
import TemperOptim

extension Run {
  /// Writes all that the run needs to go on from here. `value` is that of the watched metric, if there was an evaluation just now, and
  /// `hasStopped` says whether early stopping ended the run at it.
  func writeCheckpoint(value: Double?, hasStopped: Bool) throws(Diagnostics) {
    let metrics = directory.syncLogs()
    var files = [
      (Checkpoint.weightsName, weightsToStore().bytes), (Checkpoint.optimizerName, SafeTensors(stored: trainer.storedState).bytes),
    ]
    if let best { files.append((Checkpoint.bestName, weightsToStore(best.arena).bytes)) }
    let state = JSON.object([
      ("version", .integer(Checkpoint.version)), ("temper", .string(temperVersion)), ("step", .integer(trainer.stepsTaken)),
      ("value", .exact(value)), ("best_step", best.map { .integer($0.step) } ?? .null), ("has_stopped", .bool(hasStopped)),
      ("owes_evaluation", .bool(owesEvaluation)), ("early_stopping", stopping?.state ?? .null), ("metrics", metrics),
      ("since_evaluation", gathered.state), ("trainer", trainer.state),
      ("warnings", .array(warnings.map(\.json))),
    ])
    files.append((Checkpoint.stateName, Array((state.serialized(pretty: true) + "\n").utf8)))
    try directory.inPlace { () throws(Diagnostics) in try checkpoints.write(trainer.stepsTaken, value: value, files: files) }
  }

  /// The weights, or those in `copy`, as all files of the run hold them, so that equal ones may be one file.
  func weightsToStore(_ copy: Tensor? = nil) -> SafeTensors { store.saved(copy, metadata: [("format", "pt")]) }

  /// Takes everything over from `checkpoint`; returns whether early stopping had ended the run there.
  func restore(_ checkpoint: Checkpoint) throws(Diagnostics) -> Bool {
    let state = checkpoint.state
    return try checkpoint.restoring {
      try checkpoint.restore(store, trainer)
      trainer.average?.swap()
      finite.arena.copy(from: store.arena)
      finite.step = checkpoint.step
      trainer.average?.swap()
      try stopping?.restore(state["early_stopping"] ?? .null)
      try gathered.restore(state["since_evaluation"] ?? .null)
      if let step = state["best_step"]?.integer {
        let arena = store.arena.copy()
        try store.load(try checkpoint.tensors(Checkpoint.bestName), into: arena)
        best = (step, arena)
      }
      guard let hasStopped = state["has_stopped"]?.bool, let lines = state["warnings"]?.array else { throw MalformedState(of: "the run") }
      warnings = lines.compactMap(Warning.init)
      owesEvaluation = state["owes_evaluation"]?.bool ?? false
      return hasStopped
    }
  }
}

extension Checkpoint {
  /// Gives `store` and `trainer` the weights and the state they had.
  func restore(_ store: ParameterStore, _ trainer: Trainer) throws {
    try store.load(try tensors(Self.weightsName))
    try trainer.restore(state["trainer"] ?? .null, tensors: try tensors(Self.optimizerName))
  }

  /// What `restore` makes of the state; what is wrong with that is damage.
  func restoring<Value>(_ restore: () throws -> Value) throws(Diagnostics) -> Value {
    do {
      return try restore()
    } catch let error as Diagnostics {
      throw error
    } catch {
      throw Self.damaged(folder + "/" + Self.stateName, "\(error)")
    }
  }
}

extension StepSums {
  /// All of it, for a checkpoint.
  fileprivate var state: JSON {
    .object([
      ("loss", .exact(loss)), ("steps", .integer(steps)), ("rows", .integer(rows)), ("greatest_gradient_norm", .exact(greatestNorm)),
    ])
  }

  fileprivate mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let loss = state["loss"]?.number, let steps = state["steps"]?.integer, let rows = state["rows"]?.integer,
      let norm = state["greatest_gradient_norm"]?.number
    else { throw MalformedState(of: "since_evaluation") }
    self = StepSums(loss: loss, steps: steps, rows: rows, greatestNorm: norm)
  }
}
