/// Trials split into the good and the bad ones, as Optuna 5.0 splits them.
struct TrialSplit {
  /// The good ones, in the order of their numbers.
  let below: [Trial]
  /// The others, the running ones among them, in the order of their numbers.
  let above: [Trial]

  /// Splits the finished and the running ones of `trials`. The first of this order are good, `count` of them: complete ones by their values,
  /// pruned ones by how far they came and then by their last report, and those that violate constraints by how much.
  init(_ trials: [Trial], _ directions: [Direction], count: Int) {
    let feasible = trials.filter { $0.isFinished && $0.isFeasible }
    let complete = feasible.filter { $0.state == .complete }
    let pruned = feasible.filter { $0.state == .pruned }
    let infeasible = trials.filter { $0.isFinished && !$0.isFeasible }
    var good: [Int] = []
    func take(_ best: (Int) -> [Int]) { good += best(count - good.count) }

    take { Self.best($0, of: complete, directions).map { complete[$0].number } }
    take { left in
      let keys = pruned.map { Self.key($0, directions[0]) }
      let order = keys.indices.sorted { (keys[$0].0, keys[$0].1, $0) < (keys[$1].0, keys[$1].1, $1) }
      return order.prefix(left).map { pruned[$0].number }
    }
    take { left in
      let order = infeasible.indices.sorted { (infeasible[$0].violation, $0) < (infeasible[$1].violation, $1) }
      return order.prefix(left).map { infeasible[$0].number }
    }
    let chosen = Set(good)
    below = trials.filter { chosen.contains($0.number) }
    above = trials.filter { !chosen.contains($0.number) && ($0.isFinished || $0.state == .running) }
  }

  /// The indices of the best `count` of `trials` by their values, in any order.
  private static func best(_ count: Int, of trials: [Trial], _ directions: [Direction]) -> [Int] {
    if count >= trials.count { return Array(trials.indices) }
    if directions.count > 1 {
      return ParetoOrder.best(count, of: trials.map { trial in zip(directions, trial.values).map { $0.loss($1) } })
    }
    let losses = trials.map { directions[0].loss($0.values[0]) }
    return Array(losses.indices.sorted { (losses[$0], $0) < (losses[$1], $1) }.prefix(count))
  }

  /// Smaller is better: the last step, the later the better, then the value reported there. Trials without a report come last.
  private static func key(_ trial: Trial, _ direction: Direction) -> (Int, Double) {
    guard let last = trial.reports.last else { return (1, 0) }
    return (-last.step, last.value.isNaN ? .infinity : direction.loss(last.value))
  }
}
