import TemperJSON
import TemperMetrics

/// The comparison of a metric with its baseline. It has regressed if two conditions hold: a test finds it worse, and it is worse by more than
/// `min_delta`.
public struct MetricComparison: Sendable {
  /// What decides.
  public enum Basis: Sendable, Equatable {
    /// A one-sided Welch test, with `min_delta`.
    case test(WelchTest)
    /// `min_delta` alone, because one side has a single value.
    case oneSeed
    /// `min_delta` alone, because neither side has any spread.
    case noSpread
  }

  /// The level of the test.
  public static let level = 0.01

  /// The baseline, and the values now.
  public let baseline, now: SampleSummary
  /// How much higher the mean is now.
  public let delta: Double
  /// How much worse the mean is now; negative if it is better.
  public let deterioration: Double
  /// The largest deterioration that does not count.
  public let minDelta: Double
  /// What decides.
  public let basis: Basis

  /// Compares `now` with `baseline`, which each have a value. `minDelta` nil stands for the default.
  init?(_ metric: Metric, _ baseline: SampleSummary, _ now: SampleSummary, minDelta: Double?) {
    guard let before = baseline.mean, let after = now.mean else { return nil }
    (self.baseline, self.now, delta) = (baseline, now, after - before)
    deterioration = metric.higherIsBetter ? before - after : after - before
    self.minDelta = minDelta ?? Self.defaultMinDelta(metric, mean: before)
    let test = metric.higherIsBetter ? WelchTest(baseline, exceeds: now) : WelchTest(now, exceeds: baseline)
    basis = test.map { .test($0) } ?? (min(baseline.count, now.count) < 2 ? .oneSeed : .noSpread)
  }

  /// 0.01 for shares and other metrics in a range at most 2 wide, a tenth of the mean for others. Runs with other seeds rarely differ by as
  /// much, even in the worst of dozens of metrics.
  static func defaultMinDelta(_ metric: Metric, mean: Double) -> Double {
    metric.range.upperBound - metric.range.lowerBound <= 2 ? 0.01 : abs(mean) / 10
  }

  /// The probability of a deterioration at least as large by chance; nil without a test.
  public var p: Double? {
    if case .test(let test) = basis { test.p } else { nil }
  }

  /// Whether the test finds the metric worse; nil without a test.
  public var isSignificant: Bool? { p.map { $0 < Self.level } }

  /// Whether it is worse by more than `min_delta`.
  public var isBeyondMinDelta: Bool { deterioration > minDelta }

  /// Whether it has regressed.
  public var hasRegressed: Bool { isBeyondMinDelta && isSignificant ?? true }

  /// Which of the two conditions hold; nil if none does.
  public var explanation: String? {
    let worse = "worse by \(differenceText(deterioration))"
    let limit = "min_delta \(differenceText(minDelta))"
    switch (isSignificant, isBeyondMinDelta) {
    case (true?, true): return "\(worse), beyond \(limit), and p \(pText) is below \(Self.level)"
    case (true?, false): return "\(worse) with p \(pText), but within \(limit)"
    case (false?, true): return "\(worse), beyond \(limit), but p \(pText) is not below \(Self.level)"
    case (nil, true): return "\(worse), beyond \(limit), which alone decides: \(pText)"
    case (_, false): return nil
    }
  }

  /// The probability as it is printed, or why there is none.
  var pText: String {
    switch basis {
    case .test(let test): test.p < 0.0001 ? "< 0.0001" : fixed(test.p, 4)
    case .oneSeed: "one seed"
    case .noSpread: "no spread"
    }
  }
}
