/// The source of the randomness of one dropout: a mask is a function of the stream's key, the step and each row's global number, so it does
/// not depend on threads, on the order of rows in batches or on whether the run was resumed.
public struct DropoutSource {
  /// The named stream.
  public let stream: Philox
  /// The training step.
  public let step: Int
  /// The global number of each row of the batch.
  public let rows: [Int32]

  /// The source for one layer in one step.
  public init(stream: Philox, step: Int, rows: [Int32]) {
    (self.stream, self.step, self.rows) = (stream, step, rows)
  }

  /// The start of the random words of row `i` of the batch.
  @inline(__always)
  func counter(ofRow i: Int) -> MaskCounter {
    MaskCounter(row: UInt32(bitPattern: rows[i]), step: UInt32(truncatingIfNeeded: step))
  }
}

/// The place in a stream where the random words of a mask begin: consecutive blocks of four words from `first` on.
struct MaskCounter {
  var first: UInt32 = 0
  let row: UInt32
  let step: UInt32
  /// Distinguishes several masks of one row and step, such as those of the heads of an attention.
  var part: UInt32 = 0
}

/// What dropout multiplies an element by; either way its mean is 1 and its variance rate / (1 - rate).
public enum DropoutNoise: Sendable {
  /// 0 with the probability `rate`, else 1 / (1 - rate) (Srivastava et al. 2014).
  case bernoulli
  /// A number from N(1, rate / (1 - rate)) (Srivastava et al. 2014, section 10; Kingma, Salimans and Welling 2015).
  case gaussian
}

/// Inverted dropout (Srivastava et al. 2014): each element becomes 0 with probability `rate`, else it is divided by 1 - `rate`; or, with
/// Gaussian `noise`, is multiplied by a number from N(1, rate / (1 - rate)).
///
/// The rate must be in 0..<1. Without Gaussian noise it is rounded to a multiple of 2^-16, because a mask uses 16 random bits for each
/// element; the division uses the rounded rate, so the expectation is exact. A rate that is 0, or rounds to it, returns `x` itself, and none
/// rounds to 1. The first axis of `x` are the rows that `source` names.
public func dropout(_ x: Tensor, rate: Double, noise: DropoutNoise = .bernoulli, _ source: DropoutSource) -> Tensor {
  guard let factors = DropoutFactors(rate: rate, noise) else { return x }
  require(
    x.shape.rank >= 1 && x.shape[0] == source.rows.count, "dropout: \(x.shape) needs a row number for each row, not \(source.rows.count)")
  let (rows, width) = (x.shape[0], x.shape.after(0))
  let blocks = (width + 7) / 8
  /// The factors; a row is padded to whole blocks.
  let mask = Tensor(uninitialized: Shape(rows, 8 * blocks))
  let y = Tensor(uninitialized: x.shape)
  let (px, py, m) = (x.pointer, y.pointer, mask.pointer)
  Partition(rows, cost: 20 * width, minItems: 1).run { _, items in
    // A word takes the memory of a float.
    let scratch = Storage(uninitialized: 8 * blocks)
    let words = UnsafeMutableRawPointer(scratch.pointer).bindMemory(to: UInt32.self, capacity: 8 * blocks)
    for i in items {
      let mask = m + i * 8 * blocks
      factors.fill(mask, blocks, words, source.counter(ofRow: i), source.stream)
      let (from, to) = (px + i * width, py + i * width)
      for j in 0..<width { to[j] = from[j] * mask[j] }
    }
  }
  let target = x.target
  return y.recording(x) { dy, into in addMasked(dy, mask, stride: 8 * blocks, to: target, into) }
}

/// Adds the gradient `dy` times the factors of `mask`, of which a row has `stride`, to that of an input: the derivative of every kind of
/// dropout.
func addMasked(_ dy: Tensor, _ mask: Tensor, stride: Int, to input: GradientTarget, _ into: Gradients) {
  let (rows, width) = (dy.shape[0], dy.shape.after(0))
  into.accumulate(input) { dx, beta in
    Partition(rows, cost: 2 * width, minItems: 1).run { _, items in
      for i in items {
        let (factors, g, d) = (mask.pointer + i * stride, dy.pointer + i * width, dx + i * width)
        if beta == 0 {
          for j in 0..<width { d[j] = g[j] * factors[j] }
        } else {
          for j in 0..<width { d[j] += g[j] * factors[j] }
        }
      }
    }
  }
}

/// The factors of elements in dropout.
enum DropoutFactors {
  /// 0 for `threshold` of 2^16 draws, else `keep`.
  case bernoulli(threshold: UInt32, keep: Float)
  /// Normal around 1.
  case gaussian(deviation: Float)

  /// Nil if the rate is or rounds to 0 and nothing is dropped.
  init?(rate: Double, _ noise: DropoutNoise) {
    require(rate >= 0 && rate < 1, "dropout: the rate must be in 0..<1, not \(rate)")
    switch noise {
    case .bernoulli:
      let threshold = UInt32(min(65535, (rate * 65536).rounded()))
      if threshold == 0 { return nil }
      self = .bernoulli(threshold: threshold, keep: Float(65536 / Double(65536 - threshold)))
    case .gaussian:
      if rate == 0 { return nil }
      self = .gaussian(deviation: Float((rate / (1 - rate)).squareRoot()))
    }
  }

  /// The bits of a counter for the keys of one query of an attention, 2^16 at most.
  var attentionShift: UInt32 {
    if case .gaussian = self { 14 } else { 13 }
  }

  /// Fills `factors` with eight for each of `blocks`, from one counter with 16 bits for each, or from two with 32 for Gaussian noise.
  /// `words` has memory for eight words for each block.
  @inline(__always)
  func fill(
    _ factors: UnsafeMutablePointer<Float>, _ blocks: Int, _ words: UnsafeMutablePointer<UInt32>, _ counter: MaskCounter, _ stream: Philox
  ) {
    switch self {
    case .bernoulli(let threshold, let keep):
      drawWords(words, blocks, stream, counter)
      // Two contiguous runs: sums in an index would keep the compiler from vectorizing them.
      let upper = factors + 4 * blocks
      for i in 0..<4 * blocks {
        factors[i] = words[i] & 0xFFFF < threshold ? 0 : keep
        upper[i] = words[i] >> 16 < threshold ? 0 : keep
      }
    case .gaussian(let deviation):
      drawNormals(factors, 2 * blocks, words, stream, counter)
      for i in 0..<8 * blocks { factors[i] = 1 + deviation * factors[i] }
    }
  }
}

/// The random words of a mask, four from each of `blocks` counters: four contiguous runs, as more at a time would keep the compiler from
/// vectorizing them.
@inline(__always)
func drawWords(_ words: UnsafeMutablePointer<UInt32>, _ blocks: Int, _ stream: Philox, _ counter: MaskCounter) {
  let (second, third, fourth) = (words + blocks, words + 2 * blocks, words + 3 * blocks)
  for b in 0..<blocks {
    let (w0, w1, w2, w3) = stream(counter.first &+ UInt32(truncatingIfNeeded: b), counter.row, counter.step, counter.part)
    words[b] = w0
    second[b] = w1
    third[b] = w2
    fourth[b] = w3
  }
}
