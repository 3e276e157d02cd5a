import CTemperSupport
import Glibc

/// The focal loss of logits (Lin et al. 2017): a row of class y costs (1 - p_y)^gamma times its cross-entropy, so that rows that are already
/// classified well weigh less. With `gamma` 0 it is ``softmaxCrossEntropy(_:_:options:)``.
///
/// With smoothing or class weights every class c adds its share of the target times (1 - p_c)^gamma (-ln p_c), as in Keras'
/// `CategoricalFocalCrossentropy`; class weights are the paper's α.
///
/// - Parameters:
///   - logits: `[rows, classes]`.
///   - labels: a class in `0..<classes`, or the ignored label, for each row.
///   - gamma: 0 or more; 2 in the paper.
///   - options: smoothing, class weights and the ignored label.
///   - rowWeights: a factor for each row, nil for 1 everywhere. A row of weight 0 adds nothing, whatever its values.
/// - Returns: the sum, of rank 0, and what to divide it by.
public func focalLoss(
  _ logits: Tensor, _ labels: [Int32], gamma: Double = 2, options: CrossEntropyOptions = .init(), rowWeights: [Float]? = nil
) -> (sum: Tensor, weight: Double) {
  let k = checkClassification(logits, labels, options, rowWeights, "focalLoss")
  require(gamma >= 0, "focalLoss: gamma must be 0 or more, not \(gamma)")
  return lossSum(logits, rows: labels.count, columns: k, cost: 40) { i, z, d in
    let factor = Double(rowWeights?[i] ?? 1)
    guard labels[i] != options.ignoreIndex, factor != 0 else {
      d.update(repeating: 0, count: k)
      return (0, 0)
    }
    let largest = temper_max(z, k)
    var sum = 0.0
    for c in 0..<k {
      d[c] = temper_exp(z[c] - largest)
      sum += Double(d[c])
    }
    // With L = ln p and f = -(1 - p)^γ L, df/dL is (1 - p)^γ (γ p L / (1 - p) - 1), and dL_c/dz_j is δ_cj - p_j.
    let logarithm = Glibc.log(sum)
    var (loss, total) = (0.0, 0.0)
    /// The term of the derivative at the labels, besides -p_j times the total. With smoothing these are all classes.
    let slope = { (c: Int, share: Double) -> (loss: Double, slope: Double) in
      // 1 - p is computed from the other classes, so that it keeps its precision if p is almost 1.
      let others = (sum - Double(temper_exp(z[c] - largest))) / sum
      let logP = others < 0.5 ? Glibc.log1p(-others) : Double(z[c]) - Double(largest) - logarithm
      let ease = factor * Glibc.pow(others, gamma)
      let ratio = others > 0 ? logP / others : -1
      return (-share * ease * logP, share * ease * (gamma * (1 - others) * ratio - 1))
    }
    options.forEachTarget(label: Int(labels[i]), classes: k) { c, share in total += slope(c, share).slope }
    let scale = Float(-total / sum)
    for c in 0..<k { d[c] *= scale }
    options.forEachTarget(label: Int(labels[i]), classes: k) { c, share in
      let own = slope(c, share)
      loss += own.loss
      d[c] += Float(own.slope)
    }
    return (loss, factor * options.weight(ofLabel: Int(labels[i])))
  }
}
