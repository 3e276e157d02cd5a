import TemperMetrics

/// Ends a trial that is probably worse than the best one, by Wilcoxon's signed-rank test of their reports at common steps: for trials that
/// report one value for each seed or fold. Follows Optuna 5.0.
///
/// It never ends a trial whose mean is as good as that of the best one, nor with reports that are not finite.
public struct WilcoxonPruner: Pruner {
  private let direction: Direction
  private let threshold: Double
  private let startupSteps: Int

  /// A pruner by the reports of an objective of this direction.
  ///
  /// - Parameters:
  ///   - direction: Of the first objective.
  ///   - threshold: The p-value below which a trial ends, from 0 to 1. As the test is repeated, more trials than this share end in error.
  ///   - startupSteps: The number of common steps before it prunes, at least 2.
  public init(_ direction: Direction, threshold: Double = 0.1, startupSteps: Int = 2) {
    (self.direction, self.threshold, self.startupSteps) = (direction, threshold, max(2, startupSteps))
  }

  /// Whether the trial is worse than the best complete one.
  public func isHopeless(_ trial: Trial, among others: [Trial]) -> Bool {
    guard let best = others.best(direction), best.number != trial.number, !best.reports.isEmpty, !trial.reports.isEmpty else {
      return false
    }
    let reports = trial.reports + best.reports
    guard reports.allSatisfy(\.value.isFinite) else { return false }
    let known = Dictionary(best.reports.map { ($0.step, $0.value) }) { _, last in last }
    let excess = trial.reports.compactMap { report in known[report.step].map { direction.loss(report.value) - direction.loss($0) } }
    guard excess.count >= startupSteps, let test = WilcoxonTest(excess, .greater, zeros: .split), test.pValue < threshold else {
      return false
    }
    func mean(_ trial: Trial) -> Double { trial.reports.reduce(0) { $0 + direction.loss($1.value) } / Double(trial.reports.count) }
    return mean(trial) > mean(best)
  }
}
