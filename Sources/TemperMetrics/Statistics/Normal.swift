import Glibc

/// The standard normal distribution, with tails that do not underflow in logarithms.
package enum Normal {
  private static let halfLogTau = 0.5 * log(2 * Double.pi)

  /// The logarithm of the density at `z`.
  package static func logDensity(_ z: Double) -> Double { -0.5 * z * z - halfLogTau }

  /// The probability below `z`.
  package static func below(_ z: Double) -> Double { 0.5 * erfc(-z * 0.5.squareRoot()) }

  /// The logarithm of the probability below `z`.
  package static func logBelow(_ z: Double) -> Double {
    if z > 5 { return log1p(-below(-z)) }
    if z > -25 { return log(below(z)) }
    // The asymptotic series of Mills' ratio.
    let x = 1 / (z * z)
    return logDensity(z) - log(-z) + log1p(x * (-1 + x * (3 + x * (-15 + x * 105))))
  }

  /// The logarithm of the probability from `a` to `b`, where `a` <= `b`; the difference is taken on the side where both are small.
  package static func logMass(_ a: Double, _ b: Double) -> Double {
    if a > 0 { return logMass(-b, -a) }
    if b > 0 {
      let outside = below(a) + below(-b)
      return outside < 0.5 ? log1p(-outside) : log(0.5 * (erf(b * 0.5.squareRoot()) - erf(a * 0.5.squareRoot())))
    }
    if b > -25 {
      let mass = below(b) - below(a)
      if mass > 0 { return log(mass) }
    }
    let upper = logBelow(b)
    return upper + log1p(-exp(logBelow(a) - upper))
  }

  /// The z below which the probability is `p`, from 0 to 1: a rational approximation (Abramowitz and Stegun 26.2.23), then Halley's steps.
  package static func quantile(_ p: Double) -> Double {
    if p > 0.5 { return -quantile(1 - p) }
    if p <= 0 { return -.infinity }
    let t = (-2 * log(p)).squareRoot()
    var z = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))))
    for _ in 0..<2 {
      let step = (below(z) - p) / exp(logDensity(z))
      z -= step / (1 + 0.5 * z * step)
    }
    return z
  }

  /// The z at the share `unit` of the probability from `a` to `b`, where `a` <= `b`.
  package static func truncatedQuantile(_ unit: Double, _ a: Double, _ b: Double) -> Double {
    if a > 0 { return -truncatedQuantile(1 - unit, -b, -a) }
    return min(max(quantile(below(a) + unit * (below(b) - below(a))), a), b)
  }
}
