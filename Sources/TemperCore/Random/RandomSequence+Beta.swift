import Glibc

extension RandomSequence {
  /// The logarithm of a number from the gamma distribution of this shape, above 0, and scale 1: with a small shape the number itself is often
  /// too small to be distinguished from 0.
  ///
  /// Follows Marsaglia and Tsang, "A simple method for generating gamma variables" (2000), with their rule for shapes below 1.
  public mutating func logGamma(shape: Double) -> Double {
    if shape < 1 { return logGamma(shape: shape + 1) + log(1 - uniform()) / shape }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      if v > 0, log(1 - uniform()) < 0.5 * x * x + d * (1 - v + log(v)) { return log(d * v) }
    }
  }

  /// A number from the beta distribution with these parameters, both above 0; from 0 to 1, and at either end where a parameter is small.
  public mutating func beta(_ a: Double, _ b: Double) -> Double {
    let (first, second) = (logGamma(shape: a), logGamma(shape: b))
    return 1 / (1 + exp(second - first))
  }
}
