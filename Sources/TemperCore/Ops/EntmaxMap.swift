import CTemperSupport

/// A map from a row of logits to probabilities of which many are exactly 0: p = argmax <p, z> + H_α(p) with Tsallis' entropy
/// H_α(p) = (1 - Σ p^α) / (α (α - 1)). Its solution is p = [(α - 1) z - τ]₊^(1 / (α - 1)), with τ such that p sums to 1 (Peters, Niculae and
/// Martins 2019, "Sparse Sequence-to-Sequence Models").
protocol EntmaxMap: Sendable {
  /// α, above 1.
  var alpha: Double { get }
  /// s^(1 / (α - 1)) for s above 0.
  func power(_ s: Double) -> Double
  /// p^(2 - α) for p above 0: the derivative of a probability by its logit, before probabilities are made to sum to 1.
  func slope(_ p: Double) -> Double
  /// τ of `count` numbers, of which the largest is 0 and none is -1 / (α - 1) or less. It may reorder them.
  func threshold(_ z: UnsafeMutablePointer<Float>, count: Int) -> Double
}

/// Sums over the classes with a probability above 0, by which losses are computed.
struct EntmaxSums {
  /// The largest logit.
  let largest: Float
  /// Σ p (z - largest).
  let mean: Double
  /// Σ p^α.
  let powers: Double
}

extension EntmaxMap {
  /// The probabilities `p` of the row `z` of `n` logits, which is other memory. All are NaN if a logit is NaN or the largest is infinite, as
  /// those of the softmax.
  ///
  /// τ is in -1 ... 0 if the largest logit is 0, so that only logits above -1 / (α - 1) can have a probability: usually a few of thousands.
  @inline(__always)
  func probabilities(_ z: UnsafePointer<Float>, into p: UnsafeMutablePointer<Float>, count n: Int) -> EntmaxSums {
    let largest = temper_max(z, n)
    let least = Float(-1 / (alpha - 1))
    var candidates = 0
    var isNumber = largest.isFinite
    // Scans go by a bound too low by more than its rounding, and the exact comparison decides; they stop at NaN too.
    let first = largest + least - 4 * .ulpOfOne * (abs(largest) - least)
    var i = temper_next_above(z, first, 0, n)
    while i < n {
      let x = z[i] - largest
      p[candidates] = x
      candidates += x > least ? 1 : 0
      isNumber = isNumber && x == x
      i = temper_next_above(z, first, i + 1, n)
    }
    guard isNumber else {
      p.update(repeating: .nan, count: n)
      return EntmaxSums(largest: largest, mean: .nan, powers: .nan)
    }
    let tau = threshold(p, count: candidates)
    let scale = alpha - 1
    let lead = Float(tau / scale)
    let bound = largest + lead - 4 * .ulpOfOne * (abs(largest) + abs(lead))
    var (mean, powers) = (0.0, 0.0)
    p.update(repeating: 0, count: n)
    i = temper_next_above(z, bound, 0, n)
    while i < n {
      let x = Double(z[i] - largest)
      let s = scale * x - tau
      if s > 0 {
        let q = power(s)
        p[i] = Float(q)
        mean += q * x
        powers += q * s
      }
      i = temper_next_above(z, bound, i + 1, n)
    }
    return EntmaxSums(largest: largest, mean: mean, powers: powers)
  }

  /// The map over the last axis. With s = p^(2 - α) on the support the derivative is dz = s (g - Σ s g / Σ s).
  func callAsFunction(_ z: Tensor, _ op: StaticString) -> Tensor {
    require(z.shape.rank >= 1 && z.shape[-1] > 0, "\(op): \(z.shape) has no last axis to sum over")
    let (rows, n) = (z.count / z.shape[-1], z.shape[-1])
    let y = Tensor(uninitialized: z.shape)
    let (px, py) = (z.pointer, y.pointer)
    let partition = Partition(rows, cost: 10 * n, minItems: 1)
    partition.run { _, items in
      for i in items { _ = probabilities(px + i * n, into: py + i * n, count: n) }
    }
    let target = z.target
    return y.recording(z) { [y = y.detached] dy, into in
      into.accumulate(target) { dx, beta in
        partition.run { _, items in
          for i in items {
            let (p, g, d) = (y.pointer + i * n, dy.pointer + i * n, dx + i * n)
            if beta == 0 { d.update(repeating: 0, count: n) }
            var (weighted, total) = (0.0, 0.0)
            for j in 0..<n where p[j] != 0 {
              let s = slope(Double(p[j]))
              weighted += s * Double(g[j])
              total += s
            }
            for j in 0..<n where p[j] != 0 { d[j] += Float(slope(Double(p[j])) * (Double(g[j]) - weighted / total)) }
          }
        }
      }
    }
  }
}

extension Kernels {
  /// Makes `count` numbers a heap: none is larger than the one at half its index.
  static func makeHeap(_ x: UnsafeMutablePointer<Float>, count: Int) {
    for i in stride(from: count / 2 - 1, through: 0, by: -1) { sink(x, i, count: count) }
  }

  /// Removes the first, largest number of a heap.
  static func popHeap(_ x: UnsafeMutablePointer<Float>, count: Int) {
    x[0] = x[count - 1]
    sink(x, 0, count: count - 1)
  }

  private static func sink(_ x: UnsafeMutablePointer<Float>, _ start: Int, count: Int) {
    var i = start
    while 2 * i + 1 < count {
      var child = 2 * i + 1
      if child + 1 < count, x[child + 1] > x[child] { child += 1 }
      if x[i] >= x[child] { return }
      (x[i], x[child]) = (x[child], x[i])
      i = child
    }
  }
}
