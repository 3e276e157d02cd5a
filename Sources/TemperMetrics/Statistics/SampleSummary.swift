/// The mean and the spread of several values of a metric.
public struct SampleSummary: Sendable, Equatable {
  /// The number of values.
  public let count: Int
  /// Their mean; nil if there are none.
  public let mean: Double?
  /// Their sample standard deviation (n - 1); nil with fewer than two.
  public let deviation: Double?
  /// Whether they differ. Of equal values the deviation may be a rounding error instead of 0.
  public let hasSpread: Bool

  /// The summary of `values`.
  public init(_ values: [Double]) {
    count = values.count
    hasSpread = values.contains { $0 != values[0] }
    let count = Double(values.count)
    let mean = values.isEmpty ? nil : values.reduce(0, +) / count
    self.mean = mean
    deviation = mean.flatMap { mean in
      values.count < 2 ? nil : (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
    }
  }

  /// The squared standard error of the mean; nil with fewer than two values.
  var squaredError: Double? { deviation.map { hasSpread ? $0 * $0 / Double(count) : 0 } }
}
