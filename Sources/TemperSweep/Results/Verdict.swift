import Glibc
import TemperJSON
import TemperMetrics
import TemperSearch
import TemperTrain

/// Whether the best trial of a sweep is better than the second best by more than chance.
struct Verdict {
  /// What can be said.
  enum Finding: Equatable {
    /// The difference is larger than that between seeds or folds.
    case better(p: Double)
    /// It is not.
    case noise(p: Double)
    /// Each trial has one value, so that nothing is known of noise.
    case unknown
  }

  let best, second: Trial
  let finding: Finding
  /// What the values are of: `seeds` or `folds`.
  let unit: String

  /// The level below which a difference is no chance.
  static let level = 0.05

  /// Compares the first two of `ranking`; nil with fewer.
  init?(_ ranking: [Trial], _ plan: SweepPlan) {
    let feasible = ranking.filter(\.isFeasible)
    guard feasible.count > 1 else { return nil }
    (best, second) = (feasible[0], feasible[1])
    unit = plan.foldsPerRun > 1 ? "folds" : "seeds"
    let direction = plan.sweep.objective.goals[0].direction
    let others = Dictionary(second.reports.map { ($0.step, $0.value) }) { _, last in last }
    let gains = best.reports.compactMap { report in others[report.step].map { direction.loss($0) - direction.loss(report.value) } }
    guard plan.runsPerTrial > 1, gains.count > 1, gains.allSatisfy(\.isFinite) else {
      finding = .unknown
      return
    }
    let p = Self.pairedTest(gains, areFolds: plan.foldsPerRun > 1)
    finding = p < Self.level ? .better(p: p) : .noise(p: p)
  }

  /// The two-sided p-value of the mean of `gains` being 0, by Student's paired test: which trial is the better one was seen in the same values. Folds share training rows, so that their variance is raised as
  /// Nadeau and Bengio (2003) do: by the ratio of held-out to training rows, 1 / (k - 1).
  static func pairedTest(_ gains: [Double], areFolds: Bool) -> Double {
    let (count, summary) = (Double(gains.count), SampleSummary(gains))
    guard let mean = summary.mean, let deviation = summary.deviation else { return 1 }
    if deviation == 0 { return mean == 0 ? 1 : 0 }
    let factor = 1 / count + (areFolds ? 1 / (count - 1) : 0)
    return min(1, 2 * StudentT(degreesOfFreedom: count - 1).upperTail(abs(mean) / (deviation * factor.squareRoot())))
  }

  /// In a sentence.
  var text: String {
    let pair = "trial \(best.number) against trial \(second.number), the second best"
    switch finding {
    case .better(let p): return "\(pair): better beyond noise (paired t-test over \(best.reports.count) \(unit), p = \(fixed(p, 3)))"
    case .noise(let p):
      return "\(pair): no difference beyond noise (paired t-test over \(best.reports.count) \(unit), p = \(fixed(p, 3)))"
    case .unknown: return "\(pair): cannot tell whether the difference is noise, with one seed a trial; set sweep.seeds to 3 or more"
    }
  }
}
