import Glibc
import TemperFiles
import TemperJSON
import TemperNN
import TemperOptim

extension Diagnostic.Code {
  /// The run has no such checkpoint.
  public static let noCheckpoint = Diagnostic.Code("E0313", "the run has no such checkpoint")
}

/// The model of a checkpoint, for unfinished runs or for the weights of another step.
public enum CheckpointModel {
  /// Calls `body` with a temporary folder like `best/` that holds the model after `step` of the run in `run`. The run's data are read
  /// again to fit the preprocessing. The weights are those that are evaluated: the average, if the run has one.
  public static func withFolder<Value>(
    run: String, step: Int, components: Components = .standard, _ body: (_ folder: String) throws(Diagnostics) -> Value
  ) throws(Diagnostics) -> Value {
    let file = try ConfigFile(resuming: run, components: components)
    let checkpoint = try CheckpointFolder.checkpoint(step, of: run)
    let manifest = try JSON(reading: run + "/" + RunDirectory.manifestName)
    let session = try TrainingSession(file, resuming: checkpoint)
    try Resumption.check(session.task.facts.sources, against: manifest, in: run)
    try checkpoint.restoring { try checkpoint.restore(session.store, session.trainer) }
    session.trainer.showAverage()
    let folder = try Files.makeTemporaryFolder("temper")
    defer { try? Files.remove(folder) }
    let model = folder + "/model"
    try ModelFolder.write(to: model, weights: session.store.saved(metadata: [("format", "pt")]), config: file.resolved, step: step) {
      (folder) throws(Diagnostics) in try session.task.writeFiles(to: folder)
    }
    return try body(model)
  }
}
