import TemperData
import TemperJSON
import TemperSearch
import TemperTrain

/// The intermediate values of a trial while it is trained: they are stored, and the pruner sees them. A trial of one run reports each evaluation, by
/// its number; one of several seeds or folds reports each of them, by its number.
final class TrialProgress: @unchecked Sendable {
  private var trial: Trial
  private let others: [Trial]
  private let plan: SweepPlan
  private let report: (Trial.Report) throws(Diagnostics) -> Void
  /// Whether the pruner has ended it.
  private(set) var isHopeless = false
  /// What went wrong when the report of a fold was stored.
  private(set) var problem: Diagnostics?
  /// The last run that has finished.
  private(set) var lastRun: SingleResult?
  private var fold: Int?

  init(_ trial: Trial, _ plan: SweepPlan, among others: [Trial], report: @escaping (Trial.Report) throws(Diagnostics) -> Void) {
    (self.trial, self.plan, self.report) = (trial, plan, report)
    self.others = plan.judgesMeans ? others.map(\.withRunningMeans) : others
    // An earlier attempt may have been pruned when its process was killed.
    let reports = trial.reports
    for count in reports.indices.map({ $0 + 1 }) where !isHopeless {
      self.trial.reports = Array(reports.prefix(count))
      isHopeless = shouldEnd
    }
  }

  /// An evaluation of a trial of one run. Returns whether the trial ends.
  func evaluated(_ record: EvaluationRecord) throws(Diagnostics) -> Bool {
    let metric = plan.sweep.objective.goals[0].metric
    guard record.step > 0, let value = Evaluation.value(of: metric, in: [(.validation, record.validation)]) else { return false }
    let perEpoch = Int((Double(record.step) / record.epoch).rounded())
    let interval = plan.file.config.train.evalEvery.steps(perEpoch: perEpoch)
    try add(Trial.Report(step: (record.step + interval - 1) / max(1, interval), value: value))
    return isHopeless
  }

  /// Follows the runs of a cross-validation.
  func observe(_ event: RunEvent) {
    switch event {
    case .part(let part): fold = part.number
    case .ended(let run):
      lastRun = run
      guard let fold, problem == nil else { return }
      do throws(Diagnostics) { try ended(fold, RunValues(run)) } catch { problem = error }
    default: break
    }
  }

  /// One of several runs, by its number from 1.
  func ended(_ number: Int, _ values: RunValues) throws(Diagnostics) {
    guard let value = values[plan.sweep.objective.goals[0].metric] else { return }
    try add(Trial.Report(step: number, value: value))
  }

  private func add(_ new: Trial.Report) throws(Diagnostics) {
    try report(new)
    // An attempt that was continued repeats what came after its last checkpoint.
    trial.reports.removeAll { $0.step >= new.step }
    trial.reports.append(new)
    isHopeless = isHopeless || shouldEnd
  }

  private var shouldEnd: Bool {
    // With its last seed or fold a trial is complete.
    if plan.runsPerTrial > 1, trial.reports.count >= plan.runsPerTrial { return false }
    return plan.pruner.isHopeless(plan.judgesMeans ? trial.withRunningMeans : trial, among: others)
  }
}

extension Trial {
  /// The same with the mean of the reports so far in the place of each.
  fileprivate var withRunningMeans: Trial {
    var trial = self
    var sum = 0.0
    for index in trial.reports.indices {
      sum += trial.reports[index].value
      trial.reports[index] = Report(step: trial.reports[index].step, value: sum / Double(index + 1))
    }
    return trial
  }
}
