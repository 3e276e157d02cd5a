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

  /// Starts without a best value.
  public init(_ config: EarlyStoppingConfig) {
    (self.config, best) = (config, BestValue(config))
  }

  /// Whether `patience` evaluations have passed without improvement.
  public var isExhausted: Bool { wait >= config.patience }

  /// Updates on the metric's value at an evaluation, and returns whether the run should stop.
  public mutating func observe(_ value: Double?) -> Bool {
    switch best.observe(value) {
    case .unknown: return false
    case .best:
      let beatsBaseline = value.map { best.improves($0, on: config.baseline) } ?? false
      wait = beatsBaseline ? 0 : wait + 1
      return false
    case .other:
      wait += 1
      return isExhausted && best.observed > 1
    }
  }

  /// The mutable state, for a checkpoint.
  public var state: JSON { .object((best.state.members ?? []).map { ($0.name, $0.value) } + [("wait", .integer(wait))]) }

  /// Restores a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let wait = state["wait"]?.integer else { throw MalformedState(of: "early_stopping") }
    try best.restore(state)
    self.wait = wait
  }
}
