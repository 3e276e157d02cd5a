import CTemperSupport
import Glibc

extension Tensor {
  /// The softmax over the last axis: positive, each row sums to 1. Stable for any finite logits.
  public func softmax() -> Tensor {
    let (rows, n) = rowsOfLastAxis("softmax")
    let y = Tensor(uninitialized: shape)
    let (px, py) = (pointer, y.pointer)
    Partition(rows, cost: 30 * n, minItems: 1).run { _, items in
      for i in items { Kernels.softmax(px + i * n, into: py + i * n, count: n) }
    }
    let target = target
    return y.recording(self) { [y = y.detached] dy, into in
      into.accumulate(target) { dx, beta in
        Partition(rows, cost: 5 * n, minItems: 1).run { _, items in
          for i in items {
            let (p, g, d) = (y.pointer + i * n, dy.pointer + i * n, dx + i * n)
            let dot = temper_dot(p, g, n)
            if beta == 0 { d.update(repeating: 0, count: n) }
            for j in 0..<n { d[j] += p[j] * (g[j] - dot) }
          }
        }
      }
    }
  }

  /// The logarithm of the softmax over the last axis, computed from the logits, never as the logarithm of a rounded probability.
  public func logSoftmax() -> Tensor {
    let (rows, n) = rowsOfLastAxis("logSoftmax")
    let y = Tensor(uninitialized: shape)
    let (px, py) = (pointer, y.pointer)
    Partition(rows, cost: 30 * n, minItems: 1).run { _, items in
      for i in items {
        let (x, to) = (px + i * n, py + i * n)
        let (largest, sum) = Kernels.softmax(x, into: to, count: n)
        let logarithm = Glibc.logf(sum)
        for j in 0..<n { to[j] = x[j] - largest - logarithm }
      }
    }
    let target = target
    return y.recording(self) { [y = y.detached] dy, into in
      into.accumulate(target) { dx, beta in
        Partition(rows, cost: 25 * n, minItems: 1).run { _, items in
          for i in items {
            let (l, g, d) = (y.pointer + i * n, dy.pointer + i * n, dx + i * n)
            let sum = temper_sum(g, n)
            if beta == 0 { d.update(repeating: 0, count: n) }
            for j in 0..<n { d[j] += g[j] - temper_exp(l[j]) * sum }
          }
        }
      }
    }
  }

  private func rowsOfLastAxis(_ op: StaticString) -> (rows: Int, length: Int) {
    require(shape.rank >= 1 && shape[-1] > 0, "\(op): \(shape) has no last axis to sum over")
    return (count / shape[-1], shape[-1])
  }
}

extension Kernels {
  /// p = softmax(z) for one row; returns the largest logit and the sum of e^(z - largest).
  @inline(__always) @discardableResult
  static func softmax(_ z: UnsafePointer<Float>, into p: UnsafeMutablePointer<Float>, count n: Int) -> (largest: Float, sum: Float) {
    let largest = temper_max(z, n)
    let sum = temper_exp_sum(z, largest, p, n)
    let inverse = 1 / sum
    for j in 0..<n { p[j] *= inverse }
    return (largest, sum)
  }
}
