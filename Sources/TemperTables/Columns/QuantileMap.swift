import TemperMetrics

/// A map of numbers to the standard normal distribution by their rank among the training rows, as scikit-learn's `QuantileTransformer`: the
/// probability of a number is interpolated between those of quantiles, and one that several quantiles share gets their middle.
public struct QuantileMap: Sendable, Equatable {
  /// The quantiles 0, 1/(n - 1), ..., 1 of the training rows, ascending; at least two, of which the last is above the first.
  public let quantiles: [Double]

  /// The features of the least and the greatest training row, and of all beyond, are this far from 0: scikit-learn's bound, beyond which
  /// lies a probability of 1e-7.
  static let limit = -Normal.quantile(1e-7 - Double.ulpOfOne)

  /// A map with known quantiles.
  init(_ quantiles: [Double]) {
    self.quantiles = quantiles
  }

  /// Fits ascending numbers, of which there are two different ones. There is a quantile for 30 rows, but no less than 10 and no more than 1000,
  /// as in the experiments with TabM (Gorishniy et al. 2025), and no more than rows.
  init(ofSorted numbers: [Double]) {
    let steps = min(max(min(numbers.count / 30, 1000), 10), numbers.count) - 1
    quantiles = (0...steps).map { step in
      // In whole numbers, so that a quantile that is a number is that number exactly.
      let (below, rest) = (step * (numbers.count - 1)).quotientAndRemainder(dividingBy: steps)
      if rest == 0 { return numbers[below] + 0 }
      let (low, high) = (numbers[below], numbers[below + 1])
      return min(low + (high - low) * (Double(rest) / Double(steps)), high) + 0
    }
  }

  /// The feature of `number`.
  func callAsFunction(_ number: Double) -> Float {
    quantiles.withUnsafeBufferPointer { quantiles in
      let last = quantiles.count - 1
      if number <= quantiles[0] { return Float(-Self.limit) }
      if number >= quantiles[last] { return Float(Self.limit) }
      let above = Self.count(of: quantiles) { $0 < number }
      let position: Double
      if quantiles[above] == number {
        position = Double(above + Self.count(of: quantiles) { $0 <= number } - 1) / 2
      } else {
        let (low, high) = (quantiles[above - 1], quantiles[above])
        position = Double(above - 1) + (number - low) / (high - low)
      }
      return Float(min(max(Normal.quantile(position / Double(last)), -Self.limit), Self.limit))
    }
  }

  /// The number of leading quantiles that are `below`, by bisection.
  @inline(__always)
  private static func count(of quantiles: UnsafeBufferPointer<Double>, _ below: (Double) -> Bool) -> Int {
    var (start, length) = (0, quantiles.count)
    while length > 0 {
      let half = length / 2
      if below(quantiles[start + half]) {
        start += half + 1
        length -= half + 1
      } else {
        length = half
      }
    }
    return start
  }
}
