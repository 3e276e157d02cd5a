import Glibc

/// Collects the input of a ``ClassificationReport``, batch by batch: a few numbers for each row instead of its probabilities.
///
/// Only the area under the ROC curve needs the probability of every row and class at once. They are kept for up to ``classLimit`` classes and
/// ``scoreLimit`` numbers; beyond that the area is not computed.
public struct ClassificationAccumulator: Sendable {
  /// The largest number of classes for which scores of every class and cell are reported.
  public static let classLimit = 1000
  /// The largest number of probabilities that are kept, 1 GiB of them.
  public static let scoreLimit = 1 << 28

  /// The number of classes.
  public let classes: Int
  /// The true class of each row.
  private(set) var labels: [Int32]
  /// The most probable class of each row.
  private(set) var predicted: [Int32]
  /// The probability of that class.
  private(set) var confidences: [Float]
  /// -ln p of the true class.
  private(set) var losses: [Double]
  /// The squared distance of the probabilities from the truth.
  private(set) var squares: [Double]
  /// The number of classes that rank above the true one.
  private(set) var ranks: [Int32]
  /// The classes with a probability above 0, and the rows without a gradient; nil where the loss leaves out no classes.
  private(set) var sparsity: (support: Int, zeroGradients: Int)?
  /// All probabilities, row-major; nil if they are too many.
  private(set) var scores: [Float]?

  /// An accumulator for `rows` rows, all of which are to be added.
  public init(classes: Int, rows: Int) {
    self.classes = classes
    labels = Array(repeating: 0, count: rows)
    predicted = labels
    ranks = labels
    confidences = Array(repeating: 0, count: rows)
    losses = Array(repeating: 0, count: rows)
    squares = losses
    let (numbers, overflows) = rows.multipliedReportingOverflow(by: classes)
    let keeps = classes <= Self.classLimit && !overflows && numbers <= Self.scoreLimit
    scores = keeps ? Array(repeating: 0, count: numbers) : nil
  }

  /// The number of rows.
  public var count: Int { labels.count }

  /// Adds rows with their `probabilities`, row-major with one number for each class, and their classes; `places` are the indices of these rows
  /// among all.
  public mutating func add(_ probabilities: UnsafePointer<Float>, labels: some Collection<Int32>, places: some Collection<Int>) {
    precondition(labels.count == places.count, "there must be a label for every row")
    for (index, (label, place)) in zip(labels, places).enumerated() {
      let own = UnsafeBufferPointer(start: probabilities + index * classes, count: classes)
      add(own, label: Int(label), place: place)
      scores?.withUnsafeMutableBufferPointer {
        $0.baseAddress.map { ($0 + place * classes).update(from: own.baseAddress!, count: classes) }
      }
    }
  }

  /// Adds how many classes have a `probability` above 0, row-major with one number for each class, and for how many of the rows the
  /// `gradient` of the logits, of the same layout, is exactly 0. Needed for all rows or for none.
  public mutating func addSparsity(_ probabilities: UnsafePointer<Float>, gradient: UnsafePointer<Float>, rows: Int) {
    var (support, zeros) = sparsity ?? (0, 0)
    for i in 0..<rows {
      let (p, g) = (probabilities + i * classes, gradient + i * classes)
      var isZero = true
      for c in 0..<classes {
        if p[c] > 0 { support += 1 }
        isZero = isZero && g[c] == 0
      }
      if isZero { zeros += 1 }
    }
    sparsity = (support, zeros)
  }

  private mutating func add(_ own: UnsafeBufferPointer<Float>, label: Int, place: Int) {
    let (least, most) = (Float.ulpOfOne, 1 - Float.ulpOfOne)
    let (p, best) = (own[label], Self.argmax(own))
    labels[place] = Int32(label)
    predicted[place] = Int32(best)
    confidences[place] = own[best]
    losses[place] = -log(Double(p < least ? least : p > most ? most : p))
    var sum = 0.0
    for p in own { sum += Double(p) * Double(p) }
    squares[place] = sum - Double(p) * Double(p) + (1 - Double(p)) * (1 - Double(p))
    ranks[place] = Self.rank(own, label)
  }

  /// The number of classes that rank above class `label`: of equal probabilities the later class ranks higher, as in scikit-learn's
  /// `top_k_accuracy_score`. NaN ranks above all.
  private static func rank(_ own: UnsafeBufferPointer<Float>, _ label: Int) -> Int32 {
    let p = own[label]
    if p.isNaN { return Int32(own.count) }
    var above: Int32 = 0
    for c in 0..<label { above &+= own[c] <= p ? 0 : 1 }
    for c in (label + 1)..<own.count { above &+= own[c] < p ? 0 : 1 }
    return above
  }

  /// The share of rows whose class is among the `k` of highest probability, nil unless there are rows and more than `k` classes.
  func topKAccuracy(_ k: Int) -> Double? {
    guard count > 0, k < classes else { return nil }
    return Double(ranks.count { $0 < Int32(k) }) / Double(count)
  }

  /// The area under the ROC curve of class `number` against all others; nil if it is not defined, or if there are too many probabilities.
  func rocAUC(class number: Int) -> Double? {
    guard let scores else { return nil }
    return scores.withUnsafeBufferPointer { all in
      labels.withUnsafeBufferPointer { labels in
        ROCCurve.area(count: labels.count, score: { all[$0 * classes + number] }, isPositive: { labels[$0] == Int32(number) })
      }
    }
  }

  /// See ``ClassificationReport/argmax(_:)``.
  static func argmax(_ values: UnsafeBufferPointer<Float>) -> Int {
    var best = 0
    for index in values.indices where values[index] > values[best] || (values[best].isNaN && !values[index].isNaN) { best = index }
    return best
  }
}
