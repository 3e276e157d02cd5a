import TemperJSON
import TemperNN

/// Watches one metric and says when it has not improved for too long.
///
/// The rules are those of Keras' `EarlyStopping`: an improvement beats the best by more than `min_delta`; patience 0 and 1 both stop at the first
/// evaluation without one; the first evaluation never stops a run. Unlike Keras', a value that is missing or not a number says nothing about the
/// model: it is no improvement, and does not count against patience. With a
/// `baseline`, improvements that do not beat it (by more than `min_delta`) are best, but count as evaluations without one: the run then ends
/// at the first evaluation that is no improvement and comes `patience` or more after the last one that beat it.
public struct Patience: Sendable {
  /// The rules.
  public let config: EarlyStoppingConfig
  /// Evaluations since the best, or since the last best that beat the baseline.
  public private(set) var wait = 0
  private var best: BestValue

  /// Starts without a best value.
  public init(_ config: EarlyStoppingConfig) {
    (self.config, best) = (config, BestValue(config))
  }

  /// Whether there were as many evaluations without an improvement as may be.
  public var isExhausted: Bool { wait >= config.patience }

  /// Takes the metric's value at the next evaluation, and says whether the run should end.
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

  /// All that changes, for a checkpoint.
  public var state: JSON { .object((best.state.members ?? []).map { ($0.name, $0.value) } + [("wait", .integer(wait))]) }

  /// Goes on from a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let wait = state["wait"]?.integer else { throw MalformedState(of: "early_stopping") }
    try best.restore(state)
    self.wait = wait
  }
}
