import Glibc

/// Temperature scaling (Guo et al. 2017): logits divided by one temperature T, which minimises the negative log-likelihood of held-out rows. It changes
/// how sure predictions are, and never which class is the likeliest.
public struct TemperatureScaling: Sendable, Equatable {
  /// T: above 1 where the model is over-confident.
  public let temperature: Double

  /// The temperatures among which the best one is sought.
  public static let range = 0.01...100.0

  /// Fits the temperature to `logits`, row-major with `classes` a row, and the class of each row; rows with a label below 0 or from `classes` on do not
  /// count. Nil where there is no best temperature: without rows, where a logit is not finite, where every row is right, so that certainty is best, and
  /// where the logits tell nothing, so that indifference is.
  public init?(logits: [Float], labels: [Int32], classes: Int) {
    let rows = labels.indices.filter { labels[$0] >= 0 && Int(labels[$0]) < classes }
    guard !rows.isEmpty, logits.allSatisfy(\.isFinite) else { return nil }

    // With β = 1 / T, d/dβ of -ln softmax(βz)_y is E[z] - z_y, and its derivative Var[z], under the probabilities softmax(βz): a sum over rows that
    // rises with β. Its root by Newton's method, and by bisection where that leaves the interval around it.
    func derivatives(_ beta: Double) -> (first: Double, second: Double) {
      logits.withUnsafeBufferPointer { logits in
        rows.reduce(into: (0.0, 0.0)) { sums, row in
          let z = logits[row * classes..<(row + 1) * classes]
          let greatest = z.reduce(-Float.infinity, max)
          var (weight, mean, square) = (0.0, 0.0, 0.0)
          for value in z {
            let distance = Double(value - greatest)
            let p = exp(beta * distance)
            weight += p
            mean += p * distance
            square += p * distance * distance
          }
          mean /= weight
          sums.0 += mean - Double(z[row * classes + Int(labels[row])] - greatest)
          sums.1 += square / weight - mean * mean
        }
      }
    }

    var (low, high) = (1 / Self.range.upperBound, 1 / Self.range.lowerBound)
    if derivatives(low).first >= 0 || derivatives(high).first <= 0 { return nil }
    var beta = 1.0
    for _ in 0..<200 where high - low > 1e-12 * high {
      let (first, second) = derivatives(beta)
      if abs(first) <= 1e-12 * Double(rows.count) { break }
      if first > 0 { high = beta } else { low = beta }
      let next = beta - first / second
      beta = next > low && next < high ? next : (low * high).squareRoot()
    }
    temperature = 1 / beta
  }
}
