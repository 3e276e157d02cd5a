import TemperData
import TemperFiles
import TemperJSON
import TemperSearch
import TemperTrain

/// How a trial ended.
enum TrialOutcome: Sendable {
  /// With the value of each objective, and a number for each constraint, above 0 where it is violated.
  case complete(values: [Double], constraints: [Double])
  /// The pruner ended it.
  case pruned
  /// For a reason, in a sentence; `cause` is what it has in common with other failures.
  case failed(reason: String, cause: String)
  /// The process was asked to end.
  case interrupted

  /// The cause of trials that diverge.
  static let divergence = "diverged"
}

/// Trains the trials of a sweep, one after another, in this process. Data are loaded once.
final class TrialRunner {
  private let plan: SweepPlan
  private let threads: Int
  private let data: SharedData
  private let isInterrupted: @Sendable () -> Bool

  /// Runs trials of `plan` on `threads` threads each, until `isInterrupted`.
  init(_ plan: SweepPlan, threads: Int, isInterrupted: @escaping @Sendable () -> Bool) {
    (self.plan, self.threads, self.isInterrupted) = (plan, threads, isInterrupted)
    data = SharedData(limit: max(8, plan.runsPerTrial))
  }

  /// Trains `trial`, which has the reports of an earlier attempt if it `isContinued`. Pruning compares it with `others`; `report` stores each
  /// new report.
  func run(
    _ trial: Trial, isContinued: Bool, among others: [Trial], report: @escaping (Trial.Report) throws(Diagnostics) -> Void
  ) -> TrialOutcome {
    let progress = TrialProgress(trial, plan, among: others, report: report)
    if progress.isHopeless { return .pruned }
    var values: [RunValues] = []
    for seed in plan.seeds {
      do throws(Diagnostics) {
        let file = try plan.trial(trial.number, trial.parameters, seed: seed, threads: threads)
        let result = try Runner.run(file, options: options(file, progress, isContinued: isContinued)) { progress.observe($0) }
        if let problem = progress.problem { throw problem }
        if let failure = result.failures.first { return .failed(reason: failure, cause: TrialOutcome.divergence) }
        if progress.isHopeless { return .pruned }
        if result.interruption != nil { return .interrupted }
        values += RunValues.all(of: result, progress.lastRun)
        if plan.seeds.count > 1, plan.foldsPerRun == 1 {
          try progress.ended(values.count, values[values.count - 1])
          if progress.isHopeless { return .pruned }
        }
        try? Files.remove(result.directory + "/checkpoints")
      } catch {
        let mistake = error.list.first
        return .failed(reason: mistake?.description ?? "unknown", cause: mistake?.code.name ?? "unknown")
      }
    }
    return outcome(values)
  }

  private func options(_ file: ConfigFile, _ progress: TrialProgress, isContinued: Bool) -> Runner.Options {
    let path = file.config.outputDirectory + "/" + file.config.name
    // What is there otherwise is left of a sweep that was moved or removed.
    let isRun = isContinued && Files.exists(path + "/" + RunDirectory.resolvedName)
    var options = Runner.Options(existing: isRun ? .resume : Files.exists(path) ? .replace : .refuse) { [plan, isInterrupted] in
      // A run alone ends as pruned, and not as interrupted with a checkpoint.
      plan.runsPerTrial > 1 && progress.isHopeless || isInterrupted()
    }
    (options.isTrial, options.sharedData) = (true, data)
    if plan.runsPerTrial == 1 {
      options.endsEarly = { record throws(Diagnostics) in try progress.evaluated(record) ? .pruned : nil }
    }
    return options
  }

  private func outcome(_ runs: [RunValues]) -> TrialOutcome {
    let objective = plan.sweep.objective
    var values: [Double] = []
    for goal in objective.goals {
      guard let value = RunValues.mean(goal.metric, runs) else {
        return .failed(reason: "\(goal.metric) is undefined", cause: "undefined")
      }
      values.append(value)
    }
    let constraints = objective.limits.flatMap { limit in
      let value = RunValues.mean(limit.metric, runs)
      return [limit.max.map { bound in value.map { $0 - bound } }, limit.min.map { bound in value.map { bound - $0 } }]
        .compactMap { $0 }.map { $0 ?? .infinity }
    }
    return .complete(values: values, constraints: constraints)
  }
}
