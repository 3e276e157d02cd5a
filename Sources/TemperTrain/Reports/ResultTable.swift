import TemperFiles
import TemperJSON
import TemperMetrics

/// Human-readable result tables.
public enum ResultTable {
  /// The metrics of one or more data sets, a column each.
  public static func table(_ evaluations: [(name: String, evaluation: Evaluation)]) -> String {
    var table = TextTable()
    table.add([""] + evaluations.map(\.name))
    let unit = evaluations.first.map { type(of: $0.evaluation.report).countName } ?? "rows"
    table.add([unit] + evaluations.map { grouped($0.evaluation.report.count) })
    for (index, metric) in (evaluations.first?.evaluation.metrics ?? []).enumerated() {
      table.add([metric.name] + evaluations.map { fixed($0.evaluation.metrics[index].value, 4) })
    }
    for (index, guess) in (evaluations.first?.evaluation.baseline?.metrics ?? []).enumerated() {
      table.add(
        ["baseline \(guess.name)"]
          + evaluations.map { evaluation in
            let metrics = evaluation.evaluation.baseline?.metrics ?? []
            return index < metrics.count ? fixed(metrics[index].value, 4) : ""
          })
    }
    return table.text
  }

  /// A line per class or label, with the class it is most often mistaken for; nil for reports without classes.
  public static func classes(_ report: any Report, of name: String) -> String? {
    guard let report = report as? any ClassReport else { return nil }
    let confusions = report.confusions
    var table = TextTable()
    table.add(
      ["\(type(of: report).scoredName) (\(name))", "precision", "recall", "f1", "rows"] + (confusions == nil ? [] : ["mistaken for"]))
    for (index, score) in report.scores.prefix(listedClasses).enumerated() {
      let scores = [score.name, fixed(score.precision, 3), fixed(score.recall, 3), fixed(score.f1, 3), grouped(score.support)]
      table.add(scores + (confusions.map { [$0[index].map { "\($0.name) (\($0.rows))" } ?? ""] } ?? []))
    }
    if report.scores.count > listedClasses { table.add(["... \(report.scores.count - listedClasses) more: see --json"]) }
    return ([table.text] + report.notes.map { "note: \($0)" }).joined(separator: "\n")
  }

  /// The number of classes listed; `--json` has all of them.
  private static let listedClasses = 50

  /// Expected and actual values.
  public static func expectations(_ checks: [Expectation.Check]) -> String {
    var table = TextTable()
    table.add(["expected", "at least", "at most", "found", ""])
    for check in checks {
      table.add([
        check.expectation.metric, check.expectation.min.map { "\($0)" } ?? "", check.expectation.max.map { "\($0)" } ?? "",
        fixed(check.value, 4), check.isMet ? "ok" : "FAILED",
      ])
    }
    return table.text
  }

  /// Names and values, a line each.
  public static func facts(_ facts: [(name: String, value: String)]) -> String {
    facts.map { $0.name + String(repeating: " ", count: 12 - $0.name.count) + $0.value }.joined(separator: "\n")
  }

  /// A human-readable size in bytes.
  static func size(_ bytes: Int) -> String {
    bytes < 1_000_000 ? "\(fixed(Double(bytes) / 1000, 1)) kB" : "\(fixed(Double(bytes) / 1_000_000, 1)) MB"
  }

  /// A count with a noun: `1 step`, `2 steps`.
  package static func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")" }
}
