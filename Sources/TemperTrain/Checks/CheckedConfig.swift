import TemperJSON
import TemperMetrics

/// A config of a check: its runs, and its metrics.
public struct CheckedConfig: Sendable {
  /// A name that no other config of the check has: its own, if that is unique.
  public let label: String
  /// The absolute path of the file.
  public let path: String
  /// Its runs, one for each seed.
  public let runs: [CheckedRun]
  /// Its metrics; empty if a run failed.
  public let cases: [CheckCase]
  /// What limits the comparison.
  public let notes: [String]

  /// The runs that failed.
  public var failedRuns: [CheckedRun] { runs.filter { $0.failure != nil } }
  /// The runs that ended with warnings, if the config is strict.
  public var warnedRuns: [CheckedRun] { runs.filter(\.hasStrictWarnings) }
  /// Whether a metric fails the check, or warnings do.
  public var hasFailedCases: Bool { cases.contains(where: \.hasFailed) || !warnedRuns.isEmpty }

  /// The cases to show first: those with something to say, and the main metrics on the rows held out.
  func isProminent(_ item: CheckCase) -> Bool {
    if item.hasFailed || !item.checks.isEmpty || item.explanation != nil || item.verdict == .notGated { return true }
    let part = ["test", "validation", "train"].first { part in cases.contains { $0.metric.hasPrefix(part + ".") } } ?? ""
    return cases.lazy.filter { $0.metric.hasPrefix(part + ".") }.prefix(2).contains { $0.metric == item.metric }
  }

  /// The expectations that are not met, a sentence each.
  var unmet: [String] { cases.filter { $0.verdict == .unmet }.map { "\(label): \($0.metric): \($0.explanation ?? "")" } }

  /// Everything that fails, in sentences.
  var failures: [String] {
    var sentences = unmet
    for (verdict, meaning) in [
      (CheckCase.Verdict.regressed, "worse than in the baseline"), (.gone, "in the baseline, but not in the results"),
    ] {
      let names = cases.filter { $0.verdict == verdict }.map(\.metric)
      if names.isEmpty { continue }
      sentences.append("\(label): \(ResultTable.counted(names.count, "metric")) \(meaning): \(listed(names, limit: 5))")
    }
    for run in warnedRuns { sentences.append("\(label): seed \(run.seed): warnings are errors because strict is set; see \(run.log)") }
    for run in failedRuns { sentences.append("\(label): seed \(run.seed) failed: \(run.failure ?? ""); see \(run.log)") }
    return sentences
  }

  /// The form in `--json`.
  var json: JSON {
    .object([
      ("name", .string(label)), ("config", .string(path)), ("runs", .array(runs.map(\.json))), ("metrics", .array(cases.map(\.json))),
      ("notes", .array(notes.map { .string($0) })),
    ])
  }
}
