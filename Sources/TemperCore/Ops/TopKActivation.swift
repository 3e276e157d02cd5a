/// Keeps the `k` largest elements of each row of the last axis and makes the others 0 (Makhzani and Frey 2013, Ahmad and Scheinkman 2019). Of
/// equal elements those with the lower index are kept. The gradient is passed on unchanged where an element is kept, and is 0 elsewhere.
///
/// With `k` as long as the axis it is `x` itself. A NaN counts as larger than any number, and appears in the result even if it is not kept: a
/// diverged run must not look like a sparse one.
public func topKActivation(_ x: Tensor, k: Int) -> Tensor {
  require(x.shape.rank >= 1, "topKActivation: \(x.shape) has no last axis")
  let n = x.shape[-1]
  require(k >= 1 && k <= n, "topKActivation: k must lie in 1...\(n), not be \(k)")
  if k == n { return x }
  let rows = x.count / n
  let y = Tensor(uninitialized: x.shape)
  /// 1 where an element is kept, else 0.
  let mask = Tensor(uninitialized: x.shape)
  let (px, py, m) = (x.pointer, y.pointer, mask.pointer)
  Partition(rows, cost: 12 * n, minItems: 1).run { _, items in
    let scratch = Storage(uninitialized: n)
    for i in items {
      let (from, to, kept) = (px + i * n, py + i * n, m + i * n)
      for j in 0..<n { scratch.pointer[j] = comparable(from[j]) }
      let threshold = Kernels.largest(k, of: scratch.pointer, count: n)
      var ties = k
      for j in 0..<n where comparable(from[j]) > threshold { ties -= 1 }
      for j in 0..<n {
        let value = comparable(from[j])
        let isTie = value == threshold && ties > 0
        if isTie { ties -= 1 }
        kept[j] = value > threshold || isTie ? 1 : 0
        to[j] = kept[j] == 1 || from[j].isNaN ? from[j] : 0
      }
    }
  }
  let target = x.target
  return y.recording(x) { dy, into in
    into.accumulate(target) { dx, beta in
      let (g, m) = (dy.pointer, mask.pointer)
      Kernels.accumulate(into: dx, beta: beta, count: dy.count, cost: 2) { m[$0] == 0 ? 0 : g[$0] }
    }
  }
}

@inline(__always)
private func comparable(_ x: Float) -> Float { x.isNaN ? .infinity : x }

extension Kernels {
  /// The `k`-th largest of `count` numbers, none of them NaN; reorders them (Hoare 1961).
  static func largest(_ k: Int, of x: UnsafeMutablePointer<Float>, count: Int) -> Float {
    var (low, high) = (0, count - 1)
    while low < high {
      let pivot = x[(low + high) / 2]
      var (i, j) = (low, high)
      while i <= j {
        while x[i] > pivot { i += 1 }
        while x[j] < pivot { j -= 1 }
        if i <= j {
          (x[i], x[j]) = (x[j], x[i])
          i += 1
          j -= 1
        }
      }
      // The elements between j and i equal the pivot.
      if k - 1 <= j { high = j } else if k - 1 >= i { low = i } else { return pivot }
    }
    return x[low]
  }
}
