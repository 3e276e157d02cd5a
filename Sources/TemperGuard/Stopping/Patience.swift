import TemperJSON
import TemperNN

/// Monitors a metric and detects when it has not improved for too long.
///
/// The rules are those of Keras' `EarlyStopping`: an improvement exceeds the best by more than `min_delta`; patience 0 and 1 both stop at
/// the first evaluation without one; the first evaluation never stops a run. Unlike in Keras, missing and NaN values are ignored: they are
/// not improvements, but do not count against patience. With a `baseline`, improvements that do not exceed it (by more than `min_delta`)
/// set the best, but count as evaluations without one: the run then stops at the first evaluation that is not an improvement and is
/// `patience` or more after the last one that exceeded it.
public struct Patience: Sendable {
  /// The rules.
  public let config: EarlyStoppingConfig
  /// Evaluations since the best, or since the last best that exceeded the baseline.
  public private(set) var wait = 0
  private var best: BestValue
  /// What the last observation that counted said.
  private var stops = false

  /// Starts without a best value.
  public init(_ config: EarlyStoppingConfig) {
    (self.config, best) = (config, BestValue(config))
  }

  /// Whether `patience` evaluations have passed without improvement.
  public var isExhausted: Bool { config.patience.map { wait >= $0 } ?? false }

  /// Updates on the metric's value at an evaluation, and returns whether the run should stop.
  public mutating func observe(_ value: Double?) -> Bool {
    stops = false
    switch best.observe(value) {
    case .unknown: break
    case .best:
      let beatsBaseline = value.map { best.improves($0, on: config.baseline) } ?? false
      wait = beatsBaseline ? 0 : wait + 1
    case .other:
      wait += 1
      stops = isExhausted && best.observed > 1
    }
    return stops
  }
}

extension Patience: StoppingCriterion {
  /// The one metric.
  public var monitors: [String] { [config.monitor] }

  /// Updates on the monitored metric.
  public mutating func observe(_ moment: TrainingMoment) { _ = observe(moment.metrics[config.monitor]) }

  /// Present at an evaluation that is not an improvement, when there have been too many. A greater patience takes it back.
  public var evidence: StoppingEvidence? {
    guard stops, isExhausted, let patience = config.patience else { return nil }
    return StoppingEvidence(
      criterion: "patience", value: Double(wait), threshold: Double(patience),
      words: "\(config.monitor) has not improved for \(wait) evaluation\(wait == 1 ? "" : "s")")
  }

  /// The best value, the count and the last verdict.
  public var state: JSON {
    .object((best.state.members ?? []).map { ($0.name, $0.value) } + [("wait", .integer(wait)), ("stops", .bool(stops))])
  }

  /// Restores a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let wait = state["wait"]?.integer, let stops = state["stops"]?.bool else { throw MalformedState(of: "early_stopping") }
    try best.restore(state)
    (self.wait, self.stops) = (wait, stops)
  }
}
