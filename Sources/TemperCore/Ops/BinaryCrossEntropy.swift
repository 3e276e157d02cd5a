import CTemperSupport
import Glibc

/// Options of a binary cross-entropy.
public struct BinaryCrossEntropyOptions: Sendable {
  /// A weight for the positives of each column (PyTorch's `pos_weight`), nil for 1 everywhere.
  public var positiveWeights: [Float]?
  /// A weight for the negatives of each column, nil for 1 everywhere.
  public var negativeWeights: [Float]?
  /// What ``binaryCrossEntropy(_:_:options:rowWeights:)`` gives as weight: the weights of the elements' targets, or their number.
  public var normalization: CrossEntropyOptions.Normalization
  /// Label smoothing: the share by which targets are moved towards 1/2, as in Keras.
  public var labelSmoothing: Float

  /// No smoothing and no weights by default.
  public init(
    positiveWeights: [Float]? = nil, negativeWeights: [Float]? = nil, normalization: CrossEntropyOptions.Normalization = .weight,
    labelSmoothing: Float = 0
  ) {
    (self.positiveWeights, self.negativeWeights) = (positiveWeights, negativeWeights)
    (self.normalization, self.labelSmoothing) = (normalization, labelSmoothing)
  }
}

/// The binary cross-entropy of logits, each element by itself: one logit for each row, or one for each row and label.
///
/// An element x with target t costs w⁺ t ln(1 + e^-x) + w⁻ (1 - t) ln(1 + e^x), which is `binary_cross_entropy_with_logits` with
/// `reduction="sum"` where w⁻ is 1. Smoothing replaces t by t (1 - ε) + ε/2.
///
/// - Parameters:
///   - logits: `[rows]` or `[rows, columns]`.
///   - targets: from 0 to 1, row-major, one for each element.
///   - options: smoothing and weights of positives and negatives.
///   - rowWeights: a factor for each row, nil for 1 everywhere. A row of weight 0 adds nothing, whatever its values.
/// - Returns: the sum over all elements, of rank 0, and what to divide it by: for a row its weight times its elements, each counted as
///   `options.normalization` says.
public func binaryCrossEntropy(
  _ logits: Tensor, _ targets: [Float], options: BinaryCrossEntropyOptions = .init(), rowWeights: [Float]? = nil
) -> (sum: Tensor, weight: Double) {
  let (rows, n) = checkLossShapes(logits, targets, rowWeights, "binaryCrossEntropy")
  for weights in [options.positiveWeights, options.negativeWeights] {
    require(weights == nil || weights!.count == n, "binaryCrossEntropy: \(logits.shape) needs \(n) weights, not \(weights?.count ?? 0)")
  }
  return lossSum(logits, rows: rows, columns: n, cost: 60) { i, x, d in
    let own = rowWeights?[i] ?? 1
    guard own != 0 else {
      d.update(repeating: 0, count: n)
      return (0, 0)
    }
    var (loss, weight) = (0.0, 0.0)
    for j in 0..<n {
      let given = targets[i * n + j]
      let target = given + options.labelSmoothing * (0.5 - given)
      let (positive, negative) = (options.positiveWeights?[j] ?? 1, options.negativeWeights?[j] ?? 1)
      let (yes, no) = (own * positive * target, own * negative * (1 - target))
      // ln(1 + e^x) is ln(1 + e^-x) + x.
      let tail = Glibc.log1p(Glibc.exp(-Double(abs(x[j]))))
      loss += Double(yes) * (tail + Double(x[j] < 0 ? -x[j] : 0)) + Double(no) * (tail + Double(x[j] < 0 ? 0 : x[j]))
      d[j] = no * temper_sigmoid(x[j]) - yes * temper_sigmoid(-x[j])
      weight += options.normalization == .count ? 1 : Double(positive * given + negative * (1 - given))
    }
    return (loss, Double(own) * weight)
  }
}
