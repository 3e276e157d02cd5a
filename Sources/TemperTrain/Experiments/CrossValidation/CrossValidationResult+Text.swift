import TemperJSON

extension CrossValidationResult {
  /// A table with a line per fold, then mean and standard deviation of every metric.
  public var text: String? {
    let facts: [(name: String, value: String)] = [
      ("run", directory), ("folds", "\(folds.count), in \(directory)/fold-1 and so on"),
      ("time", "\(fixed(seconds, 2)) s"),
    ]
    var blocks = [ResultTable.facts(facts)]

    // The loss and the next metric of each held-out split.
    let evaluated = parts.filter { $0 != "train" }
    var table = TextTable()
    let shown = evaluated.flatMap { part in summary(of: part).prefix(2).map { "\(part) \($0.name)" } }
    table.add(["fold", "stopped", "steps", "best", "rows"] + shown)
    for fold in folds {
      let metrics = evaluated.flatMap { part in fold.part(part)?.metrics.prefix(2).map { fixed($0.value, 4) } ?? [] }
      table.add(
        ["\(fold.fold)", fold.stopReason.words, grouped(fold.steps), grouped(fold.bestStep), grouped(fold.part("train")?.rows ?? 0)]
          + metrics)
    }
    blocks.append(table.text)

    var means = TextTable()
    let summaries = parts.map { summary(of: $0) }
    means.add(["mean +- deviation"] + parts)
    let baselines = parts.map { baseline(of: $0) }
    for (prefix, summaries) in [("", summaries), ("baseline ", baselines)] {
      for (index, metric) in (summaries.first ?? []).enumerated() {
        let cells = summaries.map { summary in
          index < summary.count
            ? summary[index].mean.map { "\(fixed($0, 4)) +- \(fixed(summary[index].deviation, 4))" } ?? "n/a" : "n/a"
        }
        means.add([prefix + metric.name] + cells)
      }
    }
    blocks.append(means.text)
    if !checks.isEmpty { blocks.append(ResultTable.expectations(checks)) }
    return blocks.joined(separator: "\n\n")
  }
}
