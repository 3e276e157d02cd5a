import TemperJSON
import TemperMetrics

/// The result of a cross-validation.
public struct CrossValidationResult: RunResult {
  /// A metric over the folds.
  public struct Summary: Sendable, Equatable {
    /// Its name, such as `accuracy`.
    public let name: String
    /// The mean over the folds that have it; nil if none has.
    public let mean: Double?
    /// The sample standard deviation over these folds (n - 1); nil with fewer than two.
    public let deviation: Double?

    init(_ name: String, _ values: [Double]) {
      let summary = SampleSummary(values)
      (self.name, mean, deviation) = (name, summary.mean, summary.deviation)
    }
  }

  /// The directory with the folds' folders.
  public let directory: String
  /// The folds, in order.
  public let folds: [FoldResult]
  /// The expectations on the means, with the actual values.
  public let checks: [Expectation.Check]
  /// Whether warnings are errors.
  public let isStrict: Bool
  /// Wall-clock time in seconds, without folds that had finished before.
  public let seconds: Double

  init(directory: String, folds: [FoldResult], expectations: [Expectation], isStrict: Bool, seconds: Double) {
    (self.directory, self.folds, self.isStrict, self.seconds) = (directory, folds, isStrict, seconds)
    checks = expectations.map { expectation in
      let summary = FoldResult.partNames.lazy.filter { expectation.metric.hasPrefix($0 + ".") }.flatMap { part in
        Self.summary(folds, part).filter { expectation.metric == "\(part).\($0.name)" }
      }
      return Expectation.Check(expectation: expectation, value: summary.first?.mean)
    }
  }

  /// The warnings of all folds; each message begins with the fold.
  public var warnings: [Warning] {
    folds.flatMap { fold in fold.warnings.map { $0.of("fold \(fold.fold)") } }
  }
  /// The tolerances that folds exceed; each sentence begins with the fold.
  public var breaches: [String] { folds.flatMap { fold in fold.breaches.map { "fold \(fold.fold): \($0)" } } }
  /// The folds that diverged.
  public var diverged: [FoldResult] { folds.filter { $0.stopReason == .diverged } }
  /// The causes of divergence.
  public var failures: [String] {
    diverged.map { "fold \($0.fold): \($0.error ?? "") Its results are those of its best weights until then." }
  }
  /// The names of the splits that the folds have, in order.
  public var parts: [String] { FoldResult.partNames.filter { name in folds.contains { $0.part(name) != nil } } }

  /// Every metric on a split over the folds; empty if no fold has the split.
  public func summary(of part: String) -> [Summary] { Self.summary(folds, part) }

  /// The baseline metrics on a split, over the folds.
  public func baseline(of part: String) -> [Summary] { Self.summary(folds, part, \.baseline) }

  private static func summary(
    _ folds: [FoldResult], _ part: String, _ metrics: (FoldResult.Part) -> [FoldResult.Value] = \.metrics
  ) -> [Summary] {
    let parts = folds.compactMap { $0.part(part) }
    return (parts.first.map(metrics) ?? []).map { metric in
      Summary(metric.name, parts.compactMap { metrics($0).first { $0.name == metric.name }?.value })
    }
  }

  /// The content of folds.json: the same for the same seed.
  var members: [(String, JSON)] {
    func object(_ value: (Summary) -> Double?) -> JSON {
      .object(
        FoldResult.partNames.map { part in
          let summaries = summary(of: part)
          func members(_ summaries: [Summary]) -> [(String, JSON)] { summaries.map { ($0.name, .number(value($0))) } }
          return (part, summaries.isEmpty ? .null : .object(members(summaries) + [("baseline", .object(members(baseline(of: part))))]))
        })
    }
    return [
      ("mean", object(\.mean)), ("standard_deviation", object(\.deviation)), ("folds", .array(folds.map(\.json))),
      ("expect", .array(checks.map(\.json))),
    ]
  }

  /// The output of `--json`.
  public var json: JSON {
    .object(
      [("run", .string(directory))] + members + [("warnings", .array(warnings.map(\.json))), ("seconds", .number(seconds))])
  }
}
