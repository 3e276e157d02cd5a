import Glibc

/// The passes over probabilities and labels that a ``ClassificationReport`` is made of.
struct ClassificationRows {
  /// What one pass over the rows adds up.
  struct Counts {
    /// Rows by true and predicted class.
    var confusion: [[Int]] = []
    /// The sum of -ln p(true class).
    var loss = 0.0
    /// The sum of squared distances between probabilities and truth.
    var squares = 0.0
    /// The probability of the predicted class, and whether it is the true one, row by row.
    var confidences: [Double] = []
    var hits: [Bool] = []
  }

  let probabilities: [Float]
  let labels: [Int32]
  let width: Int

  func counts() -> Counts {
    var counts = Counts()
    counts.confidences.reserveCapacity(labels.count)
    counts.hits.reserveCapacity(labels.count)
    var cells = [Int](repeating: 0, count: width * width)
    let (least, most) = (Float.ulpOfOne, 1 - Float.ulpOfOne)
    probabilities.withUnsafeBufferPointer { all in
      for (row, label) in labels.enumerated() {
        let own = UnsafeBufferPointer(rebasing: all[(row * width)..<((row + 1) * width)])
        let (label, best) = (Int(label), Self.argmax(own))
        cells[label * width + best] += 1
        let p = own[label]
        counts.loss -= log(Double(p < least ? least : p > most ? most : p))
        var squares = 0.0
        for p in own { squares += Double(p) * Double(p) }
        counts.squares += squares - Double(p) * Double(p) + (1 - Double(p)) * (1 - Double(p))
        counts.confidences.append(Double(own[best]))
        counts.hits.append(best == label)
      }
    }
    counts.confusion = (0..<width).map { Array(cells[($0 * width)..<(($0 + 1) * width)]) }
    return counts
  }

  /// The area under the curve of class `number` against all others.
  func rocAUC(class number: Int) -> Double? {
    probabilities.withUnsafeBufferPointer { all in
      labels.withUnsafeBufferPointer { labels in
        ROCCurve.area(count: labels.count, score: { all[$0 * width + number] }, isPositive: { labels[$0] == Int32(number) })
      }
    }
  }

  func topKAccuracy(_ k: Int) -> Double? {
    guard !labels.isEmpty, k < width else { return nil }
    var hits = 0
    probabilities.withUnsafeBufferPointer { all in
      for (row, label) in labels.enumerated() {
        let own = UnsafeBufferPointer(rebasing: all[(row * width)..<((row + 1) * width)])
        let p = own[Int(label)]
        // Classes that rank above the true one. What is not a number ranks above all: such a row is a miss or as scikit-learn has it.
        var above = p.isNaN ? width : 0
        for c in 0..<Int(label) where !(own[c] <= p) { above += 1 }
        for c in (Int(label) + 1)..<width where !(own[c] < p) { above += 1 }
        if above < k { hits += 1 }
      }
    }
    return Double(hits) / Double(labels.count)
  }

  /// See ``ClassificationReport/argmax(_:)``.
  static func argmax(_ values: UnsafeBufferPointer<Float>) -> Int {
    var best = 0
    for index in values.indices where values[index] > values[best] || (values[best].isNaN && !values[index].isNaN) { best = index }
    return best
  }
}
