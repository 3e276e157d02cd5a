/// Welch's test of whether the mean of one group of values exceeds that of another, whose variance may differ. One-sided.
public struct WelchTest: Sendable, Equatable {
  /// The difference of the means in units of its standard error.
  public let statistic: Double
  /// The degrees of freedom, by Welch and Satterthwaite.
  public let degreesOfFreedom: Double
  /// The probability of a difference at least as large if the means are the same.
  public let p: Double

  /// Tests whether `group` exceeds `other`; nil if one of them has fewer than two values, or neither has any spread.
  public init?(_ group: SampleSummary, exceeds other: SampleSummary) {
    guard let mean = group.mean, let otherMean = other.mean, let error = group.squaredError, let otherError = other.squaredError,
      error + otherError > 0
    else { return nil }
    statistic = (mean - otherMean) / (error + otherError).squareRoot()
    // The shares of the sum, because squares of tiny errors vanish.
    let (share, otherShare) = (error / (error + otherError), otherError / (error + otherError))
    degreesOfFreedom = 1 / (share * share / Double(group.count - 1) + otherShare * otherShare / Double(other.count - 1))
    p = StudentT(degreesOfFreedom: degreesOfFreedom).upperTail(statistic)
  }
}
