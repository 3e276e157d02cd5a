import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperNN
import TemperTables

/// One number per row.
struct Regression: Objective {
  static let name = "regression"
  static let doc = "one number"
  static let metrics = RegressionReport.metricNames
  static let defaultLoss = "mse"
  static let target = TargetKind.value

  private let function: RegressionLoss
  private let predicted: Target

  init(_ config: LossConfig, _ target: Target, _ training: TargetCounts) throws(Diagnostics) {
    (function, predicted) = (try config.regressionLoss(), target)
  }

  var outputs: Int { 1 }
  var average: MemberAverage { .values }

  func loss(_ outputs: Tensor, _ targets: TargetBatch) -> Loss { function(outputs, targets.values) }

  func predictions(_ outputs: Tensor) -> [Float] { outputs.values }

  func accumulator(rows: Int, training: TargetCounts) -> any ResultAccumulator {
    Results(target: predicted, mean: training.mean ?? predicted.unscaled([0])[0], rows: rows)
  }

  /// Stores all predictions, one number per row.
  private struct Results: ResultAccumulator {
    let target: Target
    let mean: Double
    var (predictions, targets): ([Float], [Float])

    init(target: Target, mean: Double, rows: Int) {
      (self.target, self.mean) = (target, mean)
      (predictions, targets) = (Array(repeating: 0, count: rows), Array(repeating: 0, count: rows))
    }

    mutating func add(_ outputs: Tensor, _ batch: TargetBatch, places: [Int]) {
      let values = outputs.values
      for (row, place) in places.enumerated() { (predictions[place], targets[place]) = (values[row], batch.values[row]) }
    }

    var results: (report: any Report, baseline: Baseline?) {
      let (predictions, targets) = (target.predicted(predictions), target.unscaled(targets))
      return (
        RegressionReport(predictions: predictions, targets: targets),
        Baseline(mean: mean, predictions: predictions, targets: targets)
      )
    }
  }
}
