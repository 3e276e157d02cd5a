import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperNN
import TemperTables

/// One class per row.
struct Classification: Objective {
  static let name = "classification"
  static let doc = "one class"
  static let metrics = ClassificationReport.metricNames
  static let defaultLoss = "sparse_categorical_crossentropy"
  static let target = TargetKind.classes

  private let function: ClassificationLoss
  private let classes: [String]

  init(_ config: LossConfig, _ target: Target, _ training: TargetCounts) throws(Diagnostics) {
    classes = target.classes
    function = try config.classificationLoss(classes: classes, counts: training.counts, find: target.classFinder)
  }

  init(_ function: ClassificationLoss, _ classes: [String]) { (self.function, self.classes) = (function, classes) }

  var outputs: Int { function.outputs(classes: classes.count) }
  var takesProbabilities: Bool { function.takesProbabilities }
  var uniformClassCount: Int? { if case .sparseCategorical = function { classes.count } else { nil } }

  /// For rows mixed by mixup, the losses for both classes, weighted by their proportions (Zhang et al. 2018).
  func loss(_ outputs: Tensor, _ targets: TargetBatch) -> Loss {
    guard let mixture = targets.mixture else { return function(outputs, targets.labels) }
    let own = function(outputs, targets.labels, rowWeights: mixture.shares)
    let other = function(outputs, mixture.labels, rowWeights: mixture.otherShares)
    return Loss(sum: own.sum + other.sum, weight: own.weight + other.weight)
  }

  func smoothed(by share: Double?) -> Classification { share.map { Classification(function.smoothed(by: $0), classes) } ?? self }

  func predictions(_ outputs: Tensor) -> [Float] { function.probabilities(outputs).values }

  func accumulator(rows: Int, training: TargetCounts) -> any ResultAccumulator {
    Results(
      function: function, names: classes, training: training, accumulator: ClassificationAccumulator(classes: classes.count, rows: rows))
  }

  private struct Results: ResultAccumulator {
    let function: ClassificationLoss
    let names: [String]
    let training: TargetCounts
    var accumulator: ClassificationAccumulator

    mutating func add(_ outputs: Tensor, _ targets: TargetBatch, places: [Int]) {
      let probabilities = function.probabilities(outputs)
      withExtendedLifetime(probabilities) { accumulator.add(probabilities.pointer, labels: targets.labels, places: places) }
    }

    var results: (report: any Report, baseline: Baseline?) {
      (ClassificationReport(accumulator, classes: names), Baseline(accumulator, counts: training.counts))
    }
  }
}
