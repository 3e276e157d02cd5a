import TemperJSON
import TemperMetrics

/// A metric of a config in a check.
public struct CheckCase: Sendable {
  /// The result of a case.
  public enum Verdict: String, Sendable {
    /// Neither worse than its baseline nor out of its bounds.
    case ok
    /// Worse than its baseline.
    case regressed = "REGRESSED"
    /// In the baseline, but not in the results.
    case gone = "GONE"
    /// Out of the bounds of `expect`.
    case unmet = "UNMET"
    /// Worse than its baseline or gone, which the updated baseline accepts.
    case accepted
    /// Not in the baseline.
    case new
    /// Compared, but not gated, because nothing says which direction is worse.
    case notGated = "not gated"
    /// Without a baseline and without bounds.
    case notChecked = "not checked"
  }

  /// The full name, such as `test.accuracy`.
  public let metric: String
  /// The baseline; nil if there is none.
  public let baseline: SampleSummary?
  /// The values now.
  public let now: SampleSummary
  /// The comparison of the two; nil if one is lacking, or nothing says which direction is worse.
  public let comparison: MetricComparison?
  /// The expectations of the metric; their value is the mean.
  public let checks: [Expectation.Check]
  /// The result.
  public let verdict: Verdict

  init(
    _ metric: String, baseline: BaselineFile.Values?, now values: [Double], expectations: [Expectation], minDelta: Double?,
    hasBaseline: Bool, accepts: Bool
  ) {
    let before = baseline.map { SampleSummary($0.values) }
    let now = SampleSummary(values)
    let comparison = before.flatMap { before in
      Metric.named(metric).flatMap { MetricComparison($0, before, now, minDelta: minDelta ?? baseline?.minDelta) }
    }
    let checks = expectations.filter { $0.metric == metric }.map { Expectation.Check(expectation: $0, value: now.mean) }
    (self.metric, self.baseline, self.now, self.comparison, self.checks) = (metric, before, now, comparison, checks)
    verdict =
      if !checks.allSatisfy(\.isMet) {
        .unmet
      } else if before != nil, now.count == 0 {
        accepts ? .accepted : .gone
      } else if let comparison {
        !comparison.hasRegressed ? .ok : accepts ? .accepted : .regressed
      } else if before != nil {
        .notGated
      } else if !checks.isEmpty {
        .ok
      } else {
        hasBaseline ? .new : .notChecked
      }
  }

  /// Whether the check fails because of it.
  public var hasFailed: Bool { [.regressed, .gone, .unmet].contains(verdict) }

  /// How much higher the mean is than the baseline's.
  public var delta: Double? { baseline?.mean.flatMap { before in now.mean.map { $0 - before } } }

  /// The result, with those of the two conditions in brackets that hold.
  var verdictText: String {
    let conditions = comparison.map { ($0.isSignificant == true ? ["p"] : []) + ($0.isBeyondMinDelta ? ["min_delta"] : []) } ?? []
    return verdict.rawValue + (conditions.isEmpty ? "" : " (\(conditions.joined(separator: ", ")))")
  }

  /// What led to the result; nil if nothing is to be said.
  public var explanation: String? {
    var parts = checks.filter { !$0.isMet }.map { check in
      let bounds = [("at least", check.expectation.min), ("at most", check.expectation.max)].compactMap { words, bound in
        bound.map { "\(words) \(differenceText($0))" }
      }
      return "expected \(bounds.joined(separator: " and ")), found \(fixed(check.value, 4))"
    }
    if baseline != nil, now.count == 0 { parts.append("in the baseline, but no longer in the results") }
    if let explanation = comparison?.explanation { parts.append(explanation) }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  /// The form in `--json`.
  var json: JSON {
    .object([
      ("metric", .string(metric)), ("baseline", baseline?.json ?? .null), ("now", now.json), ("delta", .number(delta)),
      ("p", .number(comparison?.p)), ("significant", comparison?.isSignificant.map { .bool($0) } ?? .null),
      ("min_delta", .number(comparison?.minDelta)), ("beyond_min_delta", comparison.map { .bool($0.isBeyondMinDelta) } ?? .null),
      ("expect", .array(checks.map(\.json))), ("verdict", .string(verdict.rawValue)),
      ("explanation", explanation.map { .string($0) } ?? .null),
    ])
  }
}

extension SampleSummary {
  fileprivate var json: JSON {
    .object([("mean", .number(mean)), ("deviation", .number(deviation)), ("count", .integer(count))])
  }

  /// The mean with the standard deviation, if there is one.
  var text: String { mean == nil ? "n/a" : fixed(mean, 4) + (deviation.map { " +- \(fixed($0, 4))" } ?? "") }
}

/// A difference with four decimal places, or more if it is tiny.
func differenceText(_ value: Double) -> String { fixed(value, value != 0 && abs(value) < 0.001 ? 8 : 4) }
