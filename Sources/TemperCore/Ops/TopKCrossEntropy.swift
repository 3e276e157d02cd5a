import CTemperSupport
import Glibc

/// The cross-entropy over the `k` largest logits of a row alone, sparse-softmax (Sun et al. 2021, "Sparse-softmax: A Simpler and Faster
/// Alternative Softmax Transformation"): a row of class y costs ln Σ_{i in top k} e^(z_i) - z_y. The derivative is the softmax of the k logits,
/// 0 elsewhere, less 1 for the class, which need not be one of them. With `k` the number of classes it is cross-entropy.
///
/// - Parameters:
///   - logits: `[rows, classes]`. Of equal logits those of lower index are taken.
///   - labels: a class in `0..<classes`, or the ignored label, for each row.
///   - k: 1 or more; more than there are classes is all of them.
///   - options: class weights and the ignored label; label smoothing must be 0.
///   - rowWeights: a factor for each row, nil for 1 everywhere. A row of weight 0 adds nothing, whatever its values.
/// - Returns: the sum, of rank 0, and what to divide it by.
public func topKCrossEntropy(
  _ logits: Tensor, _ labels: [Int32], k: Int, options: CrossEntropyOptions = .init(), rowWeights: [Float]? = nil
) -> (sum: Tensor, weight: Double) {
  let n = checkClassification(logits, labels, options, rowWeights, "topKCrossEntropy")
  require(k >= 1 && options.labelSmoothing == 0, "topKCrossEntropy: k must be 1 or more, not \(k), and label smoothing is not defined")
  return lossSum(logits, rows: labels.count, columns: n, cost: 8) { i, z, d in
    let factor = Double(rowWeights?[i] ?? 1)
    guard labels[i] != options.ignoreIndex, factor != 0 else {
      d.update(repeating: 0, count: n)
      return (0, 0)
    }
    let y = Int(labels[i])
    let (largest, sum) = Kernels.topKSoftmax(z, k: k, into: d, count: n)
    let weight = factor * Double(options.classWeights?[y] ?? 1)
    if weight != 1 {
      for c in 0..<n { d[c] *= Float(weight) }
    }
    d[y] -= Float(weight)
    return (weight * (Glibc.log(sum) - Double(z[y] - largest)), factor * options.weight(ofLabel: y))
  }
}

extension Tensor {
  /// The softmax of the `k` largest elements of each row of the last axis, and exactly 0 for the others; a constant, without a derivative.
  public func topKSoftmax(k: Int) -> Tensor {
    require(shape.rank >= 1 && shape[-1] > 0 && k >= 1, "topKSoftmax: \(shape) needs a last axis and a k of 1 or more, not \(k)")
    let (rows, n) = (count / shape[-1], shape[-1])
    let y = Tensor(uninitialized: shape)
    let (px, py) = (pointer, y.pointer)
    Partition(rows, cost: 8 * n, minItems: 1).run { _, items in
      for i in items { _ = Kernels.topKSoftmax(px + i * n, k: k, into: py + i * n, count: n) }
    }
    return y
  }
}

extension Kernels {
  /// p = softmax of the `k` largest of `n` logits, 0 for the others; returns the largest logit and the sum of e^(z - largest). All are NaN if a
  /// logit is.
  @inline(__always)
  static func topKSoftmax(
    _ z: UnsafePointer<Float>, k: Int, into p: UnsafeMutablePointer<Float>, count n: Int
  ) -> (largest: Float, sum: Double) {
    let k = min(k, n)
    // p first holds the largest logits so far: when twice as many as needed are there, all but the k largest are dropped, and from then on
    // smaller ones are passed over.
    var (held, threshold) = (0, -Float.infinity)
    var i = temper_next_above(z, threshold, 0, n)
    while i < n {
      guard z[i] == z[i] else {
        p.update(repeating: .nan, count: n)
        return (.nan, .nan)
      }
      p[held] = z[i]
      held += 1
      if held >= 2 * k + 64 {
        threshold = Kernels.largest(k, of: p, count: held)
        held = k
      }
      i = temper_next_above(z, threshold, i + 1, n)
    }
    if held >= k { threshold = Kernels.largest(k, of: p, count: held) }
    let kept = min(held, k)
    var (largest, ties) = (threshold, k)
    for j in 0..<kept {
      largest = max(largest, p[j])
      ties -= p[j] > threshold ? 1 : 0
    }
    var sum = 0.0
    for j in 0..<kept { sum += Double(temper_exp(p[j] - largest)) }
    let inverse = Float(1 / sum)
    p.update(repeating: 0, count: n)
    i = temper_next_above(z, threshold.nextDown, 0, n)
    while i < n {
      if z[i] > threshold || ties > 0 { p[i] = temper_exp(z[i] - largest) * inverse }
      if z[i] == threshold { ties -= 1 }
      i = temper_next_above(z, threshold.nextDown, i + 1, n)
    }
    return (largest, sum)
  }
}
