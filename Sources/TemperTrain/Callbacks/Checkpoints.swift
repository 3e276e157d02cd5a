import TemperGuard
import TemperJSON
import TemperMetrics
import TemperNN

/// Saves the state of the run as often as `checkpoint` says, and on interruption.
final class Checkpoints: Callback {
  static let name = "checkpoints"

  private var folder: CheckpointFolder
  /// The metric that decides which checkpoints are best.
  private let monitor: String?

  init?(_ run: RunHandle) {
    let watched = run.config.earlyStopping
    folder = CheckpointFolder(
      run: run.directory.path, run.config.checkpoint, stepsPerEpoch: run.trainer.stepsPerEpoch,
      better: watched.flatMap { $0.mode.direction(of: $0.monitor) } ?? .lower)
    monitor = run.hasValidation ? watched?.monitor : nil
  }

  var monitors: Set<String> { monitor.map { [$0] } ?? [] }

  func beforeTraining(_ run: RunHandle) throws(Diagnostics) {
    if run.resumed != nil { try folder.prune() }
    run.latestWeights = folder.latestWeights
  }

  func betweenSteps(_ record: EvaluationRecord?, _ run: RunHandle) throws(Halt) {
    let value = monitor.flatMap { record?.metrics[$0] }
    let isLast = run.stopReason != nil || run.steps == run.trainer.totalSteps
    // The last one lets a finished run be made longer, which one without a model is not.
    guard
      isLast
        ? run.config.checkpoint != nil && !run.options.isTrial : folder.isDue(run.steps, evaluation: record.map { _ in (value, .now) })
    else { return }
    // A state that is not finite cannot be resumed, and must not replace one that can.
    try run.demandFinite()
    do { try write(run, value: value) } catch { throw .failed(error) }
  }

  /// An interrupted run saves its current state; a diverged one resumes from its existing checkpoints.
  func atEnd(_ record: inout EndRecord, _ run: RunHandle) throws(Diagnostics) {
    guard record.reason == .interrupted, record.divergence == nil, !folder.has(run.steps) else { return }
    try write(run, value: nil)
  }

  /// Writes everything needed to resume from here. `value` is the monitored metric, if there was an evaluation just now.
  private func write(_ run: RunHandle, value: Double?) throws(Diagnostics) {
    for callback in run.callbacks { callback.beforeCheckpoint() }
    let files = run.checkpointFiles(value: value)
    try run.directory.inPlace { () throws(Diagnostics) in try folder.write(run.steps, value: value, files: files) }
    run.latestWeights = folder.latestWeights
  }
}
