import Glibc

/// ``softmaxCrossEntropy(_:_:options:rowWeights:)`` of the logits x·wᵀ + b over a sample of the classes, in training (Jean et al. 2015, "On Using
/// Very Large Target Vocabulary for Neural Machine Translation"; TensorFlow's `sampled_softmax_loss`): the class of a row competes with the
/// candidates alone, each with its logit less the logarithm of how often it is expected in the sample. Where a candidate is the class of the row
/// itself it is left out of that row. It underestimates the loss over all classes.
///
/// - Parameters:
///   - x: `[rows, width]`.
///   - w: `[classes, width]`.
///   - b: `[classes]`, or nil.
///   - labels: a class in `0..<classes`, or the options' `ignoreIndex`, for each row.
///   - candidates: the sample, each class once.
///   - expectedCount: how often a class is expected in such a sample, above 0.
///   - options: class weights and the ignored label; label smoothing must be 0.
///   - rowWeights: a factor for each row, nil for 1 everywhere.
/// - Returns: the sum, of rank 0, and what to divide it by.
public func sampledCrossEntropy(
  _ x: Tensor, _ w: Tensor, _ b: Tensor?, _ labels: [Int32], candidates: [Int32], expectedCount: (_ class: Int32) -> Double,
  options: CrossEntropyOptions = .init(), rowWeights: [Float]? = nil
) -> (sum: Tensor, weight: Double) {
  require(
    x.shape.rank == 2 && w.shape.rank == 2 && x.shape[1] == w.shape[1],
    "sampledCrossEntropy: x \(x.shape) must have as many columns as w \(w.shape)")
  require(options.labelSmoothing == 0 && !candidates.isEmpty, "sampledCrossEntropy: needs candidates, and label smoothing is not defined")
  checkLabels(labels, rows: x.shape[0], classes: w.shape[0], options, "sampledCrossEntropy")
  let (rows, columns) = (labels.count, candidates.count + 1)
  let isCounted = labels.map { $0 != options.ignoreIndex }
  // An ignored row needs some class to compute with; its weight is 0.
  let own = zip(labels, isCounted).map { $1 ? $0 : candidates[0] }

  var trueLogits = (x * embedding(w, own)).sum(axis: 1, keepingAxis: true)
  if let b { trueLogits = trueLogits + gather(b, rows: own).reshaped([rows, 1]) }
  let others = linear(x, embedding(w, candidates), b.map { gather($0, rows: candidates) })
  let shift = Tensor(uninitialized: [rows, columns])
  let corrections = candidates.map { Float(-Glibc.log(expectedCount($0))) }
  for i in 0..<rows {
    let row = shift.pointer + i * columns
    row[0] = Float(-Glibc.log(expectedCount(own[i])))
    for j in candidates.indices { row[j + 1] = candidates[j] == own[i] ? -.greatestFiniteMagnitude : corrections[j] }
  }
  let logits = concatenate([trueLogits, others], axis: 1) + shift

  let factors = (0..<rows).map { isCounted[$0] ? (rowWeights?[$0] ?? 1) : 0 }
  let weights = zip(factors, own).map { $0 * (options.classWeights?[Int($1)] ?? 1) }
  let (sum, weight) = softmaxCrossEntropy(logits, own.map { _ in 0 }, rowWeights: weights)
  return (sum, options.normalization == .weight ? weight : factors.reduce(0.0) { $0 + Double($1) })
}
