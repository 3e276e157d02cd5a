/// The squared error: the sum of (x - t)² over all elements; the mean of it is `torch.nn.functional.mse_loss`.
///
/// - Parameters:
///   - outputs: `[rows]` or `[rows, outputs]`.
///   - targets: row-major, one for each element.
///   - rowWeights: a factor for each row, nil for 1 everywhere. A row of weight 0 adds nothing, whatever its values.
/// - Returns: the sum, of rank 0, and what to divide it by for a mean: the elements, each with its row's weight.
public func squaredError(_ outputs: Tensor, _ targets: [Float], rowWeights: [Float]? = nil) -> (sum: Tensor, weight: Double) {
  elementError(outputs, targets, rowWeights, "squaredError") { e in (Double(e) * Double(e), 2 * e) }
}

/// The absolute error: the sum of |x - t| over all elements; the mean of it is `torch.nn.functional.l1_loss`. Its derivative where x equals
/// t is 0. Parameters and result are those of ``squaredError(_:_:rowWeights:)``.
public func absoluteError(_ outputs: Tensor, _ targets: [Float], rowWeights: [Float]? = nil) -> (sum: Tensor, weight: Double) {
  elementError(outputs, targets, rowWeights, "absoluteError") { e in (Double(abs(e)), e > 0 ? 1 : e < 0 ? -1 : 0) }
}

/// Huber's error (1964): e²/2 up to `delta`, then delta (|e| - delta/2), for e = x - t; the mean of it is `torch.nn.functional.huber_loss`.
/// The other parameters and the result are those of ``squaredError(_:_:rowWeights:)``.
public func huberError(
  _ outputs: Tensor, _ targets: [Float], delta: Float = 1, rowWeights: [Float]? = nil
) -> (sum: Tensor, weight: Double) {
  require(delta > 0, "huberError: delta must be above 0, not \(delta)")
  return elementError(outputs, targets, rowWeights, "huberError") { e in
    let size = Double(abs(e))
    if abs(e) > delta { return (Double(delta) * (size - 0.5 * Double(delta)), e > 0 ? delta : -delta) }
    return (0.5 * size * size, e)
  }
}

/// The sum over all elements of a function of x - t, which also gives its derivative.
@inline(__always)
private func elementError(
  _ outputs: Tensor, _ targets: [Float], _ rowWeights: [Float]?, _ op: StaticString, _ f: (Float) -> (loss: Double, slope: Float)
) -> (sum: Tensor, weight: Double) {
  let (rows, n) = checkLossShapes(outputs, targets, rowWeights, op)
  return lossSum(outputs, rows: rows, columns: n, cost: 6) { i, x, d in
    let own = rowWeights?[i] ?? 1
    guard own != 0 else {
      d.update(repeating: 0, count: n)
      return (0, 0)
    }
    var loss = 0.0
    for j in 0..<n {
      let one = f(x[j] - targets[i * n + j])
      loss += one.loss
      d[j] = own * one.slope
    }
    return (Double(own) * loss, Double(own) * Double(n))
  }
}
