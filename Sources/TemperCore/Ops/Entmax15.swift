/// The loss of 1.5-entmax of logits (Peters, Niculae and Martins 2019): a row of class y costs (1 - Σ p^1.5) / 0.75 + <p - e_y, z> with
/// p = entmax15(z), and its derivative is p - e_y. Both are exactly 0 where z_y exceeds every other logit by 2 or more.
///
/// - Parameters:
///   - logits: `[rows, classes]`.
///   - labels: a class in `0..<classes`, or the ignored label, for each row.
///   - options: class weights and the ignored label; label smoothing must be 0.
///   - rowWeights: a factor for each row, nil for 1 everywhere. A row of weight 0 adds nothing, whatever its values.
/// - Returns: the sum, of rank 0, and what to divide it by.
public func entmax15Loss(
  _ logits: Tensor, _ labels: [Int32], options: CrossEntropyOptions = .init(), rowWeights: [Float]? = nil
) -> (sum: Tensor, weight: Double) {
  fenchelYoungLoss(logits, labels, Entmax15Map(), options: options, rowWeights: rowWeights, "entmax15Loss")
}

extension Tensor {
  /// 1.5-entmax over the last axis: p = [z / 2 - τ]₊², between softmax and sparsemax. Each row sums to 1.
  public func entmax15() -> Tensor { Entmax15Map()(self, "entmax15") }
}

/// Algorithm 2 of Peters, Niculae and Martins 2019: with M and S the means of x = z / 2 and of x² over the k largest,
/// τ = M - √((1 - k (S - M²)) / k), where k is the largest for which τ is below the k-th. The logits are sorted only as far as that.
struct Entmax15Map: EntmaxMap {
  var alpha: Double { 1.5 }

  @inline(__always)
  func power(_ s: Double) -> Double { s * s }

  @inline(__always)
  func slope(_ p: Double) -> Double { p.squareRoot() }

  func threshold(_ z: UnsafeMutablePointer<Float>, count: Int) -> Double {
    Kernels.makeHeap(z, count: count)
    var (k, sum, squares, tau) = (0, 0.0, 0.0, -1.0)
    while k < count {
      let next = Double(z[0]) / 2
      let (total, totalSquares, n) = (sum + next, squares + next * next, Double(k + 1))
      let mean = total / n
      let candidate = mean - max(0, (1 - (totalSquares - mean * total)) / n).squareRoot()
      if candidate >= next { break }
      (sum, squares, tau) = (total, totalSquares, candidate)
      Kernels.popHeap(z, count: count - k)
      k += 1
    }
    return tau
  }
}
