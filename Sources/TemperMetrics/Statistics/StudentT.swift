/// Student's t distribution.
public struct StudentT: Sendable {
  /// The degrees of freedom, above 0; they need not be whole.
  public let degreesOfFreedom: Double

  /// The distribution with these degrees of freedom.
  public init(degreesOfFreedom: Double) {
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a value above `t`.
  public func upperTail(_ t: Double) -> Double {
    if t.isNaN { return .nan }
    if t.isInfinite { return t > 0 ? 0 : 1 }
    let sum = degreesOfFreedom + t * t
    let tail = regularizedIncompleteBeta(degreesOfFreedom / sum, complement: t * t / sum, degreesOfFreedom / 2, 0.5) / 2
    return t > 0 ? tail : 1 - tail
  }
}
