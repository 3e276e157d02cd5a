import Glibc

/// The regularized incomplete beta function I_x(a, b), the distribution function of the beta distribution, to about 1e-13 where a and b are
/// below 10,000.
///
/// - Parameters:
///   - x: From 0 to 1.
///   - complement: 1 - `x`, which a caller may know more exactly than by subtraction.
///   - a: Above 0.
///   - b: Above 0.
/// - Returns: From 0 to 1.
public func regularizedIncompleteBeta(_ x: Double, complement: Double, _ a: Double, _ b: Double) -> Double {
  if x <= 0 { return 0 }
  if complement <= 0 { return 1 }
  // The continued fraction converges fast below the mean of the distribution; above it, by symmetry, that of the complement does.
  if x > (a + 1) / (a + b + 2) { return 1 - regularizedIncompleteBeta(complement, complement: x, b, a) }
  let logBeta = lgamma(a).0 + lgamma(b).0 - lgamma(a + b).0
  return exp(a * log(x) + b * log(complement) - logBeta) / a * incompleteBetaFraction(x, a, b)
}

/// The continued fraction of the incomplete beta function, evaluated by Lentz's method.
private func incompleteBetaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  let smallest = 1e-300
  func nonzero(_ value: Double) -> Double { abs(value) < smallest ? smallest : value }
  var numerator = 1.0
  var denominator = 1 / nonzero(1 - (a + b) * x / (a + 1))
  var value = denominator
  for step in 1...100_000 {
    let m = Double(step)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    var factor = 1.0
    for coefficient in [even, odd] {
      denominator = 1 / nonzero(1 + coefficient * denominator)
      numerator = nonzero(1 + coefficient / numerator)
      factor = numerator * denominator
      value *= factor
    }
    if abs(factor - 1) < 1e-15 { break }
  }
  return value
}
