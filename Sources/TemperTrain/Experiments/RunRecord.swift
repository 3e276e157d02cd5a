import Glibc
import TemperFiles
import TemperJSON
import TemperMetrics

/// What the directory of a run says of it, without its data and its model being read.
public struct RunRecord: Sendable {
  /// How far it is. The raw value is what `--json` says.
  public enum State: String, Sendable {
    /// A process is writing to it.
    case running
    /// It ended without being told to, and can be resumed.
    case broken
    /// It ended as ``StopReason`` says.
    case completed
    case earlyStopping = "early_stopping"
    case diverged
    case interrupted
    /// Its files cannot be read.
    case damaged
  }

  /// The directory.
  public let path: String
  /// How far it is.
  public let state: State
  /// Several runs that belong together.
  public struct Parts: Sendable {
    /// What they are: `folds`.
    public let name: String
    /// How many have ended.
    public let ended: Int
    /// How many there are.
    public let count: Int

    /// So many of `count`.
    public init(name: String, ended: Int, count: Int) {
      (self.name, self.ended, self.count) = (name, ended, count)
    }
  }

  /// The runs of an experiment of several; nil of one run.
  public let parts: Parts?
  /// The model in a few words; nil before the run has ended.
  public let model: String?
  /// Steps taken at the last evaluation, and at the best.
  public let steps: Int?
  /// The step of the best evaluation.
  public let bestStep: Int?
  /// Each figure by its full name, such as `validation.loss`: of the best weights, as the run reported them at its end; while there is no end,
  /// those of the best evaluation so far. Of folds, the means.
  public let figures: [(name: String, value: Double?)]
  /// The figures to look at first, by their full names: of the validation rows, or of the training rows where there are no others.
  public var headlines: [String] {
    let names = task.map { Array($0.metrics.prefix(2)) } ?? []
    let part = figures.contains { $0.name.hasPrefix("validation.") } ? "validation" : "train"
    return names.map { "\(part).\($0)" }
  }
  /// What was learned; nil where the config cannot be read.
  public let task: TaskDefinition?

  /// The runs in `folder`, by name; or the run that `folder` itself is.
  public static func all(
    in folder: String, of experiments: [any Experiment.Type] = Experiments.all, components: Components = .standard
  ) throws(Diagnostics) -> [RunRecord] {
    if isRun(folder) { return [record(folder, experiments, components)] }
    guard Files.isFolder(folder) else {
      throw Diagnostics(.noRun, at: .wholeFile(path: folder), "is no folder. Name one with runs, such as runs.")
    }
    return Files.names(in: folder).sorted().map { folder + "/" + $0 }.filter(isRun).map { record($0, experiments, components) }
  }

  private static func isRun(_ path: String) -> Bool { Files.exists(path + "/" + RunDirectory.resolvedName) }

  private static func record(_ path: String, _ experiments: [any Experiment.Type], _ components: Components) -> RunRecord {
    let directory = RecordedDirectory(path, components)
    let kind = experiments.first { $0.mark.map { Files.exists(path + "/" + $0) } ?? false } ?? Single.self
    return kind.record(of: directory)
  }

  /// What `directory` says: whatever the `state` it was left in, one that is written to is running. `figures` has an object for each part of
  /// the data.
  public init(
    _ directory: RecordedDirectory, _ state: State, parts: Parts?, model: String? = nil, steps: Int? = nil, bestStep: Int? = nil,
    figures: JSON?
  ) {
    (path, task, self.parts, self.model) = (directory.path, directory.task, parts, model)
    (self.steps, self.bestStep, self.figures) = (steps, bestStep, Self.figures(figures))
    self.state = directory.isRunning ? .running : state
  }

  /// The numbers of the parts of `json`.
  private static func figures(_ json: JSON?) -> [(name: String, value: Double?)] {
    FoldResult.partNames.flatMap { part in
      (json?[part]?.members ?? []).compactMap { member in
        member.value.number.map { ("\(part).\(member.name)", $0) } ?? (member.value.isNull ? ("\(part).\(member.name)", nil) : nil)
      }
    }
  }

  /// The value of the figure called `name`; nil where the run has none.
  public func value(of name: String) -> Double? { figures.first { $0.name == name }?.value }

  /// As `--json` prints it.
  public var json: JSON {
    let counts: [(String, JSON)] =
      parts.map { [("\($0.name)_ended", .integer($0.ended)), ($0.name, .integer($0.count))] }
      ?? [("steps", steps.map { .integer($0) } ?? .null), ("best_step", bestStep.map { .integer($0) } ?? .null)]
    return .object(
      [("run", .string(path)), ("state", .string(state.rawValue)), ("model", model.map { .string($0) } ?? .null)] + counts + [
        ("figures", .object(figures.map { ($0.name, .number($0.value)) }))
      ])
  }
}

/// The directory of a run as it lies on the disk.
public struct RecordedDirectory: Sendable {
  /// Where it is.
  public let path: String
  /// The config with every default filled in; nil where it cannot be read.
  public let resolved: JSON?
  /// Whether a process is writing to it.
  let isRunning: Bool
  /// What the config may name.
  private let components: Components

  init(_ path: String, _ components: Components) {
    (self.path, self.components) = (path, components)
    resolved = Self.json(path + "/" + RunDirectory.resolvedName)
    isRunning = RunDirectory.isLocked(path)
  }

  /// What was learned; nil where the config cannot be read.
  var task: TaskDefinition? { resolved?["task"]?.string.flatMap { components.task($0) } }

  /// What a file of it says; nil where it cannot be read.
  public func json(_ name: String) -> JSON? { Self.json(path + "/" + name) }

  private static func json(_ path: String) -> JSON? {
    (try? FileBytes(reading: path)).flatMap { file in try? JSON.parse(file.bytes, path: file.name) }
  }
}

extension RunRecord {
  /// Which values of the figure called `name`, such as `validation.loss`, are better; nil where there is no such figure.
  public static func better(_ name: String) -> Metric.Direction? {
    guard let part = name.split(separator: ".", maxSplits: 1).first, FoldResult.partNames.contains(String(part)) else { return nil }
    return Metric.named(name)?.better
  }

  /// `records` by the figure called `name`, the best first, those without it last.
  public static func sorted(_ records: [RunRecord], by name: String) -> [RunRecord] {
    guard let better = better(name) else { return records }
    let sign = better == .lower ? 1.0 : -1
    return records.enumerated().sorted { a, b in
      let (x, y) = (a.element.value(of: name).map { $0 * sign } ?? .infinity, b.element.value(of: name).map { $0 * sign } ?? .infinity)
      return x < y || (x == y && a.offset < b.offset)
    }.map(\.element)
  }
}
