import TemperMetrics

/// What a paired bootstrap compares: a metric that is a function of means over rows.
struct PairedMeasure: Sendable {
  /// The metric.
  let metric: Metric
  /// The number of values per row.
  let width: Int
  /// The metric for the means of the rows' values.
  let value: @Sendable (ArraySlice<Double>) -> Double

  /// Of one squared error per row.
  static let rmse = PairedMeasure(metric: .rmse, width: 1) { $0[$0.startIndex].squareRoot() }
  /// Of the share of wrong labels per row.
  static let hammingLoss = PairedMeasure(metric: .hammingLoss, width: 1) { $0[$0.startIndex] }
  /// Of the summed loss and the number of tokens per window.
  static let tokenLoss = PairedMeasure(metric: .loss, width: 2) { means in
    let start = means.startIndex
    return means[start + 1] > 0 ? means[start] / means[start + 1] : .nan
  }
}

/// How each of some rows was predicted.
struct RowScores {
  /// What a bootstrap compares; nil for classes, which McNemar's test compares.
  let measure: PairedMeasure?
  /// The values of ``measure``, row-major.
  var values: [Double] = []
  /// Whether each row is predicted correctly; empty for numbers and text.
  var isRight: [Bool] = []
  /// What is true of each row; empty for text.
  var truths: [String] = []
  /// What is predicted for each row; empty for text.
  var predictions: [String] = []

  /// Appends those of other rows.
  mutating func append(_ other: RowScores) {
    values += other.values
    isRight += other.isRight
    truths += other.truths
    predictions += other.predictions
  }

  /// The scores of the rows at `indices`, in this order.
  func rows(_ indices: [Int]) -> RowScores {
    func pick<Element>(_ all: [Element], width: Int = 1) -> [Element] {
      all.isEmpty ? [] : indices.flatMap { all[$0 * width..<($0 + 1) * width] }
    }
    return RowScores(
      measure: measure, values: pick(values, width: measure?.width ?? 1), isRight: pick(isRight), truths: pick(truths),
      predictions: pick(predictions))
  }
}
