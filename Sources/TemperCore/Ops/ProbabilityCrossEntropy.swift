import Glibc

/// The sparse categorical cross-entropy of probabilities: Keras' `sparse_categorical_crossentropy` with `from_logits=False`.
///
/// Each row is divided by its sum, clipped to 1e-7 ... 1 - 1e-7, and the loss is the negative logarithm for the label, so at most 16.1181. If
/// a probability is clipped its gradient is zero: nothing is learned from a confidently wrong row. ``softmaxCrossEntropy(_:_:options:)`` has
/// neither limitation; use this one for models that end in probabilities.
///
/// - Parameters:
///   - probabilities: `[rows, classes]`, not negative, no row all zero; rows need not sum to 1.
///   - labels: a class in `0..<classes`, or the ignored label, for each row.
///   - options: smoothing, class weights and the ignored label, as for logits.
///   - rowWeights: a factor for each row, nil for 1 everywhere. A row of weight 0 adds nothing, whatever its values.
/// - Returns: the sum, of rank 0, and what to divide it by.
public func probabilityCrossEntropy(
  _ probabilities: Tensor, _ labels: [Int32], options: CrossEntropyOptions = .init(), rowWeights: [Float]? = nil
) -> (sum: Tensor, weight: Double) {
  let k = checkClassification(probabilities, labels, options, rowWeights, "probabilityCrossEntropy")
  let epsilon = 1e-7
  return lossSum(probabilities, rows: labels.count, columns: k, cost: 20) { i, p, d in
    d.update(repeating: 0, count: k)
    let factor = Double(rowWeights?[i] ?? 1)
    guard labels[i] != options.ignoreIndex, factor != 0 else { return (0, 0) }
    var sum = 0.0
    for c in 0..<k { sum += Double(p[c]) }
    var (loss, shared) = (0.0, 0.0)
    options.forEachTarget(label: Int(labels[i]), classes: k) { c, part in
      let share = factor * part
      let q = Double(p[c]) / sum
      // Written so that NaN is propagated.
      loss -= share * Glibc.log(q < epsilon ? epsilon : q > 1 - epsilon ? 1 - epsilon : q)
      if q >= epsilon && q <= 1 - epsilon {
        d[c] = Float(-share / (q * sum))
        shared += share
      }
    }
    // Every element of the row contributes to the derivative of the division by the sum.
    let rest = Float(shared / sum)
    for c in 0..<k { d[c] += rest }
    return (loss, factor * options.weight(ofLabel: Int(labels[i])))
  }
}
