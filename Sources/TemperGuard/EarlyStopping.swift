import TemperCore
import TemperJSON
import TemperMetrics
import TemperNN

/// What `early_stopping` in a config says.
public struct EarlyStoppingConfig: Sendable {
  /// The metric that is watched, such as `validation.loss`.
  public let monitor: String
  /// Which way it gets better.
  public let mode: MetricMode
  /// Evaluations without an improvement that end the run.
  public let patience: Int
  /// By how much a value must beat the best to count as an improvement.
  public let minDelta: Double
  /// A value to beat: improvements that do not beat it do not put off the end.
  public let baseline: Double?
  /// The evaluations at first that are not looked at.
  public let startFrom: Int
  /// Whether the run reports on, and goes on from, the best weights instead of the last.
  public let restoreBest: Bool

  /// Settings in code.
  public init(
    monitor: String = "validation.loss", mode: MetricMode = .auto, patience: Int = 10, minDelta: Double = 0, baseline: Double? = nil,
    startFrom: Int = 0, restoreBest: Bool = true
  ) {
    (self.monitor, self.mode, self.patience, self.minDelta) = (monitor, mode, patience, minDelta)
    (self.baseline, self.startFrom, self.restoreBest) = (baseline, startFrom, restoreBest)
  }

  /// Reads the block; `metrics` are the names that can be watched.
  public init(_ c: FieldReader, metrics: [String]) {
    monitor = c.choice(
      "monitor", of: metrics, default: "validation.loss", doc: "Metric that decides which weights are best and when to stop.")
    mode = c.choice("mode", default: MetricMode.auto, doc: MetricMode.keyDoc)
    patience = c.integer(
      "patience", default: 10, in: 0...,
      doc: "Evaluations (not epochs) without improvement after which the run stops; those at which the metric is undefined do not count.")
    minDelta = c.number("min_delta", default: 0, in: 0..., precision: .double, doc: "Least change that counts as an improvement.")
    baseline = c.optionalNumber(
      "baseline", precision: .double, doc: "Value to beat: only improvements that beat it start the count of `patience` anew.")
    startFrom = c.integer("start_from", default: 0, in: 0..., doc: "Evaluations at first that are passed over: no best, no end.")
    restoreBest = c.bool("restore_best", default: true, doc: "Report on the best weights at the end instead of the last.")
  }
}

/// Watches one metric, remembers its best value, and says when it has not improved for too long.
///
/// The rules are those of Keras' `EarlyStopping`: an improvement beats the best by more than `min_delta`; patience 0 and 1 both stop at the first
/// evaluation without one; the first evaluation never stops a run. Unlike Keras', a value that is missing or not a number says nothing about the
/// model: it is no improvement, and does not count against patience. With a
/// `baseline`, improvements that do not beat it (by more than `min_delta`) are best, but count as evaluations without one: the run then ends
/// at the first evaluation that is no improvement and comes `patience` or more after the last one that beat it.
public struct EarlyStopping: Sendable {
  /// What one evaluation means for the run.
  public struct Verdict: Sendable, Equatable {
    /// Whether the value is the best so far.
    public let isBest: Bool
    /// Whether the run should end.
    public let stops: Bool

    /// Neither.
    public static let goesOn = Verdict(isBest: false, stops: false)
  }

  /// The rules.
  public let config: EarlyStoppingConfig
  /// The best value so far.
  public private(set) var best: Double?
  /// Evaluations since the best, or since the last best that beat the baseline.
  public private(set) var wait = 0
  private var observed = 0
  private let better: Metric.Direction

  /// Starts without a best value.
  public init(_ config: EarlyStoppingConfig) {
    guard let better = config.mode.direction(of: config.monitor) else { fail("early_stopping: there is no metric \(config.monitor)") }
    (self.config, self.better) = (config, better)
  }

  /// Takes the metric's value at the next evaluation.
  public mutating func observe(_ value: Double?) -> Verdict {
    observed += 1
    guard observed > config.startFrom, let value, !value.isNaN else { return .goesOn }
    wait += 1
    if better.improves(value, on: best, by: config.minDelta) {
      best = value
      if better.improves(value, on: config.baseline, by: config.minDelta) { wait = 0 }
      return Verdict(isBest: true, stops: false)
    }
    return Verdict(isBest: false, stops: wait >= config.patience && observed > 1)
  }

  /// All that changes, for a checkpoint.
  public var state: JSON {
    .object([("best", .exact(best)), ("wait", .integer(wait)), ("observed", .integer(observed))])
  }

  /// Goes on from a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let best = state["best"]?.exactNumber, let wait = state["wait"]?.integer, let observed = state["observed"]?.integer else {
      throw MalformedState(of: "early_stopping")
    }
    (self.best, self.wait, self.observed) = (best, wait, observed)
  }
}
