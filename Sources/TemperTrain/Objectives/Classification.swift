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

  private let function: any ClassificationLoss
  private let classes: [String]

  init(_ config: LossConfig, _ target: Target, _ training: TargetCounts) throws(Diagnostics) {
    classes = target.classes
    function = try config.classificationLoss(classes: classes, counts: training.counts, find: target.classFinder)
  }

  init(_ function: any ClassificationLoss, _ classes: [String]) { (self.function, self.classes) = (function, classes) }

  var outputs: Int { function.outputs(classes: classes.count) }
  var takesProbabilities: Bool { function.takesProbabilities }
  var clusters: ClassClusters? { function.clusters }
  var uniformClassCount: Int? { function.isLogOfClassesAtStart ? classes.count : nil }

  func loss(_ outputs: Tensor, _ targets: TargetBatch) -> Loss {
    Self.mixed(targets) { function(outputs, $0, rowWeights: $1) }
  }

  func trainingLoss<Inputs>(_ model: any Model<Inputs>, _ inputs: Inputs, _ targets: TargetBatch, _ context: Context) -> Loss {
    guard let function = function as? any HeadLoss, let model = model as? any HeadedModel<Inputs> else {
      return outputLoss(model, inputs, targets, context)
    }
    let features = model.features(inputs, context)
    return Self.mixed(targets) { function(features, model.head, $0, rowWeights: $1, context) }
  }

  func problem(with model: any Model) -> String? {
    guard let function = function as? any HeadLoss else { return nil }
    guard let model = model as? any HeadedModel else { return "requires a model that ends in a linear layer" }
    return function.problem(with: model.head)
  }

  /// For rows mixed by mixup, the losses for both classes, weighted by their proportions (Zhang et al. 2018).
  private static func mixed(_ targets: TargetBatch, _ loss: (_ labels: [Int32], _ rowWeights: [Float]?) -> Loss) -> Loss {
    guard let mixture = targets.mixture else { return loss(targets.labels, nil) }
    let own = loss(targets.labels, mixture.shares)
    let other = loss(mixture.labels, mixture.otherShares)
    return Loss(sum: own.sum + other.sum, weight: own.weight + other.weight)
  }

  func smoothed(by share: Double?) -> Classification { share.map { Classification(function.smoothed(by: $0), classes) } ?? self }

  func predictions(_ outputs: Tensor) -> [Float] { function.probabilities(outputs).values }

  func accumulator(rows: Int, training: TargetCounts) -> any ResultAccumulator {
    Results(
      function: function, names: classes, training: training, accumulator: ClassificationAccumulator(classes: classes.count, rows: rows))
  }

  private struct Results: ResultAccumulator {
    let function: any ClassificationLoss
    let names: [String]
    let training: TargetCounts
    var accumulator: ClassificationAccumulator

    mutating func add(_ outputs: Tensor, _ targets: TargetBatch, places: [Int]) {
      let probabilities = function.probabilities(outputs)
      withExtendedLifetime(probabilities) { accumulator.add(probabilities.pointer, labels: targets.labels, places: places) }
      guard function.leavesOutClasses else { return }
      let gradients = GradientBuffer(layout: [0..<outputs.count], count: outputs.count)
      gradients.reset()
      _ = gradients.addGradients { function($0.leaf(0, outputs), targets.labels).sum }
      withExtendedLifetime(probabilities) {
        accumulator.addSparsity(probabilities.pointer, gradient: gradients.values, rows: places.count)
      }
    }

    var results: (report: any Report, baseline: Baseline?) {
      (ClassificationReport(accumulator, classes: names), Baseline(accumulator, counts: training.counts))
    }
  }
}
