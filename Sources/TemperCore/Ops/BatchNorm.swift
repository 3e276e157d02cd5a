import CTemperKernels
import CTemperSupport

/// The statistics of a batch: those used by ``batchNorm(_:_:_:eps:)``, for the running averages.
public struct BatchStatistics {
  /// The mean of each column.
  public let mean: Tensor
  /// The unbiased variance of each column.
  public let variance: Tensor
}

/// Batch normalization in training: each column of `x` less its mean, over √(variance + eps) with the biased variance, times weight plus bias
/// (Ioffe and Szegedy 2015). `x` is `[rows, columns]` with at least two rows, or has more axes before the last; `weight` and `bias` have one element a
/// column. Also returns the
/// statistics, with the unbiased variance, as in PyTorch's running averages.
public func batchNorm(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, eps: Float = 1e-5) -> (y: Tensor, statistics: BatchStatistics) {
  let (rows, n) = checkBatchNorm(x, weight, bias)
  require(rows >= 2, "batchNorm: a batch of one row has no variance")
  let y = Tensor(uninitialized: x.shape)
  let statistics = BatchStatistics(mean: Tensor(uninitialized: Shape(n)), variance: Tensor(uninitialized: Shape(n)))
  let inverse = Tensor(uninitialized: Shape(n))
  let (px, py, w, b, r) = (x.pointer, y.pointer, weight.pointer, bias.pointer, inverse.pointer)
  let (mean, variance) = (statistics.mean.pointer, statistics.variance.pointer)
  let parts = Partition(rows, cost: 4 * n)
  Kernels.addParts(parts, columns: n, into: mean) { items, sums in temper_column_sums(px + items.lowerBound * n, items.count, n, sums) }
  for j in 0..<n { mean[j] /= Float(rows) }
  Kernels.addParts(parts, columns: n, into: variance) { items, sums in
    temper_column_squares(px + items.lowerBound * n, mean, items.count, n, sums)
  }
  let factors = Tensor(uninitialized: Shape(n))
  let slope = factors.pointer
  for j in 0..<n {
    r[j] = 1 / temper_sqrt(variance[j] / Float(rows) + eps)
    variance[j] /= Float(rows - 1)
    slope[j] = r[j] * w[j]
  }
  parts.run { _, items in
    temper_columns_scaled(px + items.lowerBound * n, mean, slope, b, items.count, n, py + items.lowerBound * n)
  }
  let recorded = y.recording(x, weight, bias) { dy, into in
    let (px, w, r, g, mean) = (x.pointer, weight.pointer, inverse.pointer, dy.pointer, statistics.mean.pointer)
    // Column sums of g and of g x̂: the derivatives of bias and weight, and what the derivative of x subtracts.
    let sums = Tensor(uninitialized: Shape(2, n))
    let (sg, sgx) = (sums.pointer, sums.pointer + n)
    Kernels.addParts(parts, columns: 2 * n, into: sg) { items, sums in
      temper_column_products(g + items.lowerBound * n, px + items.lowerBound * n, mean, items.count, n, sums, sums + n)
    }
    for j in 0..<n { sgx[j] *= r[j] }
    into.accumulate(bias) { d, beta in Kernels.add(sg, into: d, beta: beta, count: n) }
    into.accumulate(weight) { d, beta in Kernels.add(sgx, into: d, beta: beta, count: n) }
    into.accumulate(x) { dx, beta in
      // A factor of the gradient, one of x - mean, and what is left: w r (g - mean g - x̂ mean(g x̂)).
      let factors = Tensor(uninitialized: Shape(3, n))
      let (ofGradient, ofInput, shift) = (factors.pointer, factors.pointer + n, factors.pointer + 2 * n)
      let share = 1 / Float(rows)
      for j in 0..<n {
        ofGradient[j] = w[j] * r[j]
        ofInput[j] = -ofGradient[j] * share * sgx[j] * r[j]
        shift[j] = -ofGradient[j] * share * sg[j]
      }
      parts.run { _, items in
        let first = items.lowerBound * n
        temper_columns_combined(g + first, ofGradient, px + first, mean, ofInput, shift, items.count, n, beta, dx + first)
      }
    }
  }
  return (recorded, statistics)
}

/// Batch normalization by given statistics, as in evaluation: (x - mean) / √(variance + eps) · weight + bias.
public func batchNorm(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, mean: Tensor, variance: Tensor, eps: Float = 1e-5) -> Tensor {
  let (rows, n) = checkBatchNorm(x, weight, bias)
  require(mean.shape == weight.shape && variance.shape == weight.shape, "batchNorm: statistics \(mean.shape) do not match \(weight.shape)")
  let y = Tensor(uninitialized: x.shape)
  let (inverse, slope) = (Tensor(uninitialized: Shape(n)), Tensor(uninitialized: Shape(n)))
  let (px, py, w, b, m, r) = (x.pointer, y.pointer, weight.pointer, bias.pointer, mean.pointer, inverse.pointer)
  for j in 0..<n {
    r[j] = 1 / temper_sqrt(variance.pointer[j] + eps)
    slope.pointer[j] = r[j] * w[j]
  }
  Partition(rows, cost: 4 * n).run { _, items in
    let first = items.lowerBound * n
    temper_columns_scaled(px + first, m, slope.pointer, b, items.count, n, py + first)
  }
  return y.recording(x, weight, bias) { dy, into in
    let (px, w, m, r, g) = (x.pointer, weight.pointer, mean.pointer, inverse.pointer, dy.pointer)
    into.accumulate(bias) { d, beta in Kernels.addColumnSums(of: g, rows: rows, columns: n, into: d, beta: beta) }
    into.accumulate(weight) { d, beta in
      if beta == 0 { d.update(repeating: 0, count: n) }
      for i in 0..<rows { for j in 0..<n { d[j] += g[i * n + j] * (px[i * n + j] - m[j]) * r[j] } }
    }
    into.accumulate(x) { d, beta in
      if beta == 0 { d.update(repeating: 0, count: rows * n) }
      for i in 0..<rows { for j in 0..<n { d[i * n + j] += g[i * n + j] * w[j] * r[j] } }
    }
  }
}

private func checkBatchNorm(_ x: Tensor, _ weight: Tensor, _ bias: Tensor) -> (rows: Int, columns: Int) {
  require(
    x.shape.rank >= 2 && weight.shape == Shape(x.shape[-1]) && bias.shape == weight.shape,
    "batchNorm: x \(x.shape) needs weight \(weight.shape) and bias \(bias.shape) of one element for each column")
  return (x.shape.before(x.shape.rank - 1), x.shape[-1])
}
