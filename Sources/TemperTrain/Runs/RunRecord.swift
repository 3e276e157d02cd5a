import Glibc
import TemperData
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
  /// The folds that have ended, and how many there are; nil without folds.
  public let folds: (ended: Int, count: Int)?
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
  public static func all(in folder: String, components: Components = .standard) throws(Diagnostics) -> [RunRecord] {
    if isRun(folder) { return [RunRecord(of: folder, components)] }
    guard Files.isFolder(folder) else {
      throw Diagnostics(.noRun, at: .wholeFile(path: folder), "is no folder. Name one with runs, such as runs.")
    }
    return Files.names(in: folder).sorted().map { folder + "/" + $0 }.filter(isRun).map { RunRecord(of: $0, components) }
  }

  private static func isRun(_ path: String) -> Bool { Files.exists(path + "/" + RunDirectory.resolvedName) }

  private init(of path: String, _ components: Components) {
    self.path = path
    func json(_ name: String) -> JSON? {
      (try? FileBytes(reading: path + "/" + name)).flatMap { file in try? JSON.parse(file.bytes, path: file.name) }
    }
    let resolved = json(RunDirectory.resolvedName)
    task = resolved?["task"]?.string.flatMap { components.task($0) }
    let isRunning = RunDirectory.isLocked(path)
    if let summary = json(CrossValidation.resultName) {
      let ended = summary["folds"]?.array ?? []
      let count = (try? CrossValidation.count(of: path)) ?? ended.count
      folds = (ended.count, count)
      (model, steps, bestStep) = (nil, nil, nil)
      figures = Self.figures(summary["mean"])
      let reasons = ended.compactMap { $0["stop_reason"]?.string.flatMap(State.init(rawValue:)) }
      state = isRunning ? .running : ended.count < count ? .interrupted : reasons.contains(.diverged) ? .diverged : .completed
      return
    }
    folds = nil
    let results = json(RunDirectory.resultsName)
    let lines = try? RunDirectory.evaluations(of: path)
    let best = lines?.last { $0["best"]?.bool == true } ?? lines?.last
    model = results?["model"]?["type"]?.string
    steps = results?["steps"]?.integer ?? lines?.last?["step"]?.integer
    bestStep = results?["best_step"]?.integer ?? best?["step"]?.integer
    figures = Self.figures(results ?? best)
    let reason = json(RunDirectory.manifestName).flatMap { $0["stop_reason"] }
    state =
      isRunning
      ? .running
      : reason == nil || lines == nil || resolved == nil ? .damaged : reason?.string.flatMap(State.init(rawValue:)) ?? .broken
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
      folds.map { [("folds_ended", .integer($0.ended)), ("folds", .integer($0.count))] }
      ?? [("steps", steps.map { .integer($0) } ?? .null), ("best_step", bestStep.map { .integer($0) } ?? .null)]
    return .object(
      [("run", .string(path)), ("state", .string(state.rawValue)), ("model", model.map { .string($0) } ?? .null)] + counts + [
        ("figures", .object(figures.map { ($0.name, .number($0.value)) }))
      ])
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
