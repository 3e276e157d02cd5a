import TemperJSON

/// Classification metrics of probabilities against true classes. They follow scikit-learn 1.9, which the tests compare them with; the calibration
/// error follows ``Calibration``.
///
/// A metric that is not defined for these rows is nil and prints as `null`; one that is not finite is kept and prints as `null`
/// too.
public struct ClassificationReport: ClassReport, Equatable {
  /// A score of all classes together.
  public struct Average: Sendable, Equatable {
    /// The mean of the classes' precision.
    public let precision: Double?
    /// The mean of the classes' recall.
    public let recall: Double?
    /// The mean of the classes' F1.
    public let f1: Double?
  }

  /// The number of rows evaluated.
  public let count: Int
  /// The share of rows whose class has the highest probability.
  public let accuracy: Double?
  /// The mean recall of the classes that some row has.
  public let balancedAccuracy: Double?
  /// The mean of -ln p(true class), where p is clipped to [eps, 1 - eps] with the machine epsilon of 32-bit numbers, 2^-23.
  public let logLoss: Double?
  /// Unweighted means over the classes that occur among the labels or the predictions.
  public let macro: Average
  /// Means over the classes, weighted by their rows.
  public let weighted: Average
  /// The Matthews correlation coefficient in Gorodkin's multiclass form; 0 if labels or predictions are all of one class.
  public let matthewsCorrelation: Double?
  /// The area under the curve: of the second class if there are two, otherwise the mean of each class against all others. Nil if a class has
  /// no row.
  public let rocAUC: Double?
  /// The share of rows whose class is among the 3 of highest probability; nil with 3 classes or fewer, for which it is meaningless.
  public let top3Accuracy: Double?
  /// The share of rows whose class is among the 5 of highest probability; nil with 5 classes or fewer.
  public let top5Accuracy: Double?
  /// The expected calibration error in 15 bins.
  public let calibrationError: Double?
  /// The mean squared distance of the probabilities from 1 for the true class and 0 for the others; halved if there are two classes.
  public let brierScore: Double?
  /// The mean number of classes with a probability above 0; nil where the loss leaves out no classes.
  public let supportSize: Double?
  /// The share of rows whose gradient of the logits is exactly 0; nil where the loss leaves out no classes.
  public let zeroGradientShare: Double?
  /// Rows by true and predicted class.
  public let confusion: ConfusionMatrix
  /// The scores of every class, by index.
  public let scores: [ClassScore]
  /// Whether the areas under the curve are left out because they would need too much memory.
  let lacksAreas: Bool

  /// See ``ClassReport``.
  public static let scoredName = "class"

  /// The metrics, in the order they are printed.
  public static let metricDefinitions: [ReportedMetric<ClassificationReport>] = [
    ReportedMetric(.accuracy) { $0.accuracy },
    ReportedMetric(.logLoss) { $0.logLoss },
    ReportedMetric(.macroF1) { $0.macroF1 },
    ReportedMetric(.balancedAccuracy) { $0.balancedAccuracy },
    ReportedMetric(.macroPrecision) { $0.macro.precision },
    ReportedMetric(.macroRecall) { $0.macro.recall },
    ReportedMetric(.weightedF1) { $0.weighted.f1 },
    ReportedMetric(.weightedPrecision) { $0.weighted.precision },
    ReportedMetric(.weightedRecall) { $0.weighted.recall },
    ReportedMetric(.matthewsCorrelation) { $0.matthewsCorrelation },
    ReportedMetric(.rocAUC) { $0.rocAUC },
    ReportedMetric(.top3Accuracy) { $0.top3Accuracy },
    ReportedMetric(.top5Accuracy) { $0.top5Accuracy },
    ReportedMetric(.calibrationError) { $0.calibrationError },
    ReportedMetric(.brierScore) { $0.brierScore },
    ReportedMetric(.supportSize) { $0.supportSize },
    ReportedMetric(.zeroGradientShare) { $0.zeroGradientShare },
  ]

  /// The metrics with their values; those of sparse losses only where the loss is one.
  public var metrics: [MetricValue] {
    let definitions = supportSize == nil ? Self.metricDefinitions.dropLast(2) : Self.metricDefinitions[...]
    return definitions.map { MetricValue($0.metric, $0.value(self)) }
  }

  /// See ``ClassReport``.
  public var confusions: [(name: String, rows: Int)?]? {
    scores.indices.map { index in
      confusion[index].filter { $0.predicted != index }.max { $0.count < $1.count }.map { (scores[$0.predicted].name, $0.count) }
    }
  }

  /// The mean of the classes' F1, over those that occur among the labels or the predictions.
  public var macroF1: Double? { macro.f1 }

  /// Evaluates `probabilities`, row-major with one number for each of `classes`, against `labels`, the class of each row.
  public init(probabilities: [Float], labels: [Int32], classes: [String]) {
    precondition(probabilities.count == labels.count * classes.count, "there must be a probability for every row and class")
    var rows = ClassificationAccumulator(classes: classes.count, rows: labels.count)
    probabilities.withUnsafeBufferPointer { all in
      if let base = all.baseAddress { rows.add(base, labels: labels, places: labels.indices) }
    }
    self.init(rows, classes: classes)
  }

  /// Evaluates the rows that were collected, whose classes are called `classes`.
  public init(_ rows: ClassificationAccumulator, classes: [String]) {
    precondition(rows.classes == classes.count, "there must be a name for every class")
    let confusion = ConfusionMatrix(classes: classes.count, labels: rows.labels, predicted: rows.predicted)
    let scores = classes.indices.map { c in
      let (support, predicted, hits) = (confusion.support[c], confusion.predicted[c], Double(confusion.hits[c]))
      func share(_ whole: Int) -> Double { whole > 0 ? hits / Double(whole) : 0 }
      // The harmonic mean, written so that only a class without rows and predictions needs a case of its own.
      let f1 = support + predicted > 0 ? 2 * hits / Double(support + predicted) : 0
      return ClassScore(
        name: classes[c], precision: share(predicted), recall: share(support), f1: f1, rocAUC: rows.rocAUC(class: c), support: support,
        predicted: predicted)
    }
    let count = rows.count
    func perRow(_ sum: Double) -> Double? { count > 0 ? sum / Double(count) : nil }
    let present = scores.filter { $0.support > 0 }
    let areas = scores.compactMap(\.rocAUC)

    self.count = count
    self.confusion = confusion
    self.scores = scores
    lacksAreas = rows.scores == nil
    accuracy = perRow(Double(confusion.hits.reduce(0, +)))
    balancedAccuracy = present.isEmpty ? nil : present.reduce(0) { $0 + $1.recall } / Double(present.count)
    logLoss = perRow(rows.losses.reduce(0, +))
    macro = Average(scores.filter { $0.support + $0.predicted > 0 }.map { ($0, 1) })
    weighted = Average(scores.map { ($0, Double($0.support)) })
    matthewsCorrelation = count > 0 ? Self.matthewsCorrelation(confusion) : nil
    rocAUC = areas.count < scores.count ? nil : areas.count == 2 ? areas[1] : areas.reduce(0, +) / Double(areas.count)
    top3Accuracy = rows.topKAccuracy(3)
    top5Accuracy = rows.topKAccuracy(5)
    calibrationError = Calibration.expectedError(
      confidences: rows.confidences.map(Double.init), hits: zip(rows.labels, rows.predicted).map { $0 == $1 })
    brierScore = perRow(rows.squares.reduce(0, +) / (classes.count == 2 ? 2 : 1))
    supportSize = rows.sparsity.flatMap { perRow(Double($0.support)) }
    zeroGradientShare = rows.sparsity.flatMap { perRow(Double($0.zeroGradients)) }
  }

  /// The share of rows whose class is among the `k` of highest probability, nil unless there are rows and more than `k` classes.
  ///
  /// Of equal probabilities the later class ranks higher, as in scikit-learn's `top_k_accuracy_score`: with `k` 1 this is the accuracy except
  /// for ties.
  public static func topKAccuracy(_ k: Int, probabilities: [Float], labels: [Int32], classes: Int) -> Double? {
    precondition(k > 0 && probabilities.count == labels.count * classes, "there must be a probability for every row and class")
    var rows = ClassificationAccumulator(classes: classes, rows: labels.count)
    probabilities.withUnsafeBufferPointer { all in
      if let base = all.baseAddress { rows.add(base, labels: labels, places: labels.indices) }
    }
    return rows.topKAccuracy(k)
  }

  /// The index of the highest of `values`; of equal ones the first. NaN is never the highest.
  public static func argmax(_ values: ArraySlice<Float>) -> Int {
    values.withUnsafeBufferPointer { ClassificationAccumulator.argmax($0) }
  }

  private static func matthewsCorrelation(_ confusion: ConfusionMatrix) -> Double {
    let count = Double(confusion.support.reduce(0, +))
    let hits = Double(confusion.hits.reduce(0, +))
    func dot(_ a: [Int], _ b: [Int]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
    let (support, predicted) = (confusion.support, confusion.predicted)
    let spread = (count * count - dot(predicted, predicted)) * (count * count - dot(support, support))
    return spread == 0 ? 0 : (hits * count - dot(support, predicted)) / spread.squareRoot()
  }
}

extension ClassificationReport.Average {
  fileprivate init(_ scores: [(score: ClassScore, weight: Double)]) {
    let total = scores.reduce(0) { $0 + $1.weight }
    func mean(_ part: KeyPath<ClassScore, Double>) -> Double? {
      total > 0 ? scores.reduce(0) { $0 + $1.weight * $1.score[keyPath: part] } / total : nil
    }
    self.init(precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1))
  }
}
