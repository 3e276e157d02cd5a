import TemperGuard
import TemperJSON
import TemperNN

/// Ends training when the metric that `early_stopping` monitors has not improved for too long.
final class EarlyStopping: Callback {
  static let name = "early_stopping"

  private var patience: Patience
  private var hasStopped = false

  init?(_ run: RunHandle) {
    guard run.hasValidation, let config = run.config.earlyStopping else { return nil }
    patience = Patience(config)
  }

  var monitors: Set<String> { [patience.config.monitor] }

  /// A run that was stopped early stays stopped, unless patience has been raised.
  func beforeTraining(_ run: RunHandle) {
    hasStopped = hasStopped && patience.isExhausted
    if hasStopped { run.stop(.earlyStopping) }
  }

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) {
    guard record.step > 0 else { return }
    hasStopped = patience.observe(record.metrics[patience.config.monitor])
    if hasStopped { run.stop(.earlyStopping) }
  }

  var state: JSON {
    .object((patience.state.members ?? []).map { ($0.name, $0.value) } + [("has_stopped", .bool(hasStopped))])
  }

  func restore(_ state: JSON) throws(MalformedState) {
    guard let hasStopped = state["has_stopped"]?.bool else { throw MalformedState(of: "early_stopping") }
    try patience.restore(state)
    self.hasStopped = hasStopped
  }
}
