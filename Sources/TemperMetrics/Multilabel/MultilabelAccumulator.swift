/// Collects the input of a ``MultilabelReport``, batch by batch.
///
/// Only the area under the ROC curve needs all probabilities at once; like those of classes, they are kept for up to
/// ``ClassificationAccumulator/classLimit`` labels.
public struct MultilabelAccumulator: Sendable {
  /// The number of labels.
  public let width: Int
  /// Rows added so far.
  private(set) var rows = 0
  /// For each label, the rows that have it and were predicted to have it.
  private(set) var hits: [Int]
  /// For each label, the rows that have it.
  private(set) var support: [Int]
  /// For each label, the rows that were predicted to have it.
  private(set) var predicted: [Int]
  /// The rows with every label correct.
  private(set) var perfect = 0
  /// The wrong labels of all rows.
  private(set) var wrong = 0
  /// The probabilities, row-major, and whether the row has the label; nil if they are too many.
  private(set) var scores: [(probability: Float, isPositive: Bool)]?

  /// An accumulator for `rows` rows of `width` labels.
  public init(width: Int, rows: Int) {
    precondition(width > 0, "there must be a label")
    self.width = width
    (hits, support, predicted) = (
      [Int](repeating: 0, count: width), [Int](repeating: 0, count: width), [Int](repeating: 0, count: width)
    )
    let (numbers, overflows) = rows.multipliedReportingOverflow(by: width)
    if width <= ClassificationAccumulator.classLimit, !overflows, numbers <= ClassificationAccumulator.scoreLimit {
      scores = []
      scores?.reserveCapacity(numbers)
    }
  }

  /// Adds rows with their `probabilities` and `targets`, 1 if a row has a label and 0 otherwise; both row-major with a number for each label.
  public mutating func add(_ probabilities: UnsafePointer<Float>, targets: some Collection<Float>) {
    precondition(targets.count % width == 0, "there must be a target for every label of a row")
    var (label, mistakes) = (0, 0)
    for (index, target) in targets.enumerated() {
      let (has, says) = (target > 0.5, probabilities[index] > 0.5)
      if has { support[label] += 1 }
      if says { predicted[label] += 1 }
      if has, says { hits[label] += 1 }
      if has != says { mistakes += 1 }
      scores?.append((probabilities[index], has))
      label += 1
      guard label == width else { continue }
      wrong += mistakes
      if mistakes == 0 { perfect += 1 }
      rows += 1
      (label, mistakes) = (0, 0)
    }
  }

  /// The area under the ROC curve of label `number`; nil if it is not defined, or if there are too many probabilities.
  func rocAUC(label number: Int) -> Double? {
    guard let scores else { return nil }
    return scores.withUnsafeBufferPointer { all in
      ROCCurve.area(
        count: rows, score: { all[$0 * width + number].probability }, isPositive: { all[$0 * width + number].isPositive })
    }
  }
}
