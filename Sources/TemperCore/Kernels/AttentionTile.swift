import CTemperSupport
import Glibc

/// Attention of one head, one tile of queries at a time: only the weights of a tile's queries for all keys are in memory.
///
/// Queries, keys and values are read in place, as columns of a larger matrix.
struct AttentionTile {
  /// The number of columns of a head.
  let width: Int
  /// Whether a query sees only the keys up to its own position; the last query's is that of the last key.
  let isCausal: Bool
  /// The row stride of queries.
  let queryStride: Int
  /// The row stride of keys and values.
  let keyStride: Int
  /// The row stride of results.
  let outputStride: Int

  /// The number of queries of a tile. Little is computed above the diagonal, and the products are small enough for OpenBLAS's kernels for
  /// small matrices, which run at 100 GFLOP/s (32 x 64 x 32 with AVX-512).
  private static let height = 32
  private var scale: Float { 1 / Float(width).squareRoot() }

  /// One head of one sequence.
  struct Part {
    var queries: Int
    var keys: Int
    /// The row stride of the transposed keys and values.
    var transposedStride: Int
    var dropout: (factors: DropoutFactors, counter: MaskCounter, stream: Philox)?
  }

  /// The floats of scratch memory that each direction needs for up to `keys` keys: weights, row sums, and a dropout mask.
  func forwardRoom(keys: Int) -> Int { Self.height * keys + Self.height + 2 * (keys + 16) }
  func backwardRoom(keys: Int) -> Int { 2 * Self.height * keys + 2 * (keys + 16) }

  /// The number of floats of the keys or the values of one head.
  func transposedRoom(keys: Int) -> Int { width * keys }

  /// Keys or values as `[width, keys]`, for all queries of the heads that share them: OpenBLAS's small products of x·wᵀ run at half the speed
  /// of others.
  func transpose(_ x: UnsafePointer<Float>, _ part: Part, into y: UnsafeMutablePointer<Float>) {
    Kernels.transpose(x, rows: part.keys, columns: width, stride: keyStride, into: y)
  }

  /// Results and the logarithms of the softmaxes' sums; the keys are those of ``transpose(_:_:into:)``.
  func forward(
    _ part: Part, queries q: UnsafePointer<Float>, transposedKeys: UnsafePointer<Float>, values v: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>?, scratch: UnsafeMutablePointer<Float>
  ) {
    guard part.keys > 0 else { return }
    for start in stride(from: 0, to: part.queries, by: Self.height) {
      let rows = min(Self.height, part.queries - start)
      let seen = lastKey(part, start + rows - 1) + 1
      let (weights, inverses) = (scratch, scratch + Self.height * part.keys)
      let mask = inverses + Self.height
      Kernels.multiplySerially(
        rows, seen, width, Factor(q + start * queryStride, stride: queryStride), Factor(transposedKeys, stride: part.transposedStride),
        alpha: scale, beta: 0, into: weights, stride: seen)
      for i in 0..<rows {
        let w = weights + i * seen
        let count = hideUnseen(w, part, start + i, seen, -.infinity)
        let largest = temper_max(w, count)
        let sum = temper_exp_sum(w, largest, w, count)
        inverses[i] = 1 / sum
        sums?[start + i] = largest + Glibc.logf(sum)
        (w + count).update(repeating: 0, count: seen - count)
        if part.dropout != nil {
          drawMask(part, start + i, mask, count)
          for j in 0..<count { w[j] *= mask[j] }
        }
      }
      let output = y + start * outputStride
      Kernels.multiplySerially(
        rows, width, seen, Factor(weights), Factor(v, stride: keyStride), alpha: 1, beta: 0, into: output, stride: outputStride)
      for i in 0..<rows {
        let (to, inverse) = (output + i * outputStride, inverses[i])
        for j in 0..<width { to[j] *= inverse }
      }
    }
  }

  /// Adds the gradients of queries, keys and values: with weights P, scores S and upstream G,
  ///
  ///     dV = Pᵀ G    dP = G Vᵀ    dS = P ∘ (dP - rowsum(G ∘ Y))    dQ = dS K    dK = dSᵀ Q
  ///
  /// where dropout's factors multiply P in the first and dP in the second.
  func backward(
    _ part: Part, queries q: UnsafePointer<Float>, keys k: UnsafePointer<Float>, transposedKeys: UnsafePointer<Float>,
    transposedValues: UnsafePointer<Float>,
    output y: UnsafePointer<Float>, upstream g: UnsafePointer<Float>, sums: UnsafePointer<Float>,
    intoQueries dq: UnsafeMutablePointer<Float>, beta: Float, intoKeys dk: UnsafeMutablePointer<Float>,
    intoValues dv: UnsafeMutablePointer<Float>, sharedBeta: Float, scratch: UnsafeMutablePointer<Float>
  ) {
    guard part.keys > 0, part.queries > 0 else { return }
    let (weights, scores) = (scratch, scratch + Self.height * part.keys)
    let mask = scores + Self.height * part.keys
    // From the last tile on: it attends to all keys, so it may overwrite their gradients, and the others add.
    var isFirst = true
    for start in stride(from: (part.queries - 1) / Self.height * Self.height, through: 0, by: -Self.height) {
      let rows = min(Self.height, part.queries - start)
      let seen = lastKey(part, start + rows - 1) + 1
      let (qs, gs) = (q + start * queryStride, g + start * outputStride)
      Kernels.multiplySerially(
        rows, seen, width, Factor(qs, stride: queryStride), Factor(transposedKeys, stride: part.transposedStride),
        alpha: scale, beta: 0, into: weights, stride: seen)
      Kernels.multiplySerially(
        rows, seen, width, Factor(gs, stride: outputStride), Factor(transposedValues, stride: part.transposedStride),
        alpha: 1, beta: 0, into: scores, stride: seen)
      for i in 0..<rows {
        let (p, d, sum) = (weights + i * seen, scores + i * seen, sums[start + i])
        let count = hideUnseen(p, part, start + i, seen, -.infinity)
        var share = temper_dot(gs + i * outputStride, y + (start + i) * outputStride, width)
        if part.dropout != nil {
          drawMask(part, start + i, mask, count)
          for j in 0..<count {
            let weight = temper_exp(p[j] - sum)
            p[j] = weight * mask[j]
            d[j] = weight * (d[j] * mask[j] - share)
          }
        } else {
          for j in 0..<count { p[j] = temper_exp(p[j] - sum) }
          // If one weight is 1 the others are 0, and the difference below is 0 in exact arithmetic. Far from 0 its two terms would differ by
          // rounding errors, which large queries and keys then multiply.
          if temper_max(p, count) == 1, let only = (0..<count).first(where: { p[$0] == 1 }) { share = d[only] }
          for j in 0..<count { d[j] = p[j] * (d[j] - share) }
        }
        // A single weight is 1 whatever its score, but rounding above need not give exactly 1.
        if lastKey(part, start + i) == 0 { d[0] = 0 }
        (p + count).update(repeating: 0, count: seen - count)
        (d + count).update(repeating: 0, count: seen - count)
      }
      let shared = isFirst ? sharedBeta : 1
      Kernels.multiplySerially(
        seen, width, rows, Factor(weights, transposed: true), Factor(gs, stride: outputStride), alpha: 1, beta: shared, into: dv,
        stride: keyStride)
      Kernels.multiplySerially(
        rows, width, seen, Factor(scores), Factor(k, stride: keyStride), alpha: scale, beta: beta, into: dq + start * queryStride,
        stride: queryStride)
      Kernels.multiplySerially(
        seen, width, rows, Factor(scores, transposed: true), Factor(qs, stride: queryStride), alpha: scale, beta: shared, into: dk,
        stride: keyStride)
      isFirst = false
    }
  }

  /// Sets the columns `rows` of one head to zero.
  func clear(_ x: UnsafeMutablePointer<Float>, rows: Range<Int>, stride: Int) {
    for i in rows { (x + i * stride).update(repeating: 0, count: width) }
  }

  @inline(__always)
  private func lastKey(_ part: Part, _ query: Int) -> Int {
    isCausal ? part.keys - part.queries + query : part.keys - 1
  }

  /// Writes `value` behind the keys that a query sees, up to a whole number of vectors; returns how many scores that leaves to work on.
  @inline(__always)
  private func hideUnseen(_ scores: UnsafeMutablePointer<Float>, _ part: Part, _ query: Int, _ seen: Int, _ value: Float) -> Int {
    let visible = lastKey(part, query) + 1
    let count = min(seen, (visible + 15) / 16 * 16)
    (scores + visible).update(repeating: value, count: count - visible)
    return count
  }

  /// The dropout factors of a query's weights, for `count` keys; behind them is the memory for their random words.
  @inline(__always)
  private func drawMask(_ part: Part, _ query: Int, _ mask: UnsafeMutablePointer<Float>, _ count: Int) {
    guard let (factors, start, stream) = part.dropout else { return }
    var counter = start
    let blocks = (count + 7) / 8
    counter.first = UInt32(truncatingIfNeeded: query) << factors.attentionShift
    let words = UnsafeMutableRawPointer(mask + 8 * blocks).bindMemory(to: UInt32.self, capacity: 8 * blocks)
    factors.fill(mask, blocks, words, counter, stream)
  }
}
