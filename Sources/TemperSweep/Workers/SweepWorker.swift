import Glibc
import TemperFiles
import TemperJSON
import TemperSearch
import TemperStudies
import TemperTrain

/// A process that takes one trial of a study after another, until there is none left. Workers know of each other by the study alone, so any number
/// of them may share it, on one machine or on several.
public final class SweepWorker {
  /// Why a worker ended.
  public enum Ending: Sendable {
    /// No trial is left to begin.
    case finished
    /// It was asked to end; its trial is continued by whichever worker comes next.
    case interrupted
  }

  private let plan: SweepPlan
  private let study: Study
  private let data: [String]
  private let failsFast: Bool
  private let runner: TrialRunner
  private let lock: WorkerLock
  private let isInterrupted: @Sendable () -> Bool
  private let finishedTrials: FinishedTrials

  /// A worker for the study that `setup` opened, with so many threads for each run.
  public init(
    _ setup: StudySetup, threads: Int, failsFast: Bool, isInterrupted: @escaping @Sendable () -> Bool
  ) throws(Diagnostics) {
    (plan, study, data) = (setup.plan, setup.study, setup.data)
    (self.failsFast, self.isInterrupted) = (failsFast, isInterrupted)
    runner = TrialRunner(plan, threads: threads, isInterrupted: isInterrupted)
    lock = try WorkerLock(folder: WorkerLock.folder(besides: study.path))
    finishedTrials = try FinishedTrials(besides: study)
  }

  /// Runs trials until none is left.
  public func run() throws(Diagnostics) -> Ending {
    while true {
      if isInterrupted() { return .interrupted }
      if try study.userAttribute(SweepAttribute.stop)?.string != nil { return .finished }
      switch try nextTrial() {
      case .trial(let trial):
        if try carryOut(trial) == .interrupted { return .interrupted }
      case .wait: usleep(3000)
      case .none: return .finished
      }
    }
  }

  private enum Next {
    case trial(StoredTrial)
    /// Another trial has to end first.
    case wait
    case none
  }

  /// A trial that this worker now owns.
  private func nextTrial() throws(Diagnostics) -> Next {
    if let abandoned = try study.abandonedTrials().first {
      return try takeOver(abandoned) ? .trial(study.trials()[abandoned.number]) : .wait
    }
    let stored = try study.trials()
    let trials = try study.searchTrials()
    if let waiting = stored.first(where: { $0.state == .waiting }) {
      return try begin(waiting, among: trials) ? .trial(study.trials()[waiting.number]) : .wait
    }
    let number = trials.count
    guard number < plan.sweep.trials, !isOverTime(stored) else { return watching(stored) }
    guard plan.canBegin(number, after: trials, isOwn: { stored[$0].worker != nil }) else { return .wait }
    guard let parameters = plan.sampler.parameters(of: number, after: plan.visible(trials, to: number)) else { return watching(stored) }
    let claimed = try study.claim(
      number: number, parameters: storedParameters(parameters), worker: lock.id,
      userAttributes: [(SweepAttribute.identity, .string(identity(parameters)))])
    return claimed == nil ? .wait : .trial(try study.trials()[number])
  }

  /// When there is nothing to begin: waits for the trials of other workers, to continue those of one that ends before.
  private func watching(_ trials: [StoredTrial]) -> Next {
    trials.contains { $0.state == .running && $0.worker != nil } ? .wait : .none
  }

  /// Begins a trial that another program has put into the queue: the parameters that it fixed, the others as proposed.
  private func begin(_ waiting: StoredTrial, among trials: [Trial]) throws(Diagnostics) -> Bool {
    var parameters = plan.sampler.parameters(of: waiting.number, after: plan.visible(trials, to: waiting.number)) ?? [:]
    for parameter in plan.space.parameters {
      if let value = waiting.fixedParameters?[parameter.name].flatMap({ parameter.distribution.stored($0) }) {
        parameters[parameter.name] = value
      }
    }
    let chosen = parameters
    parameters = plan.space.values { chosen[$0.name] ?? $0.distribution.extremes[0] }
    return try study.claim(
      waiting: waiting, parameters: storedParameters(parameters), worker: lock.id,
      userAttributes: [(SweepAttribute.identity, .string(identity(parameters)))])
  }

  /// How often a trial is begun without getting further before it is given up.
  private static let attempts = 3

  /// Continues the trial of a worker that has died.
  private func takeOver(_ trial: StoredTrial) throws(Diagnostics) -> Bool {
    guard try study.restart(trial, worker: lock.id) else { return false }
    let progress = plan.progress(ofTrial: trial.number)
    let isStuck = trial.userAttribute(SweepAttribute.progress)?.string == progress
    let attempts = isStuck ? (trial.userAttribute(SweepAttribute.attempts)?.integer ?? 1) + 1 : 2
    try study.setAttribute(.integer(attempts), SweepAttribute.attempts, ofTrial: trial.id)
    try study.setAttribute(.string(progress), SweepAttribute.progress, ofTrial: trial.id)
    guard attempts > Self.attempts, trial.userAttribute(SweepAttribute.isInterrupted) == nil else { return true }
    try study.finish(trial.id, .failed(reason: "the process that trained it was killed \(Self.attempts) times without a new checkpoint"))
    return false
  }

  /// Trains a trial and stores the result.
  private func carryOut(_ trial: StoredTrial) throws(Diagnostics) -> Ending {
    let others = plan.compared(try study.searchTrials(), with: trial.number)
    if let known = try finishedTrials.find(trial, in: study, others, isAdaptive: plan.sweep.isAdaptive) {
      try study.batch { () throws(Diagnostics) in
        try study.report(known.reports, of: trial.id)
        try study.finish(
          trial.id, .complete(known.values), constraints: known.constraints,
          userAttributes: [(SweepAttribute.copied, .string(known.source))])
      }
      return .finished
    }
    let reports = ReportBuffer(study, trial.id, isImmediate: plan.sweep.pruner != .none)
    let outcome = runner.run(trial.searchTrial, isContinued: trial.userAttribute(SweepAttribute.attempts) != nil, among: others) {
      (report) throws(Diagnostics) in try reports.add(report)
    }
    try study.batch { () throws(Diagnostics) in
      try reports.flush()
      switch outcome {
      case .complete(let values, let constraints): try study.finish(trial.id, .complete(values), constraints: constraints)
      case .pruned: try study.finish(trial.id, .pruned)
      case .failed(let reason, let cause):
        try study.finish(trial.id, .failed(reason: reason), userAttributes: [(SweepAttribute.cause, .string(cause))])
      case .interrupted: try study.setAttribute(.bool(true), SweepAttribute.isInterrupted, ofTrial: trial.id)
      }
    }
    if case .failed = outcome { try stopIfHopeless(after: trial.number) }
    if case .interrupted = outcome { return .interrupted }
    return .finished
  }

  /// How many trials in a row may fail for one cause, with which the next would fail as well, and how many may diverge once some trial did not: then
  /// other settings may not.
  private static let (failures, divergences) = (3, 10)

  /// Ends the sweep if it has to after trial `number` failed: at once if it fails fast, or if it is in a row of failures with one cause.
  private func stopIfHopeless(after number: Int) throws(Diagnostics) {
    let first = try study.userAttribute(SweepAttribute.since)?.integer ?? 0
    let trials = try study.trials()
    let failed = trials[number]
    if failsFast { return try stop("trial \(number) failed: \(failed.failReason ?? "")") }
    let cause = failed.userAttribute(SweepAttribute.cause)
    func isAlike(_ trial: StoredTrial) -> Bool { trial.state == .failed && trial.userAttribute(SweepAttribute.cause) == cause }
    let row = trials[min(first, number)..<number].reversed().prefix(while: isAlike).reversed() + trials[number...].prefix(while: isAlike)
    let mayDiverge = cause?.string == TrialOutcome.divergence && trials.contains { $0.state == .complete || $0.state == .pruned }
    guard row.count >= (mayDiverge ? Self.divergences : Self.failures) else { return }
    try stop("trials \(row.map { "\($0.number)" }.joined(separator: ", ")) failed for one cause: \(failed.failReason ?? "")")
  }

  private func stop(_ reason: String) throws(Diagnostics) { try study.setAttribute(.string(reason), SweepAttribute.stop) }

  private func isOverTime(_ trials: [StoredTrial]) -> Bool {
    plan.sweep.minutes.map { trials.secondsOfWork() >= 60 * $0 } ?? false
  }

  private func storedParameters(_ parameters: [String: Double]) -> [StoredTrial.Parameter] {
    plan.space.parameters.compactMap { parameter in
      parameters[parameter.name].map {
        .init(name: parameter.name, value: $0, distribution: parameter.distribution.optunaJSON.serialized())
      }
    }
  }

  private func identity(_ parameters: [String: Double]) throws(Diagnostics) -> String {
    plan.identity(try plan.trial(0, parameters, seed: plan.file.config.seed), data: data)
  }
}

/// What a sweep notes in a study and its trials besides what Optuna has a place for.
enum SweepAttribute {
  /// Of a study: the config, with absolute paths.
  static let config = "temper:config"
  /// Of a study: what makes another sweep the same.
  static let definition = "temper:definition"
  /// Of a study: the SHA-256 of each data file.
  static let data = "temper:data"
  /// Of a study: why no further trial is begun.
  static let stop = "temper:stop"
  /// Of a trial: what makes another trial the same.
  static let identity = "temper:identity"
  /// Of a trial: how often it was begun, if more than once.
  static let attempts = "temper:attempts"
  /// Of a study: the number of trials when the sweep was last begun or continued.
  static let since = "temper:since"
  /// Of a trial: how far it had got when it was last continued.
  static let progress = "temper:progress"
  /// Of a trial: whether it was interrupted, so that it is no fault of its own that it was begun again.
  static let isInterrupted = "temper:interrupted"
  /// Of a trial: what its failure has in common with others.
  static let cause = "temper:cause"
  /// Of a trial: the study and trial whose results it has, because it is the same.
  static let copied = "temper:copied_from"
}
