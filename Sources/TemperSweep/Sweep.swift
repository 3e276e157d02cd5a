import TemperFiles
import TemperJSON
import TemperSearch
import TemperStudies
import TemperTrain

/// A hyperparameter search: workers in processes of their own take trials from a study, and the best one is trained again, evaluated on the test rows, and
/// compared with the runner-up.
public struct Sweep {
  /// What to do with a sweep of the same name.
  public enum Existing: Sendable {
    /// Continue it; begin one if there is none.
    case continued
    /// Continue it; an error if there is none.
    case resume
    /// Remove it, and start over.
    case replace
  }

  /// How to run a sweep, besides its config.
  public struct Options: Sendable {
    /// What to do with a sweep of the same name.
    public var existing = Existing.continued
    /// Whether the first failed trial ends it.
    public var failsFast = false
    /// The file of the study; nil for sweep.db in the sweep's directory.
    public var storage: String?
    /// The name of the study; nil for that of the config.
    public var study: String?
    /// The journal mode of the storage; nil for that of the file.
    public var journal: JournalMode?
    /// The command line, for the manifest of the winner's run.
    public var arguments: [String] = []

    /// The defaults.
    public init() {}
  }

  private let setup: StudySetup
  private let options: Options
  private let jobs: Int
  private var plan: SweepPlan { setup.plan }
  private var study: Study { setup.study }

  /// Checks the config and its data, and opens the study. Throws all errors in them.
  public init(_ file: ConfigFile, _ options: Options) throws(Diagnostics) {
    let plan = try SweepPlan(file)
    self.options = options
    let storage = options.storage ?? plan.storage
    let (folder, isThere) = (plan.directory, Files.exists(storage))
    let isOther = Files.exists(folder) && options.storage == nil && !isThere && !Files.names(in: folder).isEmpty
    let isSweep = isThere || Files.exists(Self.log(0, in: folder))
    if isOther, !isSweep || options.existing != .replace {
      throw Diagnostics(
        .runExists, at: .wholeFile(path: folder),
        isSweep
          ? "has no sweep.db any more, so its sweep cannot be continued. Use --overwrite to start over, or another --name."
          : "exists, and no sweep has made it, so it is not touched. Use another --name.")
    }
    if options.existing == .resume, !isThere {
      throw Diagnostics(.noRun, at: .wholeFile(path: folder), "has no sweep to resume. Begin one without --resume.")
    }
    if options.existing == .replace, options.storage != nil {
      throw Diagnostics(
        .invalidValue, at: .option("--overwrite"), "removes no storage that --storage names; remove the file, or use another --study")
    }
    if options.existing == .replace, isSweep { try Self.remove(plan) }
    setup = try StudySetup(
      plan, storage: storage, study: options.study, mayBegin: options.existing != .resume, journal: options.journal)
    let limit = plan.sweep.isAdaptive ? plan.sweep.lag : Int.max
    jobs = max(1, min(plan.sweep.jobs ?? Machine.processors, limit, plan.sweep.trials))
    try study.setAttribute(.null, SweepAttribute.stop)
    try study.setAttribute(.integer(study.trials().count), SweepAttribute.since)
  }

  /// Removes a sweep, unless workers are at it.
  private static func remove(_ plan: SweepPlan) throws(Diagnostics) {
    let workers = WorkerLock.folder(besides: plan.storage)
    WorkerLock.removeDead(in: workers)
    if Files.names(in: workers).contains(where: { $0.hasSuffix(".lock") }) {
      throw Diagnostics(
        .runLocked, at: .wholeFile(path: plan.directory), "another sweep is at work here. Wait for it, or use another --name.")
    }
    try Files.remove(plan.directory)
  }

  /// What was decided, a line each.
  public var notes: [String] { setup.notes }
  /// Warnings about the config and its data.
  public var warnings: [Warning] { setup.warnings }
  /// The storage, as workers take it.
  public var storage: String { "sqlite:///" + Paths.absolute(study.path) }

  /// Runs the trials that are left, reporting to `progress` whenever one ends and some times a second, and then the best one.
  public func run(
    isInterrupted: @escaping @Sendable () -> Bool, progress: (SweepProgress) -> Void
  ) throws(Diagnostics) -> SweepResult {
    Interruptions.mayEndAtOnce(false)
    let watch = ProgressWatch(setup, jobs: jobs)
    var crashes = 0
    while !isInterrupted(), try !isFinished() {
      var hasCrashed = false
      try work(isInterrupted: isInterrupted, watch, progress) { ending in
        if ending != .exited(ExitStatus.success.rawValue), ending != .exited(ExitStatus.interrupted.rawValue) { hasCrashed = true }
      }
      if !hasCrashed { break }
      crashes += 1
      // Each trial is given up after some attempts, so this ends; workers that cannot even start would not.
      if crashes > 3 * plan.sweep.trials + 3 { break }
      if try study.trials().isEmpty, crashes > 2 { throw workerFailure }
    }
    WorkerLock.removeDead(in: WorkerLock.folder(besides: study.path))
    try watch.update(progress, isLast: true)
    if isInterrupted() { return try SweepResult(setup, interrupted: true) }
    return try SweepResult(setup, interrupted: false).finished(options.arguments, isInterrupted)
  }

  /// Whether no trial is left: none runs, and none can begin.
  private func isFinished() throws(Diagnostics) -> Bool {
    let trials = try study.trials()
    return trials.count >= plan.sweep.trials && !trials.contains { $0.state == .running && $0.worker != nil || $0.state == .waiting }
  }

  private func log(_ worker: Int) -> String { Self.log(worker, in: plan.directory) }

  private static func log(_ worker: Int, in folder: String) -> String { folder + "/workers/worker-\(worker).log" }

  private var workerFailure: Diagnostics {
    Diagnostics(
      .cannotStart, at: .wholeFile(path: log(0)), "the workers end at once: \(ChildProcess.firstError(in: log(0)) ?? "see this file")")
  }

  private func work(
    isInterrupted: () -> Bool, _ watch: ProgressWatch, _ progress: (SweepProgress) -> Void,
    ended: (ChildProcess.Ending) -> Void
  ) throws(Diagnostics) {
    try Files.makeFolder(plan.directory + "/workers")
    let threads = plan.file.config.threads ?? max(1, Machine.processors / jobs)
    let commands = (0..<jobs).map { worker in
      ChildProcess.Command(
        ["sweep", "worker", "--storage", "sqlite:///" + Paths.absolute(study.path), "--study", study.name, "--threads", "\(threads)"]
          + (options.failsFast ? ["--fail-fast"] : []), output: "/dev/null", errors: log(worker))
    }
    var problem: Diagnostics?
    try ChildProcess.run(
      commands, jobs: jobs,
      isInterrupted: {
        do throws(Diagnostics) { try watch.update(progress) } catch { problem = error }
        return problem != nil || isInterrupted()
      }
    ) { _, ending in ended(ending) }
    if let problem { throw problem }
  }
}
