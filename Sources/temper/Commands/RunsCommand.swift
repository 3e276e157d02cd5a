import ArgumentParser
import TemperJSON
import TemperTrain

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs with their metrics.",
    discussion: """
      Shows the loss and the first metric of the validation rows, which are the ones to compare runs by. Test metrics are shown on request, by \
      --metric test.accuracy or --json: once they choose the run, they no longer estimate its quality. Metrics of a cross-validation are means \
      over its folds.
      """)

  @Argument(help: ArgumentHelp("Folders with runs, or runs.", valueName: "folder"), completion: .directory)
  var folders = ["runs"]

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp("A metric to show instead, such as validation.macro_f1; repeatable.", valueName: "name"))
  var metric: [String] = []

  @Option(
    name: .long, help: ArgumentHelp("The metric to sort by, the best run first; by default runs are sorted by name.", valueName: "name"))
  var sort: String?

  @Flag(name: .long, help: "Print one JSON array with all metrics.")
  var json = false

  func validate() throws {
    for name in metric + [sort].compactMap({ $0 }) where RunRecord.better(name) == nil {
      throw ValidationError("\(name) is not a metric; metrics are named like validation.loss or test.accuracy")
    }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      var records: [RunRecord] = []
      for folder in folders { records += try RunRecord.all(in: folder) }
      if let sort { records = RunRecord.sorted(records, by: sort) }
      if json {
        Terminal.print(JSON.array(records.map(\.json)).serialized())
      } else if records.isEmpty {
        Terminal.note("no runs found in \(folders.joined(separator: ", "))")
      } else {
        Terminal.print(RunsTable.text(records, metrics: metric + [sort].compactMap { $0 }.filter { !metric.contains($0) }))
      }
      return .success
    }
  }
}

/// Runs as a table.
private enum RunsTable {
  static func text(_ records: [RunRecord], metrics: [String]) -> String {
    let shown = metrics.isEmpty ? headlines(of: records) : metrics
    var table = TextTable()
    table.add(["run", "state", "steps", "best"] + shown)
    for record in records {
      table.add(
        [record.path, record.stateText, record.steps.map(grouped) ?? "", record.bestStep.map(grouped) ?? ""]
          + shown.map { name in record.metrics.contains { $0.name == name } ? fixed(record.value(of: name), 4) : "" })
    }
    return table.text
  }

  private static func headlines(of records: [RunRecord]) -> [String] {
    var names: [String] = []
    for name in records.flatMap(\.headlines) where !names.contains(name) { names.append(name) }
    return names
  }
}
