/// Numbers far from the rest: by the median and the median absolute deviation, and by the quartiles, which a few extreme values cannot move.
public struct Outliers: Sendable, Equatable {
  /// The positions of the outliers, the farthest first.
  public let positions: [Int]
  /// The robust z-score of each: its distance from the median in standard deviations, if the bulk of the numbers were normal.
  public let scores: [Double]
  /// The median.
  public let median: Double

  /// The robust z-score from which a number is an outlier, if it is also this many interquartile ranges outside the quartiles.
  private static let (greatScore, greatRanges) = (10.0, 3.0)
  /// The standard deviation of a normal distribution in median absolute deviations, and in interquartile ranges.
  private static let (perDeviation, perRange) = (1.4826, 0.7413)
  /// With fewer numbers there is no bulk.
  private static let fewest = 20
  /// If a greater fraction is far away, and more than a few numbers, it is a long tail and not outliers.
  private static let (mostShare, few) = (0.01, 3.0)

  /// Finds the outliers of `numbers`, of which NaN is missing; nil if there are none.
  public init?(_ numbers: [Double]) {
    let known = numbers.filter { !$0.isNaN }.sorted()
    guard known.count >= Self.fewest else { return nil }
    func quantile(_ share: Double) -> Double { known[min(known.count - 1, Int(share * Double(known.count)))] }
    let (low, middle, high) = (quantile(0.25), quantile(0.5), quantile(0.75))
    let distances = known.map { abs($0 - middle) }.sorted()
    let deviation = max(Self.perDeviation * distances[distances.count / 2], Self.perRange * (high - low))
    // More than half of the numbers are equal, so that there is no scale.
    guard deviation > 0 else { return nil }
    let reach = Self.greatRanges * (high - low)
    let found = numbers.indices.compactMap { position -> (position: Int, score: Double)? in
      let number = numbers[position]
      guard number < low - reach || number > high + reach else { return nil }
      let score = (number - middle) / deviation
      return abs(score) >= Self.greatScore ? (position, score) : nil
    }
    guard !found.isEmpty, Double(found.count) <= max(Self.few, Self.mostShare * Double(known.count)) else { return nil }
    let sorted = found.sorted { (abs($0.score), $1.position) > (abs($1.score), $0.position) }
    (positions, scores, median) = (sorted.map(\.position), sorted.map(\.score), middle)
  }
}
