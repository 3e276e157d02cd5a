/// Ends a trial whose best report so far is worse than the median of what complete trials reported at the same step, as Optuna 5.0 does.
///
/// NaN is left out of the median and of the best; a trial that has reported nothing else ends. A NaN after a better value ends nothing.
public struct MedianPruner: Pruner {
  private let direction: Direction
  private let startupTrials: Int
  private let warmupSteps: Int
  private let interval: Int

  /// A pruner by the reports of an objective of this direction.
  ///
  /// - Parameters:
  ///   - direction: Of the first objective.
  ///   - startupTrials: The number of complete trials before it prunes.
  ///   - warmupSteps: The first step at which it prunes.
  ///   - interval: It prunes at the first report within each interval of this many steps after the warm-up.
  public init(_ direction: Direction, startupTrials: Int = 5, warmupSteps: Int = 0, interval: Int = 1) {
    precondition(interval > 0, "an interval has at least one step")
    (self.direction, self.startupTrials, self.warmupSteps, self.interval) = (direction, startupTrials, warmupSteps, interval)
  }

  /// Whether the best report is worse than the median at the last step.
  public func isHopeless(_ trial: Trial, among others: [Trial]) -> Bool {
    let complete = others.filter { $0.state == .complete && $0.number != trial.number }
    guard !complete.isEmpty, complete.count >= startupTrials, let step = trial.reports.last?.step, step >= warmupSteps else { return false }
    let intervalStart = step - (step - warmupSteps) % interval
    if let before = trial.reports.dropLast().last?.step, before >= intervalStart { return false }
    guard let best = trial.reports.map({ direction.loss($0.value) }).filter({ !$0.isNaN }).min() else { return true }
    let values = complete.compactMap { other in other.reports.first { $0.step == step } }.map { direction.loss($0.value) }
    let sorted = values.filter { !$0.isNaN }.sorted()
    guard !sorted.isEmpty else { return false }
    let middle = sorted.count / 2
    let median = sorted.count % 2 == 1 ? sorted[middle] : sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2
    // Between infinities of either sign, or equal ones, there is no middle.
    return best > (median.isNaN ? sorted[middle - 1] : median)
  }
}
