import CTemperSupport

/// Layer normalization over the last axis: (x - mean) / √(variance + eps) · weight + bias, with the biased variance (Ba et al. 2016).
/// `x` has any shape whose last axis is as long as `weight` and `bias`.
public func layerNorm(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, eps: Float = 1e-5) -> Tensor {
  require(
    x.shape.rank >= 1 && weight.shape == Shape(x.shape[-1]) && bias.shape == weight.shape,
    "layerNorm: the last axis of x \(x.shape) needs weight \(weight.shape) and bias \(bias.shape) of its length")
  let n = x.shape[-1]
  let rows = n == 0 ? 0 : x.count / n
  /// Mean and inverse deviation of each row.
  let statistics = Tensor(uninitialized: Shape(rows, 2))
  func value() -> Tensor {
    let y = Tensor(uninitialized: x.shape)
    let (px, py, w, b, s) = (x.pointer, y.pointer, weight.pointer, bias.pointer, statistics.pointer)
    Partition(rows, cost: 6 * n, minItems: 1).run { _, items in
      for i in items {
        let (from, to) = (px + i * n, py + i * n)
        let mean = temper_sum(from, n) / Float(n)
        let inverse = 1 / temper_sqrt(temper_squared_deviation(from, mean, n) / Float(n) + eps)
        (s[2 * i], s[2 * i + 1]) = (mean, inverse)
        for j in 0..<n { to[j] = (from[j] - mean) * inverse * w[j] + b[j] }
      }
    }
    return y
  }
  let y = value().recording(x, weight, bias) { dy, into in
    let (px, w, s, g) = (x.pointer, weight.pointer, statistics.pointer, dy.pointer)
    let partition = Partition(rows, cost: 12 * n, minItems: 1)
    into.accumulate(weight) { dw, beta in
      Kernels.addRowTerms(partition, columns: n, into: dw, beta: beta) { i, sums in
        let (from, gi, mean, inverse) = (px + i * n, g + i * n, s[2 * i], s[2 * i + 1])
        for j in 0..<n { sums[j] += gi[j] * (from[j] - mean) * inverse }
      }
    }
    into.accumulate(bias) { db, beta in Kernels.addColumnSums(of: g, rows: rows, columns: n, into: db, beta: beta) }
    into.accumulate(x) { dx, beta in
      partition.run { _, items in
        let scaled = Storage(uninitialized: n)
        let gw = scaled.pointer
        for i in items {
          let (from, gi, to, mean, inverse) = (px + i * n, g + i * n, dx + i * n, s[2 * i], s[2 * i + 1])
          for j in 0..<n { gw[j] = gi[j] * w[j] }
          let a = temper_sum(gw, n) / Float(n)
          // Σ gw (x - mean), as Σ gw x - mean Σ gw, would suffer from cancellation; center first.
          let c = temper_dot_deviation(from, mean, gw, n) * inverse * inverse / Float(n)
          if beta == 0 {
            for j in 0..<n { to[j] = inverse * (gw[j] - a - (from[j] - mean) * c) }
          } else {
            for j in 0..<n { to[j] += inverse * (gw[j] - a - (from[j] - mean) * c) }
          }
        }
      }
    }
  }
  y.rematerialize(value)
  return y
}
