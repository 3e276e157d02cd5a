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
    let split = runs.lazy.compactMap { $0.detailed?.split }.first ?? "validation"
    func metrics(_ run: ReportedRun) -> JSON? { run.evaluations.first { $0.split == split }?.metrics }
    var found: [String] = []
    for member in runs.compactMap(metrics).flatMap({ $0.members ?? [] }) where member.value.number != nil && !found.contains(member.name) {
      found.append(member.name)
    }
    let shown = Array(found.prefix(Self.mostMetrics))
    var table = HTMLTable(
      [("run", .text), ("state", .text), ("steps", .number), ("best step", .number)] + shown.map { ($0, .number) }
        + [("guard", .prose)])
    for (run, name) in zip(runs, names) {
      let best = run.results?["best_step"]?.integer ?? run.best.map { Int($0.step) }
      table.add(
        [name, run.state, run.steps.map(grouped) ?? "", best.map(grouped) ?? ""]
          + shown.map { metrics(run)?[$0]?.number.map { fixed($0, 4) } ?? "" } + [run.verdict.joined(separator: "; ")])
    }
    return "<p>Metrics are those of the \(split) rows.</p>\(table.markup())"
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
