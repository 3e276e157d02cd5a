import TemperGuard
import TemperJSON
import TemperNN

/// Keeps the weights of the best evaluation by the metric that `early_stopping` monitors. The evaluation before the first step is only
/// a starting point, not a candidate.
final class BestWeights: Callback {
  static let name = "best_weights"

  private let monitor: String
  private var best: BestValue

  init?(_ run: RunHandle) {
    guard run.hasValidation, let config = run.config.earlyStopping else { return nil }
    (monitor, best) = (config.monitor, BestValue(config))
  }

  var monitors: Set<String> { [monitor] }

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) {
    guard record.step > 0, best.observe(record.metrics[monitor]) == .best else { return }
    record.isBest = true
    run.snapshots.keep(.best, step: record.step, source: record.weights)
  }

  var state: JSON { best.state }

  func restore(_ state: JSON) throws(MalformedState) { try best.restore(state) }
}
