import CTemperKernels
import CTemperSupport

/// Group normalization (Wu and He 2018) of images with channels last: in each image the channels of a group at all places less their mean, over
/// √(variance + eps) with the biased variance, times weight plus bias, as `torch.nn.functional.group_norm`. With one channel a group it is instance
/// normalization (Ulyanov et al. 2016).
///
/// - Parameters:
///   - x: `[rows, ..., channels]`.
///   - weight: the factor of each channel, `[channels]`.
///   - bias: what is added to each channel, `[channels]`.
///   - groups: the number of groups of neighbouring channels, which divides their number.
///   - eps: added to variances.
/// - Returns: the shape of x.
public func groupNorm(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, groups: Int, eps: Float = 1e-5) -> Tensor {
  require(
    x.shape.rank >= 2 && weight.shape == Shape(x.shape[-1]) && bias.shape == weight.shape,
    "groupNorm: x \(x.shape) needs weight \(weight.shape) and bias \(bias.shape) of one element for each channel")
  let (rows, n) = (x.shape[0], x.shape[-1])
  require(groups > 0 && n % groups == 0, "groupNorm: \(groups) groups do not divide \(n) channels")
  let (size, width) = (rows == 0 ? 0 : x.count / rows, n / groups)
  let places = n == 0 ? 0 : size / n
  let share = 1 / Float(max(1, places * width))
  let y = Tensor(uninitialized: x.shape)
  /// The mean and the inverse deviation of each channel's group, by row.
  let statistics = Tensor(uninitialized: [rows, 2, n])
  let byRows = Partition(rows, cost: 5 * size, minItems: 1)
  let (px, py, w, b, s) = (x.pointer, y.pointer, weight.pointer, bias.pointer, statistics.pointer)
  byRows.run { _, items in
    let slope = Storage(uninitialized: n)
    for row in items {
      let (from, mean, inverse) = (px + row * size, s + row * 2 * n, s + row * 2 * n + n)
      temper_column_sums(from, places, n, mean)
      eachGroup(mean, n, width) { $0 * share }
      temper_column_squares(from, mean, places, n, inverse)
      eachGroup(inverse, n, width) { 1 / temper_sqrt($0 * share + eps) }
      for j in 0..<n { slope.pointer[j] = inverse[j] * w[j] }
      temper_columns_scaled(from, mean, slope.pointer, b, places, n, py + row * size)
    }
  }
  return y.recording(x, weight, bias) { dy, into in
    let (px, w, s, g) = (x.pointer, weight.pointer, statistics.pointer, dy.pointer)
    // Of each row the column sums of g and of g x̂: the derivatives of bias and weight, and what the derivative of x subtracts.
    let sums = Storage(uninitialized: rows * 2 * n)
    byRows.run { _, items in
      for row in items {
        let (sg, sgx, inverse) = (sums.pointer + row * 2 * n, sums.pointer + row * 2 * n + n, s + row * 2 * n + n)
        temper_column_products(g + row * size, px + row * size, s + row * 2 * n, places, n, sg, sgx)
        for j in 0..<n { sgx[j] *= inverse[j] }
      }
    }
    into.accumulate(bias) { d, beta in Kernels.addColumnSums(of: sums.pointer, rows: rows, columns: n, stride: 2 * n, into: d, beta: beta) }
    into.accumulate(weight) { d, beta in
      Kernels.addColumnSums(of: sums.pointer + n, rows: rows, columns: n, stride: 2 * n, into: d, beta: beta)
    }
    into.accumulate(x) { dx, beta in
      byRows.run { _, items in
        // A factor of the gradient, one of x - mean, and what is left: r (w g - mean(w g) - x̂ mean(w g x̂)).
        let factors = Storage(uninitialized: 3 * n)
        let (ofGradient, ofInput, shift) = (factors.pointer, factors.pointer + n, factors.pointer + 2 * n)
        for row in items {
          let (sg, sgx, mean, inverse) = (
            sums.pointer + row * 2 * n, sums.pointer + row * 2 * n + n, s + row * 2 * n, s + row * 2 * n + n
          )
          for j in 0..<n { (ofGradient[j], ofInput[j], shift[j]) = (w[j] * inverse[j], w[j] * sgx[j], w[j] * sg[j]) }
          eachGroup(ofInput, n, width) { -share * $0 }
          eachGroup(shift, n, width) { -share * $0 }
          for j in 0..<n {
            ofInput[j] *= inverse[j] * inverse[j]
            shift[j] *= inverse[j]
          }
          let first = row * size
          temper_columns_combined(g + first, ofGradient, px + first, mean, ofInput, shift, places, n, beta, dx + first)
        }
      }
    }
  }
}

/// Sets all `width` numbers of each group of v to a function of their sum.
@inline(__always)
private func eachGroup(_ v: UnsafeMutablePointer<Float>, _ count: Int, _ width: Int, _ f: (Float) -> Float) {
  for first in stride(from: 0, to: count, by: width) {
    var sum: Float = 0
    for j in first..<first + width { sum += v[j] }
    (v + first).update(repeating: f(sum), count: width)
  }
}
