import TemperJSON
import TemperMetrics

/// The tables of a check: for terminals, and in Markdown for a pull request.
extension CheckResult {
  private static let header = ["config", "metric", "baseline", "now", "delta", "p", "verdict"]

  /// The cells of a case.
  private static func row(_ config: CheckedConfig, _ item: CheckCase) -> [String] {
    [
      config.label, item.metric, item.baseline?.text ?? "", item.now.text, item.delta.map { ($0 > 0 ? "+" : "") + differenceText($0) } ?? "",
      item.comparison?.pText ?? "", item.verdict.rawValue,
    ]
  }

  private func rows(where isShown: (CheckedConfig, CheckCase) -> Bool) -> [[String]] {
    configs.flatMap { config in config.cases.filter { isShown(config, $0) }.map { Self.row(config, $0) } }
  }

  private func failedRows(_ verdict: String) -> [[String]] {
    configs.flatMap { config in
      config.failedRuns.map { [config.label, "seed \($0.seed)", "", "", "", "", "\(verdict): \($0.failure ?? "")"] }
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

  /// The main metrics and whatever needs attention, as a table.
  public var text: String {
    var table = TextTable()
    table.add(Self.header)
    for row in rows(where: { $0.isProminent($1) }) + failedRows("FAILED") { table.add(row) }
    let explanations = configs.flatMap { config in
      config.cases.filter { !$0.hasFailed }.compactMap { item in item.explanation.map { "\(config.label): \(item.metric) \($0)" } }
    }
    return ([table.text, summary] + explanations).joined(separator: "\n")
  }

  /// The same in Markdown, with all other metrics in a part that is folded.
  public var markdown: String {
    func table(_ rows: [[String]]) -> String {
      let lines = [Self.header] + [Self.header.map { _ in "---" }] + rows.map { $0.map(Self.escaped) }
      return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
    var blocks = ["**temper check**: " + (status == .success ? "passed" : "failed") + ", \(summary)"]
    blocks.append(table(rows { $0.isProminent($1) } + failedRows("FAILED")))
    let remarks = configs.flatMap { config in
      config.cases.compactMap { item in item.explanation.map { "\(config.label): \(item.metric) \($0)" } }
    }
    let list = remarks + allNotes
    if !list.isEmpty { blocks.append(list.map { "- \(Self.escaped($0))" }.joined(separator: "\n")) }
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
