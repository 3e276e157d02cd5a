import CTemperSupport
import Glibc

/// The cross-entropy of AS-Softmax (Lv et al. 2025, "Adaptive Sparse Softmax", arXiv 2508.03175): only classes with p_y - p_i <= δ take part,
/// where p is the softmax of all logits and y the class of the row. The rest are left out of the sum, as if their logits were -∞, and get no
/// gradient; which they are is a constant. A row whose class leads all others by more than δ costs nothing. With δ 1 it is cross-entropy.
///
/// - Parameters:
///   - logits: `[rows, classes]`.
///   - labels: a class in `0..<classes`, or the ignored label, for each row.
///   - delta: δ, above 0 up to 1; 0.1 in the paper.
///   - options: class weights and the ignored label; label smoothing must be 0.
///   - rowWeights: a factor for each row, nil for 1 everywhere. A row of weight 0 adds nothing, whatever its values.
/// - Returns: the sum, of rank 0, and what to divide it by.
public func asSoftmaxCrossEntropy(
  _ logits: Tensor, _ labels: [Int32], delta: Double = 0.1, options: CrossEntropyOptions = .init(), rowWeights: [Float]? = nil
) -> (sum: Tensor, weight: Double) {
  let n = checkClassification(logits, labels, options, rowWeights, "asSoftmaxCrossEntropy")
  require(
    delta > 0 && delta <= 1 && options.labelSmoothing == 0,
    "asSoftmaxCrossEntropy: delta must be above 0 and at most 1, not \(delta), and label smoothing is not defined")
  return lossSum(logits, rows: labels.count, columns: n, cost: 30) { i, z, d in
    let factor = Double(rowWeights?[i] ?? 1)
    guard labels[i] != options.ignoreIndex, factor != 0 else {
      d.update(repeating: 0, count: n)
      return (0, 0)
    }
    let y = Int(labels[i])
    let (largest, whole) = Kernels.softmax(z, into: d, count: n)
    let bound = d[y] - Float(delta)
    // The probability of the classes that take part: all, or a few that are above a bound. NaN is not below, and so is found.
    var kept = 1.0
    if bound > 0 {
      kept = 0
      var c = temper_next_above(d, bound.nextDown, 0, n)
      while c < n {
        kept += Double(d[c])
        c = temper_next_above(d, bound.nextDown, c + 1, n)
      }
    }
    let weight = factor * Double(options.classWeights?[y] ?? 1)
    let scale = Float(weight / kept)
    let isAlone = kept == Double(d[y])
    for c in 0..<n { d[c] = d[c] < bound ? 0 : d[c] * scale }
    // A class alone has the probability 1 exactly.
    d[y] = isAlone ? 0 : d[y] - Float(weight)
    let loss = isAlone ? 0 : Glibc.log(kept * Double(whole)) - Double(z[y] - largest)
    return (weight * loss, factor * options.weight(ofLabel: y))
  }
}
