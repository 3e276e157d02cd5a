import TemperJSON

/// How good a classifier's probabilities are against the true classes. Follows scikit-learn 1.9, to which the tests hold it; the calibration
/// error follows ``Calibration``.
///
/// A figure that is not defined for these rows is nil and prints as `null`; a figure that is not finite is left as it is and prints as `null`
/// too.
public struct ClassificationReport: Report, Equatable {
  /// How one class fares.
  public struct ClassScore: Sendable, Equatable {
    /// The class's name.
    public let name: String
    /// Of the rows predicted to be of the class, the share that is; 0 if none was predicted.
    public let precision: Double
    /// Of the rows that are of the class, the share that was predicted so; 0 if there is none.
    public let recall: Double
    /// The harmonic mean of precision and recall; 0 where both are 0.
    public let f1: Double
    /// The area under the curve of the class against all others; nil unless there are rows of both, and with more than
    /// ``ClassificationRows/mostAreas`` classes.
    public let rocAUC: Double?
    /// How many rows are of the class.
    public let support: Int
    /// How many rows were predicted to be of the class.
    public let predicted: Int
  }

  /// The rows of one class that were predicted to be of one class.
  public struct Cell: Sendable, Equatable {
    /// The number of the true class.
    public let label: Int
    /// The number of the predicted class.
    public let prediction: Int
    /// How many rows.
    public let rows: Int
  }

  /// A score of all classes together.
  public struct Average: Sendable, Equatable {
    /// The mean of the classes' precision.
    public let precision: Double?
    /// The mean of the classes' recall.
    public let recall: Double?
    /// The mean of the classes' F1.
    public let f1: Double?
  }

  /// How many rows were judged.
  public let count: Int
  /// The share of rows whose class has the highest probability.
  public let accuracy: Double?
  /// The mean recall of the classes that some row has.
  public let balancedAccuracy: Double?
  /// The mean of -ln p(true class), where p is first moved into [eps, 1 - eps] with the machine epsilon of 32-bit numbers, 2^-23.
  public let logLoss: Double?
  /// Means over the classes that occur among the labels or the predictions, all alike.
  public let macro: Average
  /// Means over the classes, each as often as it has rows.
  public let weighted: Average
  /// Matthews' correlation coefficient in Gorodkin's form for several classes; 0 where labels or predictions are all of one class.
  public let matthewsCorrelation: Double?
  /// The area under the curve: of the second class where there are two, else the mean of each class against all others. Nil if a class has
  /// no row, and with more than ``ClassificationRows/mostAreas`` classes.
  public let rocAUC: Double?
  /// The share of rows whose class is among the 3 of highest probability; nil with 3 classes or fewer, for which it says nothing.
  public let top3Accuracy: Double?
  /// The share of rows whose class is among the 5 of highest probability; nil with 5 classes or fewer.
  public let top5Accuracy: Double?
  /// The expected calibration error in 15 bins.
  public let calibrationError: Double?
  /// The mean squared distance of the probabilities from 1 for the true class and 0 for the others; halved where there are two classes.
  public let brierScore: Double?
  /// The rows by true and predicted class, those without rows left out, in the order of the classes.
  public let cells: [Cell]
  /// A score for every class, by number.
  public let scores: [ClassScore]

  /// The figures, in the order they are printed.
  public static let metrics: [Metric<ClassificationReport>] = [
    Metric("accuracy") { $0.accuracy },
    Metric("log_loss", higherIsBetter: false) { $0.logLoss },
    Metric("macro_f1") { $0.macroF1 },
    Metric("balanced_accuracy") { $0.balancedAccuracy },
    Metric("macro_precision") { $0.macro.precision },
    Metric("macro_recall") { $0.macro.recall },
    Metric("weighted_f1") { $0.weighted.f1 },
    Metric("weighted_precision") { $0.weighted.precision },
    Metric("weighted_recall") { $0.weighted.recall },
    Metric("mcc") { $0.matthewsCorrelation },
    Metric("roc_auc") { $0.rocAUC },
    Metric("top_3_accuracy") { $0.top3Accuracy },
    Metric("top_5_accuracy") { $0.top5Accuracy },
    Metric("ece", higherIsBetter: false) { $0.calibrationError },
    Metric("brier", higherIsBetter: false) { $0.brierScore },
  ]

  /// Rows by true class (first index) and predicted class (second); nil with more than ``ClassificationRows/mostAreas`` classes, where
  /// ``cells`` tell them.
  public var confusion: [[Int]]? {
    guard scores.count <= ClassificationRows.mostAreas else { return nil }
    var matrix = Array(repeating: [Int](repeating: 0, count: scores.count), count: scores.count)
    for cell in cells { matrix[cell.label][cell.prediction] = cell.rows }
    return matrix
  }

  /// The mean of the classes' F1, over those that occur among the labels or the predictions.
  public var macroF1: Double? { macro.f1 }

  /// Evaluates `probabilities`, row-major with one number for each of `classes`, against `labels`, the class of each row.
  public init(probabilities: [Float], labels: [Int32], classes: [String]) {
    var rows = ClassificationRows(width: classes.count)
    rows.add(probabilities, labels: labels)
    self.init(rows, classes: classes)
  }

  /// The report on `rows` of `classes`.
  public init(_ rows: ClassificationRows, classes: [String]) {
    precondition(rows.width == classes.count, "there must be a probability for every row and class")
    var (supports, predictions) = ([Int](repeating: 0, count: rows.width), [Int](repeating: 0, count: rows.width))
    let cells = rows.cells.map { key, count in
      Cell(label: key / rows.width, prediction: key % rows.width, rows: count)
    }.sorted { ($0.label, $0.prediction) < ($1.label, $1.prediction) }
    var right = [Int](repeating: 0, count: rows.width)
    for cell in cells {
      supports[cell.label] += cell.rows
      predictions[cell.prediction] += cell.rows
      if cell.label == cell.prediction { right[cell.label] = cell.rows }
    }
    let scores = classes.indices.map { c in
      let (support, predicted) = (supports[c], predictions[c])
      func share(_ whole: Int) -> Double { whole > 0 ? Double(right[c]) / Double(whole) : 0 }
      // The harmonic mean, written so that two zeros need no case of their own beyond a class that nobody has or gets.
      let f1 = support + predicted > 0 ? 2 * Double(right[c]) / Double(support + predicted) : 0
      return ClassScore(
        name: classes[c], precision: share(predicted), recall: share(support), f1: f1, rocAUC: rows.rocAUC(class: c), support: support,
        predicted: predicted)
    }
    let hits = right.reduce(0, +)
    let count = rows.labels.count
    func perRow(_ sum: Double) -> Double? { count > 0 ? sum / Double(count) : nil }
    let present = scores.filter { $0.support > 0 }
    let areas = scores.compactMap(\.rocAUC)

    self.count = count
    self.cells = cells
    self.scores = scores
    accuracy = perRow(Double(hits))
    balancedAccuracy = present.isEmpty ? nil : present.reduce(0) { $0 + $1.recall } / Double(present.count)
    logLoss = perRow(rows.loss)
    macro = Average(scores.filter { $0.support + $0.predicted > 0 }.map { ($0, 1) })
    weighted = Average(scores.map { ($0, Double($0.support)) })
    matthewsCorrelation = count > 0 ? Self.matthewsCorrelation(scores, hits: hits) : nil
    rocAUC = areas.count < scores.count ? nil : areas.count == 2 ? areas[1] : areas.reduce(0, +) / Double(areas.count)
    top3Accuracy = rows.topKAccuracy(3)
    top5Accuracy = rows.topKAccuracy(5)
    calibrationError = Calibration.expectedError(confidences: rows.confidences, hits: rows.hits)
    brierScore = perRow(rows.squares / (classes.count == 2 ? 2 : 1))
  }

  /// The share of rows whose class is among the `k` of highest probability, `k` up to 5; nil unless there are rows and more than `k` classes.
  ///
  /// Of equal probabilities the later class ranks higher, as in scikit-learn's `top_k_accuracy_score`: with `k` 1 this is the accuracy but
  /// for ties.
  public static func topKAccuracy(_ k: Int, probabilities: [Float], labels: [Int32], classes: Int) -> Double? {
    precondition(
      (1...5).contains(k) && probabilities.count == labels.count * classes, "there must be a probability for every row and class")
    var rows = ClassificationRows(width: classes)
    rows.add(probabilities, labels: labels)
    return rows.topKAccuracy(k)
  }

  /// The place of the highest of `values`, counted from 0; of equal ones the first. What is not a number is never the highest.
  public static func argmax(_ values: ArraySlice<Float>) -> Int {
    values.withUnsafeBufferPointer { ClassificationRows.argmax($0) }
  }

  private static func matthewsCorrelation(_ scores: [ClassScore], hits: Int) -> Double {
    let (count, hits) = (Double(scores.reduce(0) { $0 + $1.support }), Double(hits))
    func dot(_ a: KeyPath<ClassScore, Int>, _ b: KeyPath<ClassScore, Int>) -> Double {
      scores.reduce(0) { $0 + Double($1[keyPath: a]) * Double($1[keyPath: b]) }
    }
    let spread = (count * count - dot(\.predicted, \.predicted)) * (count * count - dot(\.support, \.support))
    return spread == 0 ? 0 : (hits * count - dot(\.support, \.predicted)) / spread.squareRoot()
  }

  /// The report as it is printed and stored.
  public var json: JSON {
    .object(
      [("count", .integer(count))] + figures.map { ($0.name, .number($0.value)) } + [
        (
          "classes",
          .array(
            scores.map { score in
              .object([
                ("name", .string(score.name)), ("precision", .number(score.precision)), ("recall", .number(score.recall)),
                ("f1", .number(score.f1)), ("roc_auc", .number(score.rocAUC)), ("support", .integer(score.support)),
                ("predicted", .integer(score.predicted)),
              ])
            })
        ),
        ("confusion", confusion.map { .array($0.map { row in .array(row.map { .integer($0) }) }) } ?? .null),
      ])
  }
}

extension ClassificationReport.Average {
  fileprivate init(_ scores: [(score: ClassificationReport.ClassScore, weight: Double)]) {
    let total = scores.reduce(0) { $0 + $1.weight }
    func mean(_ part: KeyPath<ClassificationReport.ClassScore, Double>) -> Double? {
      total > 0 ? scores.reduce(0) { $0 + $1.weight * $1.score[keyPath: part] } / total : nil
    }
    self.init(precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1))
  }
}
