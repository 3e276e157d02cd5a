import TemperJSON
import TemperMetrics

/// The tables of a check: for terminals, and in Markdown for a pull request.
extension CheckResult {
  private static let header = ["config", "metric", "baseline", "now", "delta", "p", "verdict"]

  /// The cells of a case.
  private static func row(_ config: CheckedConfig, _ item: CheckCase) -> [String] {
    [
      config.label, item.metric, item.baseline?.text ?? "", item.now.text,
      item.delta.map { ($0 > 0 ? "+" : "") + differenceText($0) } ?? "",
      item.comparison?.pText ?? "", item.verdictText,
    ]
  }

  private func rows(where isShown: (CheckedConfig, CheckCase) -> Bool) -> [[String]] {
    configs.flatMap { config in config.cases.filter { isShown(config, $0) }.map { Self.row(config, $0) } }
  }

  private var failedRows: [[String]] {
    configs.flatMap { config in
      config.failedRuns.map { [config.label, "seed \($0.seed)", "", "", "", "", "FAILED: \($0.failure ?? "")"] }
        + config.warnedRuns.map { [config.label, "seed \($0.seed)", "", "", "", "", "WARNINGS"] }
    }
  }

  /// How many metrics have which result.
  private var summary: String {
    let cases = configs.flatMap(\.cases)
    let failed = cases.count(where: \.hasFailed)
    let runs = configs.flatMap(\.failedRuns).count
    return "\(ResultTable.counted(cases.count, "metric")) of \(ResultTable.counted(configs.count, "config")), \(failed) failed"
      + (runs > 0 ? "; \(ResultTable.counted(runs, "run")) failed" : "")
  }

  /// What the brackets behind a result mean.
  private static let legend =
    "(p): worse with p < \(MetricComparison.level); (min_delta): worse by more than min_delta; both, or min_delta alone without a p, are a regression"

  private var hasConditions: Bool { configs.contains { $0.cases.contains { $0.verdictText != $0.verdict.rawValue } } }

  /// The main metrics and whatever needs attention, as a table.
  public var text: String {
    var table = TextTable()
    table.add(Self.header)
    for row in rows(where: { $0.isProminent($1) }) + failedRows { table.add(row) }
    return ([table.text, summary] + (hasConditions ? [Self.legend] : [])).joined(separator: "\n")
  }

  /// The same in Markdown, with all other metrics in a part that is folded.
  public var markdown: String {
    func table(_ rows: [[String]]) -> String {
      let lines = [Self.header] + [Self.header.map { _ in "---" }] + rows.map { $0.map(Self.escaped) }
      return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
    if let interruption { return "**temper check**: \(Self.escaped(interruption))\n" }
    var blocks = ["**temper check**: " + (status == .success ? "passed" : "failed") + ", \(summary)"]
    blocks.append(table(rows { $0.isProminent($1) } + failedRows))
    if hasConditions { blocks.append(Self.escaped(Self.legend)) }
    let remarks = configs.flatMap(\.unmet) + allNotes
    if !remarks.isEmpty { blocks.append(remarks.map { "- \(Self.escaped($0))" }.joined(separator: "\n")) }
    let others = rows { !$0.isProminent($1) }
    if !others.isEmpty {
      blocks.append("<details><summary>\(ResultTable.counted(others.count, "other metric"))</summary>\n\n\(table(others))\n\n</details>")
    }
    return blocks.joined(separator: "\n\n") + "\n"
  }

  /// `text` on one line, with the characters that mean something in Markdown escaped.
  private static func escaped(_ text: String) -> String {
    text.printable().map { "\\`*_[]<>|&#~".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}
