import TemperOptim

/// Keeps the weights of the last evaluation, which are finite, in case the run diverges.
final class FiniteWeights: Callback {
  static let name = "finite_weights"

  init?(_ run: RunHandle) {}

  func beforeTraining(_ run: RunHandle) {
    run.trainer.showAverage()
    run.snapshots.keep(.finite, step: run.steps)
    run.trainer.hideAverage()
  }

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) {
    if record.step > 0 { run.snapshots.keep(.finite, step: record.step) }
  }
}
