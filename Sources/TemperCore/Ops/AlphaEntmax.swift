import Glibc

/// The loss of α-entmax of logits (Peters, Niculae and Martins 2019): a row of class y costs (1 - Σ p^α) / (α (α - 1)) + <p - e_y, z> with
/// p = entmax(z, α), and its derivative is p - e_y. Both are exactly 0 where z_y exceeds every other logit by 1 / (α - 1) or more.
///
/// - Parameters:
///   - logits: `[rows, classes]`.
///   - labels: a class in `0..<classes`, or the ignored label, for each row.
///   - alpha: above 1; towards 1 it is cross-entropy, 1.5 and 2 are ``entmax15Loss(_:_:options:rowWeights:)`` and
///     ``sparsemaxLoss(_:_:options:rowWeights:)``, which are faster.
///   - options: class weights and the ignored label; label smoothing must be 0.
///   - rowWeights: a factor for each row, nil for 1 everywhere. A row of weight 0 adds nothing, whatever its values.
/// - Returns: the sum, of rank 0, and what to divide it by.
public func entmaxLoss(
  _ logits: Tensor, _ labels: [Int32], alpha: Double, options: CrossEntropyOptions = .init(), rowWeights: [Float]? = nil
) -> (sum: Tensor, weight: Double) {
  fenchelYoungLoss(logits, labels, AlphaEntmaxMap(alpha: alpha), options: options, rowWeights: rowWeights, "entmaxLoss")
}

extension Tensor {
  /// α-entmax over the last axis, for `alpha` above 1: p = [(α - 1) z - τ]₊^(1 / (α - 1)). Each row sums to 1.
  public func entmax(alpha: Double) -> Tensor { AlphaEntmaxMap(alpha: alpha)(self, "entmax") }
}

/// Bisection for τ, for any α: the sum of p falls with τ, from 1 or more at -1 to 1 or less at -n^(1 - α).
struct AlphaEntmaxMap: EntmaxMap {
  /// Enough to halve the interval to the spacing of 64-bit numbers.
  private static let halvings = 54

  let alpha: Double
  private let exponent: Double

  init(alpha: Double) {
    require(alpha > 1 && alpha.isFinite, "entmax: alpha must be above 1, not \(alpha)")
    (self.alpha, exponent) = (alpha, 1 / (alpha - 1))
  }

  @inline(__always)
  func power(_ s: Double) -> Double { Glibc.pow(s, exponent) }

  @inline(__always)
  func slope(_ p: Double) -> Double { Glibc.pow(p, 2 - alpha) }

  func threshold(_ z: UnsafeMutablePointer<Float>, count: Int) -> Double {
    let scale = alpha - 1
    var (low, high) = (-1.0, -Glibc.pow(1 / Double(count), scale))
    for _ in 0..<Self.halvings {
      let middle = (low + high) / 2
      var sum = 0.0
      for i in 0..<count {
        let s = scale * Double(z[i]) - middle
        if s > 0 { sum += power(s) }
      }
      if sum >= 1 { low = middle } else { high = middle }
    }
    return low
  }
}
