import CTemperSupport

/// Standout (Ba and Frey 2013): each element of `x` stays with a probability of its own, π = σ(alpha a + beta), and becomes 0 otherwise; kept
/// elements are not scaled. `a`, of the shape of `x`, are the inputs of the units' activation, so that units far above their threshold are
/// kept most often. In evaluation ``standoutMean(_:_:alpha:beta:)`` replaces it.
///
/// The mask is a constant for derivatives: there is no gradient to `a` through π. π is rounded to a multiple of 2^-16, because an element
/// uses 16 random bits. The first axis of `x` are the rows that `source` names.
public func standout(_ x: Tensor, _ a: Tensor, alpha: Float, beta: Float, _ source: DropoutSource) -> Tensor {
  require(a.shape == x.shape, "standout: x \(x.shape) and the inputs of its activation \(a.shape) must have one shape")
  require(
    x.shape.rank >= 1 && x.shape[0] == source.rows.count, "standout: \(x.shape) needs a row number for each row, not \(source.rows.count)")
  let (rows, width) = (x.shape[0], x.shape.after(0))
  let blocks = (width + 7) / 8
  /// The factors, 0 or 1.
  let mask = Tensor(uninitialized: x.shape)
  let y = Tensor(uninitialized: x.shape)
  let (px, pa, py, m) = (x.pointer, a.pointer, y.pointer, mask.pointer)
  Partition(rows, cost: 50 * width, minItems: 1).run { _, items in
    // A word takes the memory of a float.
    let scratch = Storage(uninitialized: 4 * blocks)
    let words = UnsafeMutableRawPointer(scratch.pointer).bindMemory(to: UInt32.self, capacity: 4 * blocks)
    for i in items {
      drawWords(words, blocks, source.stream, source.counter(ofRow: i))
      let (from, before, to, factors) = (px + i * width, pa + i * width, py + i * width, m + i * width)
      // The lower halves of all words are used for the first elements, the upper halves for the rest; half a unit centers each on its
      // interval.
      let half = min(width, 4 * blocks)
      for j in 0..<half { factors[j] = Float(words[j] & 0xFFFF) + 0.5 }
      for j in half..<width { factors[j] = Float(words[j - half] >> 16) + 0.5 }
      for j in 0..<width {
        factors[j] = factors[j] < 65536 * temper_sigmoid(alpha * before[j] + beta) ? 1 : 0
        to[j] = from[j] * factors[j]
      }
    }
  }
  let target = x.target
  return y.recording(x) { dy, into in addMasked(dy, mask, stride: width, to: target, into) }
}

/// The mean of ``standout(_:_:alpha:beta:_:)`` over all masks, x σ(alpha a + beta), which replaces it in evaluation; `a` has a gradient too.
public func standoutMean(_ x: Tensor, _ a: Tensor, alpha: Float, beta: Float) -> Tensor {
  x * (alpha * a + beta).sigmoid()
}
