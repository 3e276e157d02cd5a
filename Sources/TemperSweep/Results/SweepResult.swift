import Glibc
import TemperFiles
import TemperJSON
import TemperMetrics
import TemperSearch
import TemperStudies
import TemperTrain

/// What a sweep has found: its trials from the best on, what decides, whether the winner is better than chance, and the winner's own run.
public struct SweepResult {
  let setup: StudySetup
  /// The trials, by number.
  let trials: [StoredTrial]
  /// The same for samplers.
  let searched: [Trial]
  /// Whether it was interrupted.
  public let isInterrupted: Bool
  /// Why it stopped before its budget was used; nil if it did not.
  public let stopped: String?
  /// The run of the winner, with its test metrics; nil before it was trained.
  public private(set) var winner: (any RunResult)?

  var plan: SweepPlan { setup.plan }
  var directory: String { plan.directory }

  init(_ setup: StudySetup, interrupted: Bool) throws(Diagnostics) {
    self.setup = setup
    (trials, searched, isInterrupted) = (try setup.study.trials(), try setup.study.searchTrials(), interrupted)
    stopped = try setup.study.userAttribute(SweepAttribute.stop)?.string
  }

  /// The number of trials in `state`.
  func count(_ state: Trial.State) -> Int { searched.count { $0.state == state } }

  /// Complete trials, the best first: by the first objective, or with two by their rank among each other and then by the first. Those that violate
  /// a constraint come last; trials of other programs that are not of the space are left out.
  var ranking: [Trial] {
    let complete = searched.filter { $0.state == .complete && plan.fits($0) }
    let directions = plan.sweep.objective.goals.map(\.direction)
    func loss(_ trial: Trial) -> [Double] { zip(trial.values, directions).map { $1.loss($0) } }
    let ranks = directions.count > 1 ? ParetoOrder.ranks(complete.map(loss)) : complete.map { _ in 0 }
    return zip(complete, ranks).sorted { first, second in
      let (a, b) = (first.0, second.0)
      if a.isFeasible != b.isFeasible { return a.isFeasible }
      if first.1 != second.1 { return first.1 < second.1 }
      let (own, other) = (loss(a)[0], loss(b)[0])
      return own != other ? own < other : a.number < b.number
    }.map(\.0)
  }

  /// The best trial that meets the constraints; nil without one.
  var best: Trial? { ranking.first.flatMap { $0.isFeasible ? $0 : nil } }

  /// Writes the files of the result and trains the winner, so that it has a model and is evaluated on the test rows.
  func finished(
    _ arguments: [String], _ isInterrupted: @escaping @Sendable () -> Bool
  ) throws(Diagnostics) -> SweepResult {
    // Of two sweeps in one folder the second finds the winner of the first, and trains it no second time.
    var lock = try FolderLock(directory)
    while lock == nil {
      if isInterrupted() { return try SweepResult(setup, interrupted: true) }
      usleep(100_000)
      lock = try FolderLock(directory)
    }
    defer { withExtendedLifetime(lock) {} }
    try writeFiles()
    if best == nil {
      // The winner of an earlier study would be taken for that of this one.
      for name in ["best.json", "best"] { try Files.remove(directory + "/" + name) }
      return self
    }
    var result = self
    let name = "best"
    let file = try ConfigFile(
      path: directory + "/best.json",
      overrides: ["name=\"\(name)\"", "output_dir=\(JSON.string(directory).serialized())"])
    let path = directory + "/" + name
    let existing: Runner.Existing = isTrained(file, in: path) ? .resume : Files.exists(path) ? .replace : .refuse
    result.winner = try Runner.run(file, options: .init(existing: existing, arguments: arguments, isInterrupted: isInterrupted))
    return result
  }

  /// Whether the run in `path` is of the same config and data.
  private func isTrained(_ file: ConfigFile, in path: String) -> Bool {
    guard var recorded = try? JSON(reading: path + "/" + RunDirectory.resolvedName), RunRecord.dataHashes(of: path) == setup.data else {
      return false
    }
    var wanted = file.resolved
    for key in ["threads", "early_stopping"] {
      try? recorded.remove(key: key)
      try? wanted.remove(key: key)
    }
    return recorded == wanted
  }

  /// The config of the winner: runnable anywhere, without a name and a folder.
  func winnerConfig() throws(Diagnostics) -> JSON? {
    guard let best else { return nil }
    return try plan.file.winner(plan.changes(best.parameters))
  }

  /// The exit status of the command.
  public var status: ExitStatus {
    if isInterrupted || winner?.interruption != nil { return .interrupted }
    if let winner, winner.status != .success { return winner.status }
    if best == nil, count(.complete) > 0 { return .expectation }
    return count(.failed) > 0 ? .failedRuns : .success
  }
}
