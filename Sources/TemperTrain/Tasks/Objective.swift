import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperNN
import TemperTables

/// What a model's outputs mean: how they are trained against a row's target, and what they predict.
enum Objective {
  /// One class a row.
  case classification(ClassificationLoss, classes: [String])
  /// One number a row.
  case regression(RegressionLoss, Target)
  /// Any of several labels a row.
  case multilabel(BinaryCrossEntropy, labels: [String])

  /// The objective of `config` for `target`, whose classes or labels the training rows have `counts` times, of `rows` in all.
  init(_ config: LossConfig, _ target: Target, counts: [Int], rows: Int) throws(Diagnostics) {
    switch target {
    case .classes(_, let names):
      self = .classification(try config.classificationLoss(classes: names, counts: counts, find: target.classFinder), classes: names)
    case .value: self = .regression(try config.regressionLoss(), target)
    case .multilabel(let labels):
      self = .multilabel(try config.multiLabelLoss(labels: labels, positives: counts, rows: rows), labels: labels)
    }
  }

  /// How many outputs the model has.
  var outputs: Int {
    switch self {
    case .classification(let loss, let classes): loss.outputs(classes: classes.count)
    case .regression: 1
    case .multilabel(_, let labels): labels.count
    }
  }

  /// The loss of `outputs` against the labels or the values of their rows.
  func loss(_ outputs: Tensor, labels: [Int32], values: [Float]) -> Loss {
    switch self {
    case .classification(let loss, _): loss(outputs, labels)
    case .regression(let loss, _): loss(outputs, values)
    case .multilabel(let loss, _): loss(outputs, values)
    }
  }

  /// The loss of `outputs` for the rows of `batch`: of rows mixed of two classes, the loss for either in its share (Zhang et al. 2018).
  func loss(_ outputs: Tensor, _ batch: Batch) -> Loss {
    guard let mixture = batch.mixture, case .classification(let loss, _) = self else {
      return loss(outputs, labels: batch.labels, values: batch.targets?.values ?? [])
    }
    let (own, other) = (
      loss(outputs, batch.labels, rowWeights: mixture.shares), loss(outputs, mixture.labels, rowWeights: mixture.otherShares)
    )
    return Loss(sum: own.sum + other.sum, weight: own.weight + other.weight)
  }

  /// The same objective with another share of label smoothing, where it has any; itself for nil.
  func smoothed(by share: Double?) -> Objective {
    guard let share else { return self }
    return switch self {
    case .classification(let loss, let classes): .classification(loss.smoothed(by: share), classes: classes)
    case .regression: self
    case .multilabel(let loss, let labels): .multilabel(loss.smoothed(by: share), labels: labels)
    }
  }

  /// Whether the model's outputs are to be probabilities: it has to end in a softmax then.
  var takesProbabilities: Bool {
    if case .classification(let loss, _) = self { loss.takesProbabilities } else { false }
  }

  /// What a model says of its rows: a probability for each class or label, or numbers as the model learned them, which
  /// ``Target/unscaled(_:)`` gives the unit of the label.
  func predictions(_ outputs: Tensor) -> [Float] {
    switch self {
    case .classification(let loss, _): loss.probabilities(outputs).values
    case .regression: outputs.values
    case .multilabel: outputs.sigmoid().values
    }
  }

  /// How many rows a batch of an evaluation has, of up to `batchSize`: outputs for very many classes are worked off in small pieces.
  func evaluationRows(_ batchSize: Int) -> Int {
    // Beyond the classes whose figures are kept to the last bit, pieces are small enough for the processor's cache.
    let most = outputs > ClassificationAccumulator.classLimit ? 1 << 20 : 1 << 23
    return min(batchSize, max(1, most / max(1, outputs)))
  }

  /// Whether the loss is a squared error, which is twice a negative log-likelihood of unit variance; other losses are one.
  var isSquaredError: Bool {
    if case .regression(.meanSquaredError, _) = self { true } else { false }
  }

  /// The number of classes between which an untrained model does not choose, so that its loss is near their ln; nil where that is not so.
  var equalClasses: Int? {
    if case .classification(.sparseCategorical, let classes) = self { classes.count } else { nil }
  }
}

/// A trained or half-trained model with what it takes to judge it.
struct Judge {
  let model: any Model
  let objective: Objective
  /// The targets it was trained on.
  let training: TargetCounts
  /// Rows of a batch.
  let batchSize: Int

  /// The predictions for all rows of `features`, row-major.
  func predictions(_ features: [Float], width: Int, rows: Int) -> [Float] {
    var all: [Float] = []
    forEachBatch(features, width: width, rows: rows, taps: nil) { outputs, _ in all += objective.predictions(outputs) }
    return all
  }

  /// Evaluates the model on `dataset`. What `betweenBatches` throws ends it.
  func evaluate<Problem: Error>(
    _ dataset: Dataset, taps: Taps? = nil, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation {
    var results = ResultGatherer(objective, training: training, rows: dataset.count)
    let (labels, values, width) = (dataset.labels, dataset.values, dataset.targetWidth)
    try forEachBatch(dataset.features, width: dataset.width, rows: dataset.count, taps: taps) { (outputs, rows) throws(Problem) in
      try betweenBatches()
      results.add(
        outputs, labels: labels.isEmpty ? [] : Array(labels[rows]),
        values: Array(values[rows.lowerBound * width..<rows.upperBound * width]), places: rows)
    }
    return results.evaluation
  }

  private func forEachBatch<Problem: Error>(
    _ features: [Float], width: Int, rows: Int, taps: Taps?, _ body: (_ outputs: Tensor, _ rows: Range<Int>) throws(Problem) -> Void
  ) throws(Problem) {
    let context = Context.evaluation(taps: taps)
    let batchSize = objective.evaluationRows(batchSize)
    for start in stride(from: 0, to: rows, by: batchSize) {
      let part = start..<min(start + batchSize, rows)
      let x = Tensor(uninitialized: [part.count, width])
      features.withUnsafeBufferPointer { features in
        if let base = features.baseAddress { x.pointer.update(from: base + start * width, count: x.count) }
      }
      try body(model(x, context), part)
    }
  }
}
