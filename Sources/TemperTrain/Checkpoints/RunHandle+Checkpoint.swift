import TemperCore
import TemperFiles
import TemperJSON
import TemperNN
import TemperOptim

extension RunHandle {
  /// The files of a checkpoint: everything needed to resume from here. `value` is the monitored metric, if there was an evaluation just
  /// now.
  func checkpointFiles(value: Double?) -> [(name: String, bytes: [UInt8])] {
    var files = [
      (Checkpoint.weightsName, weightsToStore().bytes), (Checkpoint.optimizerName, SafeTensors(stored: trainer.storedState).bytes),
    ]
    let best = snapshots[.best]
    if let best { files.append((Checkpoint.bestName, weightsToStore(best.arena).bytes)) }
    let states = callbacks.map { callback in (type(of: callback).name, callback.state) }
    let state = JSON.object([
      ("version", .integer(Checkpoint.version)), ("temper", .string(temperVersion)), ("step", .integer(steps)), ("value", .exact(value)),
      ("best_step", best.map { .integer($0.step) } ?? .null), ("best_weights", best.map { .string($0.source.rawValue) } ?? .null),
      ("owes_evaluation", .bool(owesEvaluation)),
      ("seconds", .exact(config.watchesClock ? secondsOfTraining : nil)), ("trainer", trainer.state),
      ("warnings", .array(warnings.map(\.json))), ("callbacks", .object(states.filter { !$0.1.isNull })),
    ])
    files.append((Checkpoint.stateName, Array(state.fileText.utf8)))
    return files
  }

  /// The weights, or those in `copy`, in the one form that all files of the run use, so that equal ones can share a file.
  func weightsToStore(_ copy: Tensor? = nil) -> SafeTensors { trainer.store.saved(copy, metadata: [("format", "pt")]) }

  /// Restores the state from the checkpoint being resumed, if there is one.
  func restore() throws(Diagnostics) {
    guard let checkpoint = resumed else { return }
    try checkpoint.restoring {
      try checkpoint.restore(trainer.store, trainer)
      if let step = checkpoint.state["best_step"]?.integer {
        // Versions before this member had one kind of weights to keep.
        let source = checkpoint.state["best_weights"]?.string.flatMap(WeightSource.init) ?? (trainer.average == nil ? .raw : .ema)
        try snapshots.keep(.best, step: step, source: source, from: try checkpoint.tensors(Checkpoint.bestName))
      }
      try restore(checkpoint.state)
    }
  }
}

extension Checkpoint {
  /// Restores the weights and the state of `store` and `trainer`.
  func restore(_ store: ParameterStore, _ trainer: Trainer) throws {
    try store.load(try tensors(Self.weightsName))
    try trainer.restore(state["trainer"] ?? .null, tensors: try tensors(Self.optimizerName))
  }

  /// Runs `restore`, reporting its errors as damage.
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
