import TemperFiles
import TemperMetrics
import TemperTrain

/// Results as tables.
enum ResultTable {
  /// The results of a run.
  static func text(_ outcome: Outcome) -> String {
    var parts: [String] = []
    var facts = [("run", outcome.directory)]
    facts.append(("model", "\(outcome.model), \(grouped(outcome.parameters)) parameters, \(size(outcome.bytes))"))
    if outcome.hiddenUnits > 0 { facts.append(("dead units", "\(outcome.deadUnits) of \(outcome.hiddenUnits)")) }
    facts.append(("stopped", "\(reason(outcome.stopReason)) after \(counted(outcome.steps, "step")), \(counted(outcome.epochs, "epoch"))"))
    facts.append(("best", "step \(outcome.bestStep)"))
    facts.append(("time", "\(fixed(outcome.seconds, 2)) s"))
    parts.append(facts.map { $0.0 + String(repeating: " ", count: 12 - $0.0.count) + $0.1 }.joined(separator: "\n"))

    var figures: [(String, Evaluation)] = [("train", outcome.train)]
    if let validation = outcome.validation { figures.append(("validation", validation)) }
    if let test = outcome.test { figures.append(("test", test)) }
    parts.append(table(figures))
    if let (name, evaluation) = figures.last, name != "train", let text = classes(evaluation.report, of: name) { parts.append(text) }
    if !outcome.checks.isEmpty { parts.append(expectations(outcome.checks)) }
    return parts.joined(separator: "\n\n")
  }

  /// The results of all folds: a line for each, then mean and standard deviation of every metric.
  static func text(_ outcome: FoldsOutcome) -> String {
    let facts = [
      ("run", outcome.directory), ("folds", "\(outcome.folds.count), in \(outcome.directory)/fold-1 and so on"),
      ("time", "\(fixed(outcome.seconds, 2)) s"),
    ]
    var parts = [facts.map { $0.0 + String(repeating: " ", count: 12 - $0.0.count) + $0.1 }.joined(separator: "\n")]

    // The loss and the first metric of the parts that no fold was trained on.
    let heldOut = outcome.parts.filter { $0 != "train" }
    var folds = TextTable()
    let shown = heldOut.flatMap { part in outcome.summary(of: part).prefix(2).map { "\(part) \($0.name)" } }
    folds.add(["fold", "stopped", "steps", "best", "rows"] + shown)
    for fold in outcome.folds {
      let figures = heldOut.flatMap { part in fold.part(part)?.figures.prefix(2).map { fixed($0.value, 4) } ?? [] }
      folds.add(
        ["\(fold.fold)", reason(fold.stopReason), grouped(fold.steps), grouped(fold.bestStep), grouped(fold.part("train")?.rows ?? 0)]
          + figures)
    }
    parts.append(folds.text)

    var means = TextTable()
    let summaries = outcome.parts.map { outcome.summary(of: $0) }
    means.add(["mean +- deviation"] + outcome.parts)
    let baselines = outcome.parts.map { outcome.baseline(of: $0) }
    for (prefix, summaries) in [("", summaries), ("baseline ", baselines)] {
      for (index, figure) in (summaries.first ?? []).enumerated() {
        let cells = summaries.map { summary in
          index < summary.count
            ? summary[index].mean.map { "\(fixed($0, 4)) +- \(fixed(summary[index].deviation, 4))" } ?? "n/a" : "n/a"
        }
        means.add([prefix + figure.name] + cells)
      }
    }
    parts.append(means.text)
    if !outcome.checks.isEmpty { parts.append(expectations(outcome.checks)) }
    return parts.joined(separator: "\n\n")
  }

  /// The metrics of one or more datasets, a column each.
  static func table(_ evaluations: [(name: String, evaluation: Evaluation)]) -> String {
    var table = TextTable()
    table.add([""] + evaluations.map(\.name))
    let unit = evaluations.first.map { type(of: $0.evaluation.report).countName } ?? "rows"
    table.add([unit] + evaluations.map { grouped($0.evaluation.report.count) })
    for (index, figure) in (evaluations.first?.evaluation.figures ?? []).enumerated() {
      table.add([figure.name] + evaluations.map { fixed($0.evaluation.figures[index].value, 4) })
    }
    for (index, guess) in (evaluations.first?.evaluation.baseline?.figures ?? []).enumerated() {
      table.add(
        ["baseline \(guess.name)"]
          + evaluations.map { evaluation in
            let figures = evaluation.evaluation.baseline?.figures ?? []
            return index < figures.count ? fixed(figures[index].value, 4) : ""
          })
    }
    return table.text
  }

  /// A line for each class or label; nil for regression.
  static func classes(_ report: any Report, of name: String) -> String? {
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

  /// A line for each class, with the class that it is most often mistaken for.
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

  /// Whether a table of `count` classes or labels ends after line `index`, with a line that says so.
  private static func isCut(_ table: inout TextTable, after index: Int, of count: Int) -> Bool {
    guard index == 49, count > 50 else { return false }
    table.add(["... \(count - 50) more: see --json"])
    return true
  }

  /// The bounds in `expect`, and the metrics found.
  static func expectations(_ checks: [Expectation.Check]) -> String {
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

  private static func reason(_ reason: StopReason) -> String {
    switch reason {
    case .completed: "completed"
    case .earlyStopping: "early stopping"
    case .diverged: "DIVERGED"
    case .interrupted: "interrupted"
    }
  }

  private static func size(_ bytes: Int) -> String {
    bytes < 1_000_000 ? "\(fixed(Double(bytes) / 1000, 1)) kB" : "\(fixed(Double(bytes) / 1_000_000, 1)) MB"
  }

  private static func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")" }
}
