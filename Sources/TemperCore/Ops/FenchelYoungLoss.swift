/// The Fenchel-Young loss of a map to sparse probabilities (Blondel, Martins and Niculae 2020, "Learning with Fenchel-Young Losses"): a row of
/// class y costs H_α(p) + <p - e_y, z>, where e_y is 1 for the class and 0 elsewhere. The derivative is p - e_y.
///
/// It is exactly 0, and so is the derivative, if and only if z_y exceeds every other logit by 1 / (α - 1) or more. Sums are 64-bit and over
/// the classes with a probability alone: a lead of that much gives 0 to the last bit, and a loss that is not 0 is lost in rounding only where
/// it is below 1e-15.
func fenchelYoungLoss(
  _ logits: Tensor, _ labels: [Int32], _ map: some EntmaxMap, options: CrossEntropyOptions, rowWeights: [Float]?, _ op: StaticString
) -> (sum: Tensor, weight: Double) {
  let k = checkClassification(logits, labels, options, rowWeights, op)
  require(options.labelSmoothing == 0, "\(op): label smoothing is not defined")
  return lossSum(logits, rows: labels.count, columns: k, cost: 10) { i, z, d in
    let factor = Double(rowWeights?[i] ?? 1)
    guard labels[i] != options.ignoreIndex, factor != 0 else {
      d.update(repeating: 0, count: k)
      return (0, 0)
    }
    let y = Int(labels[i])
    let sums = map.probabilities(z, into: d, count: k)
    let entropy = (1 - sums.powers) / (map.alpha * (map.alpha - 1))
    let loss = entropy + sums.mean - Double(z[y] - sums.largest)
    let weight = factor * Double(options.classWeights?[y] ?? 1)
    if weight != 1 {
      for c in 0..<k { d[c] *= Float(weight) }
    }
    d[y] -= Float(weight)
    // Rounding may leave -1e-17; NaN must stay.
    return (weight * (loss < 0 ? 0 : loss), factor * options.weight(ofLabel: y))
  }
}
