import TemperData
import TemperFiles
import TemperJSON

extension RunComparisons {
  /// Tables: the runs, then each against the first.
  public var text: String {
    var table = TextTable()
    table.add(["", "run", "state", "steps", "best"])
    for (index, run) in runs.enumerated() {
      let steps = [run.record?.steps, run.record?.bestStep].map { $0.map { grouped($0) } ?? "" }
      table.add([Self.name(index), run.path, run.record?.stateText ?? "model folder"] + steps)
    }
    return ([table.text] + comparisons.flatMap(\.blocks)).joined(separator: "\n\n")
  }
}

extension RunComparison {
  /// Flips that are listed; all of them are in the JSON.
  private static let shownFlips = 20
  /// Classes that are listed.
  private static let shownClasses = 50

  /// The comparison as blocks of lines.
  fileprivate var blocks: [String] {
    [
      heading, block("config", settings), block("data", data), environmentBlock, metricBlock, classBlock,
      rowBlock,
    ].compactMap { $0 }
  }

  /// The names, and what keeps their metrics from being compared.
  private var heading: String {
    let title = "\(otherName) against \(firstName)"
    if hasSameData == true { return title }
    let reason = hasSameData == false ? "the runs have different data" : "it is not recorded whether the runs have the same data"
    let rows =
      comparableSplits.first.map { "only the \($0.rawValue) rows are the same, so only their" } ?? "no rows are known to be the same, so no"
    return title + "\nnote: \(reason): \(rows) metrics are called better or worse"
  }

  private func block(_ title: String, _ differences: [Difference]) -> String {
    if differences.isEmpty { return "\(title): no differences" }
    var table = TextTable()
    table.add([title, firstName, otherName])
    for difference in differences { table.add([difference.name, cell(difference.first), cell(difference.other)]) }
    return table.text
  }

  /// A value in a table, shortened.
  private func cell(_ value: JSON?) -> String {
    let text = shown(value).printable()
    return text.count <= 40 ? text : text.prefix(18) + "..." + text.suffix(18)
  }

  private var environmentBlock: String {
    var lines = [
      first.manifest == nil || other.manifest == nil ? "environment: not recorded" : block("environment", environment)
    ]
    if environment.contains(where: { $0.name == "threads" }) { lines.append("note: results do not depend on the number of threads") }
    if hasSameWeights {
      lines.append("weights: the same bytes")
    } else if !bitReasons.isEmpty {
      lines.append("weights: not comparable bit for bit: " + bitReasons.joined(separator: "; "))
    } else if first.isFinished, other.isFinished {
      lines.append("weights: differ")
    }
    return lines.joined(separator: "\n")
  }

  private var metricBlock: String? {
    if metrics.isEmpty { return nil }
    let splits = DataSplit.allCases.map(\.rawValue).filter { split in metrics.contains { $0.parts.split == split } }
    var names: [String] = []
    for name in metrics.map(\.parts.name) where !names.contains(name) { names.append(name) }
    var table = TextTable()
    table.add(["metric"] + splits.flatMap { ["\($0) \(firstName)", otherName, "change", ""] })
    for name in names {
      let cells = splits.flatMap { split in
        let metric = metrics.first { $0.parts == (split, name) }
        let verdict = metric?.isBetter.map { $0 ? "better" : "worse" } ?? ""
        return [fixed(metric?.first, 4), fixed(metric?.other, 4), signed(metric?.difference, 4), verdict]
      }
      table.add([name] + cells)
    }
    var lines = [table.text]
    for (name, run) in [(firstName, first), (otherName, other)] where !run.isFinished {
      lines.append("note: \(name) has no final results: its metrics are those of its best evaluation")
    }
    if metrics.contains(where: \.isOfAnotherLoss) {
      lines.append("note: the runs have different losses, whose values cannot be compared; the other metrics can")
    }
    return lines.joined(separator: "\n")
  }

  private var classBlock: String? {
    if classes.isEmpty { return nil }
    var table = TextTable()
    let folds = max(first.results.count, other.results.count)
    let title = "class (\(split.rawValue)\(folds > 1 ? ", all \(folds) folds" : ""))"
    table.add([title, "rows"] + ClassChange.scores.flatMap { ["\($0.name) \(firstName)", otherName, "change"] })
    for change in classes.prefix(Self.shownClasses) {
      let cells = ClassChange.scores.flatMap { score in
        let (own, others) = (change.first.map(score.value), change.other.map(score.value))
        let difference: Double? = if let own, let others { others - own } else { nil }
        return [fixed(own, 3), fixed(others, 3), signed(difference, 3)]
      }
      table.add([change.name, grouped((change.first ?? change.other)?.support ?? 0)] + cells)
    }
    if classes.count > Self.shownClasses { table.add(["... \(classes.count - Self.shownClasses) more: see --json"]) }
    return table.text
  }

  private var rowBlock: String {
    let rows: RowComparison
    do { rows = try self.rows.get() } catch { return "rows: not compared: \(error.reason.printable())" }
    var lines: [String] = []
    if let flips = rows.flips {
      lines.append(
        "\(grouped(rows.count)) \(rows.split.rawValue) rows: \(grouped(rows.losses)) from right to wrong, "
          + "\(grouped(rows.gains)) from wrong to right")
      if !flips.isEmpty { lines.append(table(flips)) }
    } else {
      lines.append("\(grouped(rows.count)) \(rows.split.rawValue) \(first.task.target == nil ? "windows of text" : "rows")")
    }
    if let test = rows.test { lines.append(test.text(firstName, otherName)) }
    return lines.joined(separator: "\n")
  }

  private func table(_ flips: [RowComparison.Flip]) -> String {
    var table = TextTable()
    table.add(["row", "true", firstName, otherName, "\(otherName) is"])
    for flip in flips.prefix(Self.shownFlips) {
      table.add([
        flip.origin.text, flip.truth.printable(), flip.first.printable(), flip.other.printable(),
        flip.isGain ? "right" : "wrong",
      ])
    }
    if flips.count > Self.shownFlips { table.add(["... \(grouped(flips.count - Self.shownFlips)) more: see --json"]) }
    return table.text
  }
}

extension RowOutcomes.Origin {
  /// The file, relative to the working folder if it is below it, with the line or the number of the row, from 1.
  fileprivate var text: String {
    let folder = Paths.workingFolder + "/"
    let name = path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
    return name.printable() + (line.map { ":\($0)" } ?? " row \(row + 1)")
  }
}
