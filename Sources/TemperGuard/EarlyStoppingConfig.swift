import TemperJSON
import TemperMetrics

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
