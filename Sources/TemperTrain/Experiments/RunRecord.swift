import Glibc
import TemperFiles
import TemperJSON
import TemperMetrics

/// The record of a run in its directory, read without loading data or model.
public struct RunRecord: Sendable {
  /// Its progress. The raw value is printed by `--json`.
  public enum State: String, Sendable {
    /// A process is writing to it.
    case running
    /// It was cut off without being asked to stop, and can be resumed.
    case broken
    /// It ended as ``StopReason`` says.
    case completed
    case earlyStopping = "early_stopping"
    case timeLimit = "time_limit"
    case diverged
    case interrupted
    /// Its files cannot be read.
    case damaged
  }

  /// The directory.
  public let path: String
  /// Its progress.
  public let state: State
  /// Several runs of an experiment.
  public struct Parts: Sendable {
    /// The kind of runs: `folds`.
    public let name: String
    /// How many have finished.
    public let ended: Int
    /// How many there are.
    public let count: Int

    /// Creates the record of `count` runs.
    public init(name: String, ended: Int, count: Int) {
      (self.name, self.ended, self.count) = (name, ended, count)
    }
  }

  /// The runs of an experiment of several; nil for one run.
  public let parts: Parts?
  /// A short description of the model; nil before the run has finished.
  public let model: String?
  /// Steps taken at the last evaluation.
  public let steps: Int?
  /// The step of the best evaluation.
  public let bestStep: Int?
  /// Metrics by full name, such as `validation.loss`: of the best weights as reported at the end, or of the best evaluation so far if
  /// the run is unfinished. For folds, the means.
  public let metrics: [(name: String, value: Double?)]
  /// The main metrics by full name: on the validation rows, or on the training rows if there are none.
  public var headlines: [String] {
    let names = task.map { Array($0.metrics.prefix(2)) } ?? []
    let part = metrics.contains { $0.name.hasPrefix("validation.") } ? "validation" : "train"
    return names.map { "\(part).\($0)" }
  }
  /// The task; nil if the config cannot be read.
  public let task: TaskDefinition?

  /// The runs in `folder`, by name; or the run in `folder` itself.
  public static func all(
    in folder: String, of experiments: [any Experiment.Type] = Experiments.all, components: Components = .standard
  ) throws(Diagnostics) -> [RunRecord] {
    if isRun(folder) { return [record(folder, experiments, components)] }
    guard Files.isFolder(folder) else {
      throw Diagnostics(.noRun, at: .wholeFile(path: folder), "is not a folder. Use a folder of runs, such as runs.")
    }
    return Files.names(in: folder).sorted().map { folder + "/" + $0 }.filter(isRun).map { record($0, experiments, components) }
  }

  private static func isRun(_ path: String) -> Bool { Files.exists(path + "/" + RunDirectory.resolvedName) }

  private static func record(_ path: String, _ experiments: [any Experiment.Type], _ components: Components) -> RunRecord {
    let directory = RecordedDirectory(path, components)
    let kind = Experiments.kind(of: path, among: experiments) ?? Single.self
    return kind.record(of: directory)
  }

  /// The record of `directory`: whatever `state` was left in it, it is running if a process writes to it. `metrics` has an object per
  /// split.
  public init(
    _ directory: RecordedDirectory, _ state: State, parts: Parts?, model: String? = nil, steps: Int? = nil, bestStep: Int? = nil,
    metrics: JSON?
  ) {
    (path, task, self.parts, self.model) = (directory.path, directory.task, parts, model)
    (self.steps, self.bestStep, self.metrics) = (steps, bestStep, Self.metrics(metrics))
    self.state = directory.isRunning ? .running : state
  }

  /// The metrics in `json`, which has an object per split.
  static func metrics(_ json: JSON?) -> [(name: String, value: Double?)] {
    FoldResult.partNames.flatMap { part in
      (json?[part]?.members ?? []).compactMap { member in
        member.value.number.map { ("\(part).\(member.name)", $0) } ?? (member.value.isNull ? ("\(part).\(member.name)", nil) : nil)
      }
    }
  }

  /// The value of the metric called `name`; nil if the run has none.
  public func value(of name: String) -> Double? { metrics.first { $0.name == name }?.value }

  /// The form in `--json`.
  public var json: JSON {
    let counts: [(String, JSON)] =
      parts.map { [("\($0.name)_ended", .integer($0.ended)), ($0.name, .integer($0.count))] }
      ?? [("steps", steps.map { .integer($0) } ?? .null), ("best_step", bestStep.map { .integer($0) } ?? .null)]
    return .object(
      [("run", .string(path)), ("state", .string(state.rawValue)), ("model", model.map { .string($0) } ?? .null)] + counts + [
        ("metrics", .object(metrics.map { ($0.name, .number($0.value)) }))
      ])
  }
}

/// The directory of a run on disk.
public struct RecordedDirectory: Sendable {
  /// Its path.
  public let path: String
  /// The config with every default filled in; nil if it cannot be read.
  public let resolved: JSON?
  /// Whether a process is writing to it.
  let isRunning: Bool
  /// The components that the config may name.
  private let components: Components

  init(_ path: String, _ components: Components) {
    (self.path, self.components) = (path, components)
    resolved = Self.json(path + "/" + RunDirectory.resolvedName)
    isRunning = RunDirectory.isLocked(path)
  }

  /// The task; nil if the config cannot be read.
  var task: TaskDefinition? { resolved?["task"]?.string.flatMap { components.task($0) } }

  /// The content of one of its files; nil if it cannot be read.
  public func json(_ name: String) -> JSON? { Self.json(path + "/" + name) }

  private static func json(_ path: String) -> JSON? {
    try? JSON(reading: path)
  }
}

extension RunRecord {
  /// The direction of the metric called `name`, such as `validation.loss`; nil if there is no such metric.
  public static func better(_ name: String) -> Metric.Direction? {
    guard let part = name.split(separator: ".", maxSplits: 1).first, FoldResult.partNames.contains(String(part)) else { return nil }
    return Metric.named(name)?.better
  }

  /// `records` sorted by the metric called `name`, best first, those without it last.
  public static func sorted(_ records: [RunRecord], by name: String) -> [RunRecord] {
    guard let better = better(name) else { return records }
    let sign = better == .lower ? 1.0 : -1
    return records.enumerated().sorted { a, b in
      let (x, y) = (a.element.value(of: name).map { $0 * sign } ?? .infinity, b.element.value(of: name).map { $0 * sign } ?? .infinity)
      return x < y || (x == y && a.offset < b.offset)
    }.map(\.element)
  }
}
