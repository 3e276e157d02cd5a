import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperNN
import TemperTables
import TemperTrain

/// How often something happens, learned by Poisson regression: the model's output is the logarithm of the count that is expected.
struct Counts: Objective {
  static let name = "counts"
  static let doc = "how often something happens"
  static let metrics = CountsReport.metricNames
  static let defaultLoss = PoissonLoss.type
  static let losses: [any OwnLoss.Type] = [PoissonLoss.self]
  static let target = TargetKind.value

  private let loss: PoissonLoss
  private let target: Target

  init(_ config: LossConfig, _ target: Target, _ training: TargetCounts) throws(Diagnostics) {
    guard case .own(let loss as PoissonLoss) = config.kind else { throw config.unfit("is not a loss of counts; take poisson") }
    (self.loss, self.target) = (loss, target)
  }

  var outputs: Int { 1 }

  func loss(_ outputs: Tensor, _ targets: TargetBatch) -> Loss { loss(outputs, counts: target.unscaled(targets.values)) }

  /// Models of numbers predict them as the label was scaled.
  func predictions(_ outputs: Tensor) -> [Float] {
    let expected = outputs.exp().values
    guard case .value(_, let mean, let deviation, _) = target else { return expected }
    return expected.map { Float((Double($0) - mean) / deviation) }
  }

  func accumulator(rows: Int, training: TargetCounts) -> any ResultAccumulator { Results(target: target) }

  private struct Results: ResultAccumulator {
    let target: Target
    var report = CountsReport()

    mutating func add(_ outputs: Tensor, _ targets: TargetBatch, places: [Int]) {
      for (expected, count) in zip(outputs.exp().values, target.unscaled(targets.values)) { report.add(Double(expected), count) }
    }

    var results: (report: any Report, baseline: Baseline?) { (report, nil) }
  }
}
