/// Asynchronous successive halving (Li et al., "A system for massively parallel hyperparameter tuning", 2020), as Optuna 5.0 does it: at rung k, after
/// minResource * reductionFactor^(minEarlyStoppingRate + k) steps, a trial goes on if it is in the best 1 / reductionFactor of the trials that came
/// so far, or the best one while they are fewer than reductionFactor.
///
/// Nothing is stored: what a trial had at a rung is its first report from that step on. A trial that was pruned after a report that reached
/// several rungs at once counts at the first of them.
public struct SuccessiveHalvingPruner: Pruner {
  private let direction: Direction
  private let minResource: Int
  private let reductionFactor: Int
  private let minEarlyStoppingRate: Int
  private let bootstrapCount: Int

  /// A pruner by the reports of an objective of this direction.
  ///
  /// - Parameters:
  ///   - direction: Of the first objective.
  ///   - minResource: The step of the first rung with a rate of 0, at least 1.
  ///   - reductionFactor: At least 2.
  ///   - minEarlyStoppingRate: The number of rungs left out at the beginning.
  ///   - bootstrapCount: A rung lets none pass before it has been reached by more trials than this.
  public init(
    _ direction: Direction, minResource: Int = 1, reductionFactor: Int = 4, minEarlyStoppingRate: Int = 0, bootstrapCount: Int = 0
  ) {
    precondition(minResource >= 1 && reductionFactor >= 2 && minEarlyStoppingRate >= 0, "rungs are positive and ascend")
    (self.direction, self.minResource, self.reductionFactor) = (direction, minResource, reductionFactor)
    (self.minEarlyStoppingRate, self.bootstrapCount) = (minEarlyStoppingRate, bootstrapCount)
  }

  /// The step of rung `rung`; the largest integer if there is none so large.
  func step(ofRung rung: Int) -> Int {
    (0..<(minEarlyStoppingRate + rung)).reduce(minResource) { step, _ in
      let (product, overflow) = step.multipliedReportingOverflow(by: reductionFactor)
      return overflow ? Int.max : product
    }
  }

  /// Whether the last report reached a rung at which the trial is not among the best.
  public func isHopeless(_ trial: Trial, among others: [Trial]) -> Bool {
    guard let last = trial.reports.last else { return false }
    let before = trial.reports.dropLast().last?.step
    var rung = 0
    while true {
      let step = step(ofRung: rung)
      guard last.step >= step, step < .max else { return false }
      defer { rung += 1 }
      if let before, before >= step { continue }
      if last.value.isNaN { return true }
      let own = direction.loss(last.value)
      let values = (others.filter { $0.number != trial.number }.compactMap { value(of: $0, atRung: rung) } + [own]).sorted()
      if values.count <= bootstrapCount { return true }
      if own > values[max(values.count / reductionFactor, 1) - 1] { return true }
    }
  }

  /// The loss of a trial's first report from the rung's step on; nil if it did not come so far.
  private func value(of trial: Trial, atRung rung: Int) -> Double? {
    guard let index = trial.reports.firstIndex(where: { $0.step >= step(ofRung: rung) }), !trial.reports[index].value.isNaN else {
      return nil
    }
    if trial.state == .pruned, index == trial.reports.count - 1, rung > 0 {
      let step = step(ofRung: rung - 1)
      let isFirstRung = index > 0 && trial.reports[index - 1].step >= step
      if !isFirstRung { return nil }
    }
    return direction.loss(trial.reports[index].value)
  }
}
