import Testing

import TemperMetrics

@Suite struct MetricTests {
  private static let lower = [
    "support_size", "loss", "log_loss", "ece", "brier", "hamming_loss", "rmse", "mae", "mse", "perplexity", "bits_per_byte",
  ]
  private static let higher = [
    "accuracy", "macro_f1", "balanced_accuracy", "macro_precision", "macro_recall", "weighted_f1", "weighted_precision", "weighted_recall",
    "mcc",
    "roc_auc", "top_3_accuracy", "top_5_accuracy", "zero_gradient_share", "subset_accuracy", "micro_f1", "r2",
  ]

  /// Written out once more, as a metric with the wrong direction would keep the worst weights.
  @Test func everyMetricHasItsDirection() {
    #expect(Set(Metric.all.map(\.name)) == Set(Self.lower + Self.higher) && Metric.all.count == Self.lower.count + Self.higher.count)
    for name in Self.lower { #expect(Metric.named(name)?.better == .lower, "\(name)") }
    for name in Self.higher { #expect(Metric.named(name)?.better == .higher, "\(name)") }
    for metric in Metric.all {
      #expect(MetricMode.auto.direction(of: "validation.\(metric.name)") == metric.better, "\(metric.name)")
      #expect(MetricMode.min.direction(of: metric.name) == .lower && MetricMode.max.direction(of: metric.name) == .higher)
      #expect(!metric.definition.isEmpty && !metric.needs.isEmpty)
    }
    #expect(Metric.named("validation.nonsense") == nil && MetricMode.auto.direction(of: "validation.los") == nil)
  }

  @Test func everyReportedMetricIsListed() {
    let reported =
      ClassificationReport.metricDefinitions.map(\.metric) + MultilabelReport.metricDefinitions.map(\.metric)
      + RegressionReport.metricDefinitions.map(\.metric)
      + LanguageReport.metricDefinitions.map(\.metric)
    for metric in reported { #expect(Metric.all.contains(metric), "\(metric.name)") }
    #expect(Set(reported.map(\.name)).union(["loss"]) == Set(Metric.all.map(\.name)))
  }

  @Test func improvement() {
    for (direction, sign) in [(Metric.Direction.higher, 1.0), (.lower, -1.0)] {
      #expect(direction.improves(sign * 2, on: sign * 1) && !direction.improves(sign * 1, on: sign * 1))
      #expect(direction.improves(sign * -5, on: nil) && !direction.improves(.nan, on: nil) && !direction.improves(.nan, on: 1))
      #expect(direction.improves(sign * 1.5, on: sign * 1, by: 0.25) && !direction.improves(sign * 1.25, on: sign * 1, by: 0.25))
      for best in [-4.0, -0.5, 0, 0.5, 4] {
        let share = 0.25 * abs(best)
        #expect(direction.improves(sign * (best + share + 1e-9), on: sign * best, byShare: 0.25))
        #expect(!direction.improves(sign * (best + share), on: sign * best, byShare: 0.25))
        #expect(!direction.improves(sign * (best - 1e-9), on: sign * best, byShare: 0.25))
      }
      #expect(
        direction.improves(sign * 3, on: -sign * .infinity, byShare: 0.1) && !direction.improves(3, on: sign * .infinity, byShare: 0.1))
    }
  }
}
