import Glibc

/// The Matern-5/2 covariance with a weight for each parameter (automatic relevance determination): of numbers the squared distance in the unit
/// interval counts, of choices 1 where they differ.
struct MaternKernel: Equatable {
  /// The inverse squared length scale of each parameter.
  var weights: [Double]
  /// The variance.
  var scale: Double
  /// The variance of the noise.
  var noise: Double

  /// The covariance at the weighted squared distance `r2`, for a variance of 1, and its derivative by `r2`.
  static func value(_ r2: Double) -> (value: Double, slope: Double) {
    let r = (5 * r2).squareRoot()
    let decay = exp(-r)
    return ((1 + r + r * r / 3) * decay, -5.0 / 6 * (1 + r) * decay)
  }

  /// The weighted squared distance.
  func distance(_ a: [Double], _ b: [Double], _ isChoice: [Bool]) -> Double {
    var sum = 0.0
    for index in weights.indices {
      let difference = a[index] - b[index]
      sum += weights[index] * (isChoice[index] ? (difference == 0 ? 0 : 1) : difference * difference)
    }
    return sum
  }
}
