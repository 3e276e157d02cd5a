/// The sparsemax loss of logits (Martins and Astudillo 2016, "From Softmax to Sparsemax"): a row of class y costs
/// (1 - Σ p²) / 2 + <p - e_y, z> with p = sparsemax(z), and its derivative is p - e_y. Both are exactly 0 where z_y exceeds every other logit by
/// 1 or more.
///
/// - Parameters:
///   - logits: `[rows, classes]`.
///   - labels: a class in `0..<classes`, or the ignored label, for each row.
///   - options: class weights and the ignored label; label smoothing must be 0.
///   - rowWeights: a factor for each row, nil for 1 everywhere. A row of weight 0 adds nothing, whatever its values.
/// - Returns: the sum, of rank 0, and what to divide it by.
public func sparsemaxLoss(
  _ logits: Tensor, _ labels: [Int32], options: CrossEntropyOptions = .init(), rowWeights: [Float]? = nil
) -> (sum: Tensor, weight: Double) {
  fenchelYoungLoss(logits, labels, SparsemaxMap(), options: options, rowWeights: rowWeights, "sparsemaxLoss")
}

extension Tensor {
  /// The sparsemax over the last axis: the point of the probability simplex that is nearest to the logits, p = [z - τ]₊. Each row sums to 1.
  public func sparsemax() -> Tensor { SparsemaxMap()(self, "sparsemax") }
}

/// Algorithm 1 of Martins and Astudillo 2016: over the k largest logits, τ = (Σ z - 1) / k, where k is the largest for which
/// 1 + k z_k > Σ z. The logits are sorted only as far as that.
struct SparsemaxMap: EntmaxMap {
  var alpha: Double { 2 }

  @inline(__always)
  func power(_ s: Double) -> Double { s }

  @inline(__always)
  func slope(_ p: Double) -> Double { 1 }

  func threshold(_ z: UnsafeMutablePointer<Float>, count: Int) -> Double {
    Kernels.makeHeap(z, count: count)
    var (k, sum) = (0, 0.0)
    while k < count {
      let next = Double(z[0])
      if k > 0, 1 + Double(k + 1) * next <= sum + next { break }
      sum += next
      Kernels.popHeap(z, count: count - k)
      k += 1
    }
    return (sum - 1) / Double(k)
  }
}
