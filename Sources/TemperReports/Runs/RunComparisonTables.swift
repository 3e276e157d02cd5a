import TemperJSON
import TemperTrain

/// The tables that compare several runs.
struct RunComparisonTables {
  private let runs: [ReportedRun]
  private let names: [String]
  private static let mostMetrics = 4

  init(_ runs: [ReportedRun], _ names: [String]) { (self.runs, self.names) = (runs, names) }

  /// How each run ended, with its metrics on the split that the first run shows.
  var results: Markup {
    let split = runs.compactMap { $0.detailed?.split }.first ?? "validation"
    let shown = shownMetrics(split)
    var columns: [(String, HTMLTable.Column)] = [("run", .text), ("state", .text), ("steps", .number), ("best step", .number)]
    for name in shown { columns.append((name, .number)) }
    columns.append(("guard", .prose))
    var table = HTMLTable(columns)
    for (index, run) in runs.enumerated() { table.add(row(run, names[index], shown, split)) }
    return "<p>Metrics are those of the \(split) rows.</p>\(table.markup())"
  }

  private func row(_ run: ReportedRun, _ name: String, _ shown: [String], _ split: String) -> [String] {
    var cells = [name, run.state, Self.grouped(run.steps), Self.grouped(Self.bestStep(run))]
    let values = Self.metrics(run, split)
    for name in shown {
      if let value = values?[name]?.number { cells.append(fixed(value, 4)) } else { cells.append("") }
    }
    cells.append(run.verdict.joined(separator: "; "))
    return cells
  }

  private static func grouped(_ count: Int?) -> String { if let count { TemperJSON.grouped(count) } else { "" } }

  private static func bestStep(_ run: ReportedRun) -> Int? {
    if let step = run.results?["best_step"]?.integer { return step }
    guard let best = run.best else { return nil }
    return Int(best.step)
  }

  private static func metrics(_ run: ReportedRun, _ split: String) -> JSON? { run.evaluations.first { $0.split == split }?.metrics }

  /// The first few numbers among the metrics of the runs.
  private func shownMetrics(_ split: String) -> [String] {
    var found: [String] = []
    for run in runs {
      for member in Self.metrics(run, split)?.members ?? [] where member.value.number != nil && !found.contains(member.name) {
        found.append(member.name)
      }
    }
    return Array(found.prefix(Self.mostMetrics))
  }

  /// The settings in which the runs differ.
  var settings: Markup {
    var keys: [String] = []
    for run in runs.dropFirst() {
      for difference in Difference.settings(runs[0].resolved, run.resolved) where !keys.contains(difference.name) {
        keys.append(difference.name)
      }
    }
    if keys.isEmpty { return "<p>There are none.</p>" }
    var table = HTMLTable([("key", .text)] + names.map { ($0, .text) })
    for key in keys.prefix(200) {
      table.add([key] + runs.map { $0.resolved.value(at: key).map { $0.string ?? $0.serialized() } ?? "" })
    }
    return table.markup(leftOut: keys.count - 200, of: "keys")
  }
}
