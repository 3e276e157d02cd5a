import TemperFiles
import TemperJSON
import TemperMetrics
import TemperTrain

/// A run as a page tells of it: what the files in its directory say. A file that is missing or damaged is left out.
struct ReportedRun {
  /// The path as given.
  let path: String
  /// The config with every default filled in.
  let resolved: JSON
  /// manifest.json, results.json and guard.json.
  let (manifest, results, ledger): (JSON?, JSON?, JSON?)
  /// The courses of all numbers of metrics.jsonl and of timing.jsonl.
  let (metrics, timing): (LineScan?, LineScan?)
  /// Whether a process writes to it.
  let isRunning: Bool
  /// The summary of an experiment of several runs.
  let summary: JSON?
  /// The runs of an experiment of several, such as the folds of a cross-validation.
  let parts: [ReportedRun]

  /// Reads the run in `path`. Throws if there is none.
  init(reading path: String) throws(Diagnostics) {
    guard Files.exists(path + "/" + RunDirectory.resolvedName) else { throw RunDirectory.noRun(path) }
    self.path = path
    func json(_ name: String) -> JSON? { Files.exists(path + "/" + name) ? try? JSON(reading: path + "/" + name) : nil }
    func scan(_ name: String) -> LineScan? {
      Files.exists(path + "/" + name) ? (try? FileBytes(reading: path + "/" + name)).map { LineScan($0) } : nil
    }
    resolved = json(RunDirectory.resolvedName) ?? .null
    (manifest, results, ledger) = (json(RunDirectory.manifestName), json(RunDirectory.resultsName), json(RunDirectory.guardName))
    (metrics, timing) = (scan(RunDirectory.metricsName), scan(RunDirectory.timingName))
    isRunning = RunDirectory.isLocked(path)
    let mark = Experiments.kind(of: path)?.mark
    summary = mark.flatMap(json)
    let folders = mark == nil ? [] : Self.folders(in: path)
    parts = try folders.map { folder throws(Diagnostics) in try ReportedRun(reading: folder) }
  }

  /// The runs in `path`, `fold-2` before `fold-10`.
  private static func folders(in path: String) -> [String] {
    let names = Files.names(in: path).filter { Files.exists("\(path)/\($0)/\(RunDirectory.resolvedName)") }
    return names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }.map { path + "/" + $0 }
  }

  /// Its name.
  var name: String { resolved["name"]?.string ?? path.split(separator: "/").last.map(String.init) ?? path }

  /// Its task, such as `classification`.
  var task: String { resolved["task"]?.string ?? "unknown" }

  /// How it ended, or that it has not.
  var state: String {
    if isRunning { return "running" }
    let reason = (results ?? manifest)?["stop_reason"]?.string
    if let reason { return StopReason(rawValue: reason).map { $0 == .diverged ? "diverged" : $0.words } ?? reason }
    if let summary { return summary["folds"]?.array?.count == parts.count ? "completed" : "interrupted" }
    return "cut off"
  }

  /// The error that ended it; nil without one.
  var error: String? { results?["error"]?.string }

  /// The steps that it took.
  var steps: Int? { results?["steps"]?.integer ?? metrics?.lastStep.map { Int($0) } }

  /// The metric that decides which evaluation is best.
  var monitor: String { ledger?["monitor"]?.string ?? resolved["early_stopping"]?["monitor"]?.string ?? "validation.loss" }

  /// The best evaluation after the first step by the monitored metric; nil without one.
  var best: (step: Double, value: Double)? {
    if let best = ledger?["best"], let step = best["step"]?.number, let value = best["value"]?.number { return (step, value) }
    let course = metrics?.series.first { $0.path.joined(separator: ".") == monitor }
    let points = (course?.values.points ?? []).filter { $0.x > 0 }
    let isHigher =
      switch resolved["early_stopping"]?["mode"]?.string {
      case "max": true
      case "min": false
      default: Metric.named(monitor)?.higherIsBetter ?? false
      }
    guard let best = isHigher ? points.max(by: { $0.y < $1.y }) : points.min(by: { $0.y < $1.y }) else { return nil }
    return (best.x, best.y)
  }

  /// The splits that it was evaluated on at the end, with their metrics; those of an experiment are means.
  var evaluations: [(split: String, metrics: JSON)] {
    let source = results ?? summary?["mean"]
    return ["train", "validation", "test"].compactMap { split in
      guard let metrics = source?[split], metrics.members != nil else { return nil }
      return (split, metrics)
    }
  }

  /// The evaluation that shows best what the model does wrong: on the validation rows, where there are some.
  var detailed: (split: String, metrics: JSON)? {
    ["validation", "test", "train"].lazy.compactMap { split in evaluations.first { $0.split == split } }.first
  }

  /// What guard.json says in words; of an experiment, of each of its runs.
  var verdict: [String] {
    let own = (ledger?["verdict"]?.array ?? []).compactMap(\.string) + (ledger?["breaches"]?.array ?? []).compactMap(\.string)
    let isCalm = !parts.isEmpty && parts.allSatisfy { $0.verdict == [Self.noSign] }
    return own + (isCalm ? [Self.noSign] : [])
      + parts.flatMap { part in part.verdict.filter { $0 != Self.noSign }.map { "\(part.name): \($0)" } }
  }

  /// What a verdict says that has nothing to say.
  static let noSign = "no sign of burn-in"
}
