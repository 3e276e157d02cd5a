/// The paired bootstrap of a difference between two models: rows are drawn with replacement, the same for both models, and the difference is
/// computed for each draw. The interval lies between percentiles of these differences (Efron and Tibshirani 1993).
public struct PairedBootstrap: Sendable, Equatable {
  /// The difference for the rows themselves.
  public let difference: Double
  /// The lower end of the interval.
  public let lower: Double
  /// The upper end of the interval.
  public let upper: Double
  /// The share of draws whose difference lies within the interval.
  public let level: Double
  /// The number of draws.
  public let draws: Int

  /// Whether the interval excludes 0.
  public var excludesZero: Bool { lower > 0 || upper < 0 }

  /// Draws rows of which each has `width` values; nil without rows.
  ///
  /// - Parameters:
  ///   - values: The values, row-major.
  ///   - width: The number of values per row.
  ///   - draws: The number of draws.
  ///   - level: The share of draws whose difference lies within the interval.
  ///   - below: A random whole number from 0 up to, but not including, its argument.
  ///   - difference: The difference for the means of the rows' values, in the order of a row.
  public init?(
    _ values: [Double], width: Int, draws: Int = 2000, level: Double = 0.95, below: (Int) -> Int, difference: ([Double]) -> Double
  ) {
    let count = width > 0 ? values.count / width : 0
    guard count > 0, draws > 0 else { return nil }
    var sums = Array(repeating: 0.0, count: width)
    func value(ofRows row: (Int) -> Int) -> Double {
      for column in 0..<width { sums[column] = 0 }
      for index in 0..<count {
        let start = row(index) * width
        for column in 0..<width { sums[column] += values[start + column] }
      }
      return difference(sums.map { $0 / Double(count) })
    }
    let own = value { $0 }
    let differences = (0..<draws).map { _ in value { _ in below(count) } }.sorted()
    self.difference = own
    (self.level, self.draws) = (level, draws)
    lower = Self.percentile((1 - level) / 2, of: differences)
    upper = Self.percentile((1 + level) / 2, of: differences)
  }

  /// The value below which the share `share` of the sorted `values` lies, interpolated linearly, as `numpy.percentile` does.
  static func percentile(_ share: Double, of values: [Double]) -> Double {
    let position = share * Double(values.count - 1)
    let below = Int(position)
    guard below + 1 < values.count else { return values[values.count - 1] }
    return values[below] + (position - Double(below)) * (values[below + 1] - values[below])
  }
}
