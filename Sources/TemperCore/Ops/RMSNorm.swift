import CTemperSupport

/// Root-mean-square normalisation over the last axis: x / √(mean of x² + eps) · weight (Zhang and Sennrich 2019). `x` has any shape whose
/// last axis is as long as `weight`.
public func rmsNorm(_ x: Tensor, _ weight: Tensor, eps: Float = 1e-5) -> Tensor {
  require(
    x.shape.rank >= 1 && weight.shape == Shape(x.shape[-1]),
    "rmsNorm: the last axis of x \(x.shape) needs weight \(weight.shape) of its length")
  let n = x.shape[-1]
  let rows = n == 0 ? 0 : x.count / n
  let y = Tensor(uninitialized: x.shape)
  /// One over the root mean square of each row.
  let inverses = Tensor(uninitialized: Shape(rows))
  let (px, py, w, r) = (x.pointer, y.pointer, weight.pointer, inverses.pointer)
  Partition(rows, cost: 4 * n, least: 1).run { _, items in
    for i in items {
      let (from, to) = (px + i * n, py + i * n)
      let inverse = 1 / temper_sqrt(temper_dot(from, from, n) / Float(n) + eps)
      r[i] = inverse
      for j in 0..<n { to[j] = from[j] * inverse * w[j] }
    }
  }
  return y.recording(x, weight) { dy, into in
    let (px, w, r, g) = (x.pointer, weight.pointer, inverses.pointer, dy.pointer)
    into.accumulate(weight) { dw, beta in
      Partition(n, cost: 3 * rows).run { _, columns in
        if beta == 0 { for j in columns { dw[j] = 0 } }
        for i in 0..<rows { for j in columns { dw[j] += g[i * n + j] * px[i * n + j] * r[i] } }
      }
    }
    into.accumulate(x) { dx, beta in
      Partition(rows, cost: 8 * n, least: 1).run { _, items in
        for i in items {
          let (from, gi, to, inverse) = (px + i * n, g + i * n, dx + i * n, r[i])
          if beta == 0 { to.update(repeating: 0, count: n) }
          var c: Float = 0
          for j in 0..<n { c += gi[j] * w[j] * from[j] }
          c *= inverse * inverse / Float(n)
          for j in 0..<n { to[j] += inverse * (gi[j] * w[j] - from[j] * c) }
        }
      }
    }
  }
}
