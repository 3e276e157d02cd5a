import Glibc

/// What a ``ClassificationReport`` is made of, added up batch by batch: it grows with the rows and the classes, and not with their product.
///
/// The one exception are areas under curves, for which all probabilities are kept; with more than ``mostAreas`` classes there are none.
public struct ClassificationRows: Sendable {
  /// The most classes of which areas under the curve are computed, and a whole confusion matrix is written.
  public static let mostAreas = 1000

  /// How many classes there are.
  public let width: Int
  private(set) var labels: [Int32] = []
  /// Row-major, a number for each class; empty with more than ``mostAreas`` classes.
  private var probabilities: [Float] = []
  /// Rows by true and predicted class, as true · width + predicted.
  private(set) var cells: [Int: Int] = [:]
  /// The sum of -ln p(true class).
  private(set) var loss = 0.0
  /// The sum of squared distances between probabilities and truth.
  private(set) var squares = 0.0
  /// The probability of the predicted class, and whether it is the true one, row by row.
  private(set) var confidences: [Double] = []
  private(set) var hits: [Bool] = []
  /// Rows by the number of classes that rank above the true one, up to 5.
  private var ranks = [Int](repeating: 0, count: 6)

  /// No rows, of `width` classes.
  public init(width: Int) { self.width = width }

  /// Adds rows with their `probabilities`, row-major with one number for each class, and `labels`, the class of each row.
  public mutating func add(_ probabilities: [Float], labels: [Int32]) {
    precondition(probabilities.count == labels.count * width, "there must be a probability for every row and class")
    let (least, most) = (Float.ulpOfOne, 1 - Float.ulpOfOne)
    probabilities.withUnsafeBufferPointer { all in
      for (row, label) in labels.enumerated() {
        let own = UnsafeBufferPointer(rebasing: all[(row * width)..<((row + 1) * width)])
        let (label, best) = (Int(label), Self.argmax(own))
        cells[label * width + best, default: 0] += 1
        let p = own[label]
        loss -= log(Double(p < least ? least : p > most ? most : p))
        var squares = 0.0
        for p in own { squares += Double(p) * Double(p) }
        self.squares += squares - Double(p) * Double(p) + (1 - Double(p)) * (1 - Double(p))
        confidences.append(Double(own[best]))
        hits.append(best == label)
        ranks[min(Self.above(own, label), 5)] += 1
      }
    }
    self.labels += labels
    if width <= Self.mostAreas { self.probabilities += probabilities }
  }

  /// The classes that rank above the true one; of equal probabilities the later class ranks higher. What is not a number ranks above all: such a
  /// row is a miss or as scikit-learn has it.
  private static func above(_ own: UnsafeBufferPointer<Float>, _ label: Int) -> Int {
    let p = own[label]
    var above = p.isNaN ? own.count : 0
    for c in 0..<label where !(own[c] <= p) { above += 1 }
    for c in (label + 1)..<own.count where !(own[c] < p) { above += 1 }
    return above
  }

  /// The area under the curve of class `number` against all others; nil with more than ``mostAreas`` classes.
  func rocAUC(class number: Int) -> Double? {
    guard width <= Self.mostAreas else { return nil }
    return probabilities.withUnsafeBufferPointer { all in
      labels.withUnsafeBufferPointer { labels in
        ROCCurve.area(count: labels.count, score: { all[$0 * width + number] }, isPositive: { labels[$0] == Int32(number) })
      }
    }
  }

  /// The share of rows whose class is among the `k` of highest probability, `k` up to 5; nil unless there are rows and more than `k` classes.
  func topKAccuracy(_ k: Int) -> Double? {
    guard !labels.isEmpty, k < width else { return nil }
    return Double(ranks[..<k].reduce(0, +)) / Double(labels.count)
  }

  /// See ``ClassificationReport/argmax(_:)``.
  static func argmax(_ values: UnsafeBufferPointer<Float>) -> Int {
    var best = 0
    for index in values.indices where values[index] > values[best] || (values[best].isNaN && !values[index].isNaN) { best = index }
    return best
  }
}
