import CTemperSupport

/// Root-mean-square normalization over the last axis: x / √(mean of x² + eps) · weight (Zhang and Sennrich 2019). `x` has any shape whose
/// last axis is as long as `weight`.
public func rmsNorm(_ x: Tensor, _ weight: Tensor, eps: Float = 1e-5) -> Tensor {
  require(
    x.shape.rank >= 1 && weight.shape == Shape(x.shape[-1]),
    "rmsNorm: the last axis of x \(x.shape) needs weight \(weight.shape) of its length")
  let n = x.shape[-1]
  let rows = n == 0 ? 0 : x.count / n
  /// One over the root mean square of each row.
  let inverses = Tensor(uninitialized: Shape(rows))
  func value() -> Tensor {
    let y = Tensor(uninitialized: x.shape)
    let (px, py, w, r) = (x.pointer, y.pointer, weight.pointer, inverses.pointer)
    Partition(rows, cost: 4 * n, minItems: 1).run { _, items in
      for i in items {
        let (from, to) = (px + i * n, py + i * n)
        let inverse = 1 / temper_sqrt(temper_dot(from, from, n) / Float(n) + eps)
        r[i] = inverse
        for j in 0..<n { to[j] = from[j] * inverse * w[j] }
      }
    }
    return y
  }
  let y = value().recording(x, weight) { dy, into in
    let (px, w, r, g) = (x.pointer, weight.pointer, inverses.pointer, dy.pointer)
    let partition = Partition(rows, cost: 8 * n, minItems: 1)
    into.accumulate(weight) { dw, beta in
      Kernels.addRowTerms(partition, columns: n, into: dw, beta: beta) { i, sums in
        let (from, gi, inverse) = (px + i * n, g + i * n, r[i])
        for j in 0..<n { sums[j] += gi[j] * from[j] * inverse }
      }
    }
    into.accumulate(x) { dx, beta in
      partition.run { _, items in
        let scaled = Storage(uninitialized: n)
        let gw = scaled.pointer
        for i in items {
          let (from, gi, to, inverse) = (px + i * n, g + i * n, dx + i * n, r[i])
          for j in 0..<n { gw[j] = gi[j] * w[j] }
          let c = temper_dot(gw, from, n) * inverse * inverse / Float(n)
          if beta == 0 {
            for j in 0..<n { to[j] = inverse * (gw[j] - from[j] * c) }
          } else {
            for j in 0..<n { to[j] += inverse * (gw[j] - from[j] * c) }
          }
        }
      }
    }
  }
  y.rematerialize(value)
  return y
}
