import TemperGuard
import TemperJSON
import TemperNN

/// Ends training when the criteria of `early_stopping` say so.
final class EarlyStopping: Callback {
  static let name = "early_stopping"

  private var rule: StoppingRule

  init?(_ run: RunHandle) {
    guard run.hasValidation, let config = run.config.earlyStopping else { return nil }
    rule = StoppingRule(config)
  }

  var monitors: Set<String> { rule.monitors }

  /// A run that was stopped early stays stopped, unless patience has been raised.
  func beforeTraining(_ run: RunHandle) { act(on: run) }

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) {
    guard record.step > 0 else { return }
    rule.observe(
      TrainingMoment(step: record.step, seconds: run.secondsOfTraining, trainLoss: record.trainLoss, metrics: record.metrics))
    act(on: run)
  }

  private func act(on run: RunHandle) {
    let evidence = rule.evidence
    if !evidence.isEmpty { run.stop(.earlyStopping, because: evidence) }
  }

  var state: JSON { rule.state }
  func restore(_ state: JSON) throws(MalformedState) { try rule.restore(state) }
}
