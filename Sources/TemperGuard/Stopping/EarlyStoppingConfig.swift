import TemperJSON
import TemperMetrics

/// The block `early_stopping` of a config.
public struct EarlyStoppingConfig: Sendable {
  /// The monitored metric, such as `validation.loss`.
  public let monitor: String
  /// Whether higher or lower is better.
  public let mode: MetricMode
  /// Evaluations without improvement after which the run stops; nil if only ``criteria`` stop it.
  public let patience: Int?
  /// The minimum change that counts as an improvement.
  public let minDelta: Double
  /// A value to improve on: improvements that do not exceed it do not reset the count of `patience`.
  public let baseline: Double?
  /// The number of initial evaluations to ignore.
  public let startFrom: Int
  /// Whether the run reports on, and resumes from, the best weights instead of the last.
  public let restoreBest: Bool

  /// Rules that end the run besides patience.
  public let criteria: [any StoppingCriterion]
  /// How patience and the criteria are combined.
  public let combination: StoppingRule.Combination

  /// Settings in code.
  public init(
    monitor: String = "validation.loss", mode: MetricMode = .auto, patience: Int? = 10, minDelta: Double = 0, baseline: Double? = nil,
    startFrom: Int = 0, restoreBest: Bool = true, criteria: [any StoppingCriterion] = [], combination: StoppingRule.Combination = .any
  ) {
    (self.criteria, self.combination) = (criteria, combination)
    (self.monitor, self.mode, self.patience, self.minDelta) = (monitor, mode, patience, minDelta)
    (self.baseline, self.startFrom, self.restoreBest) = (baseline, startFrom, restoreBest)
  }

  /// Reads the block; `metrics` are the names that can be monitored.
  public init(_ c: FieldReader, metrics: [String]) {
    monitor = c.choice(
      "monitor", of: metrics, default: "validation.loss", doc: "Metric that decides which weights are best and when to stop.")
    mode = c.choice("mode", default: MetricMode.auto, doc: MetricMode.keyDoc)
    patience = c.valueUnlessNull(
      "patience", .integer(in: 0...), default: 10,
      doc:
        "Evaluations (not epochs) without improvement after which the run stops; those at which the metric is undefined do not count. "
        + "`null` leaves it to `criteria` to end the run.")
    minDelta = c.number("min_delta", default: 0, in: 0..., precision: .double, doc: "Minimum change that counts as an improvement.")
    baseline = c.optionalNumber(
      "baseline", precision: .double, doc: "Value to improve on: only improvements beyond it reset the count of `patience`.")
    startFrom = c.integer("start_from", default: 0, in: 0..., doc: "Initial evaluations to ignore: no best, no stop.")
    restoreBest = c.bool("restore_best", default: true, doc: "Report on the best weights at the end instead of the last ones.")
    criteria = c.objects(
      "criteria", doc: "Rules that end the run besides patience, looked at with each evaluation after the first step."
    ) { StoppingCriteria.read($0, metrics: metrics) }
    combination = c.choice(
      "combine", default: StoppingRule.Combination.any,
      doc: "Whether one of patience and criteria ends the run (`any`), or all of them at the same evaluation (`all`).")
    if patience == nil, criteria.isEmpty {
      c.fail(
        "patience", .invalidValue,
        "is null, and there are no criteria, so nothing ends the run early; give one of the two, or set "
          + "early_stopping to null")
    }
  }
}
