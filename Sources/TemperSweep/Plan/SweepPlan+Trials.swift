import TemperSearch
import TemperTrain

extension SweepPlan {
  /// The trials as trial `number` sees them: those at least the lag before it with their results, the others as if they ran, however far they are.
  /// So a proposal does not depend on how many trials run at a time, nor on which is faster.
  func visible(_ trials: [Trial], to number: Int) -> [Trial] {
    trials.prefix(number).map { trial in
      isSettled(trial, for: number)
        ? trial : Trial(number: trial.number, state: .running, parameters: trial.parameters)
    }
  }

  /// Whether the result of `trial` is used by trial `number`.
  private func isSettled(_ trial: Trial, for number: Int) -> Bool {
    !sweep.isAdaptive || trial.number <= number - sweep.lag && trial.state != .running && trial.state != .waiting
  }

  /// Whether trial `number` can begin: the trials whose results it uses have ended. Those of other programs, without a worker, are not waited for.
  func canBegin(_ number: Int, after trials: [Trial], isOwn: (Int) -> Bool) -> Bool {
    guard sweep.isAdaptive, number >= sweep.lag else { return true }
    return trials.prefix(number - sweep.lag + 1).allSatisfy { $0.state != .running || !isOwn($0.number) }
  }

  /// Whether `trial` has exactly the parameters that the space gives it, with values of theirs: a trial of another program may not.
  func fits(_ trial: Trial) -> Bool {
    let active = space.parameters.filter { space.isActive($0, given: trial.parameters) }
    return trial.parameters.count == active.count && active.allSatisfy { trial.parameters[$0.name].map($0.distribution.contains) ?? false }
  }

  /// The trials with which the pruner compares trial `number`.
  func compared(_ trials: [Trial], with number: Int) -> [Trial] {
    visible(trials, to: number).filter { $0.state != .running && $0.state != .waiting }
  }
}
