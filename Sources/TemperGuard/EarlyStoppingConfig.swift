import TemperJSON
import TemperMetrics

/// The block `early_stopping` of a config.
public struct EarlyStoppingConfig: Sendable {
  /// The monitored metric, such as `validation.loss`.
  public let monitor: String
  /// Whether higher or lower is better.
  public let mode: MetricMode
  /// Evaluations without improvement after which the run stops.
  public let patience: Int
  /// The minimum change that counts as an improvement.
  public let minDelta: Double
  /// A value to improve on: improvements that do not exceed it do not reset the count of `patience`.
  public let baseline: Double?
  /// The number of initial evaluations to ignore.
  public let startFrom: Int
  /// Whether the run reports on, and resumes from, the best weights instead of the last.
  public let restoreBest: Bool

  /// Settings in code.
  public init(
    monitor: String = "validation.loss", mode: MetricMode = .auto, patience: Int = 10, minDelta: Double = 0, baseline: Double? = nil,
    startFrom: Int = 0, restoreBest: Bool = true
  ) {
    (self.monitor, self.mode, self.patience, self.minDelta) = (monitor, mode, patience, minDelta)
    (self.baseline, self.startFrom, self.restoreBest) = (baseline, startFrom, restoreBest)
  }

  /// Reads the block; `metrics` are the names that can be monitored.
  public init(_ c: FieldReader, metrics: [String]) {
    monitor = c.choice(
      "monitor", of: metrics, default: "validation.loss", doc: "Metric that decides which weights are best and when to stop.")
    mode = c.choice("mode", default: MetricMode.auto, doc: MetricMode.keyDoc)
    patience = c.integer(
      "patience", default: 10, in: 0...,
      doc: "Evaluations (not epochs) without improvement after which the run stops; those at which the metric is undefined do not count.")
    minDelta = c.number("min_delta", default: 0, in: 0..., precision: .double, doc: "Minimum change that counts as an improvement.")
    baseline = c.optionalNumber(
      "baseline", precision: .double, doc: "Value to improve on: only improvements beyond it reset the count of `patience`.")
    startFrom = c.integer("start_from", default: 0, in: 0..., doc: "Initial evaluations to ignore: no best, no stop.")
    restoreBest = c.bool("restore_best", default: true, doc: "Report on the best weights at the end instead of the last ones.")
  }
}
