import TemperFiles
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

  /// A line per class or label; nil for regression.
  public static func classes(_ report: any Report, of name: String) -> String? {
    let table: String? =
      switch report {
      case let report as ClassificationReport: classTable(report, of: name)
      case let report as MultilabelReport: labelTable(report, of: name)
      default: nil
      }
    return table.map { ([$0] + report.notes.map { "note: \($0)" }).joined(separator: "\n") }
  }

  private static func labelTable(_ report: MultilabelReport, of name: String) -> String {
    var table = TextTable()
    table.add(["label (\(name))", "precision", "recall", "f1", "rows"])
    for (index, score) in report.scores.enumerated() {
      table.add([score.name, fixed(score.precision, 3), fixed(score.recall, 3), fixed(score.f1, 3), grouped(score.support)])
      if isCut(&table, after: index, of: report.scores.count) { break }
    }
    return table.text
  }

  /// A line per class, with the class it is most often confused with.
  private static func classTable(_ report: ClassificationReport, of name: String) -> String {
    var table = TextTable()
    table.add(["class (\(name))", "precision", "recall", "f1", "rows", "mistaken for"])
    for (index, score) in report.scores.enumerated() {
      let others = report.confusion[index].filter { $0.predicted != index }
      let worst = others.max { $0.count < $1.count }.map { "\(report.scores[$0.predicted].name) (\($0.count))" } ?? ""
      table.add([score.name, fixed(score.precision, 3), fixed(score.recall, 3), fixed(score.f1, 3), grouped(score.support), worst])
      if isCut(&table, after: index, of: report.scores.count) { break }
    }
    return table.text
  }

  /// Whether a table of `count` classes or labels is truncated after line `index`, with a line that says so.
  private static func isCut(_ table: inout TextTable, after index: Int, of count: Int) -> Bool {
    guard index == 49, count > 50 else { return false }
    table.add(["... \(count - 50) more: see --json"])
    return true
  }

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
  static func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")" }
}
