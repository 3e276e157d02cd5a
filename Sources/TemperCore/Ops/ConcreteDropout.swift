import CTemperSupport
import Glibc

/// Concrete dropout (Gal, Hron and Kendall 2017): dropout with a rate p = σ(logit) that can be learned, because the mask is a smooth function
/// of it. Each element is multiplied by (1 - z) / (1 - p), where z = σ((logit + ln u - ln(1 - u)) / temperature) is near 0 or 1, and above ½
/// with probability p.
///
/// - Parameters:
///   - x: its first axis are the rows that `source` names.
///   - logit: one element, ln p - ln(1 - p).
///   - temperature: the lower, the nearer z is to 0 or 1.
///   - source: the source of u, 23 random bits for each element, the center of one of 2^23 intervals.
/// - Returns: the shape of `x`.
public func concreteDropout(_ x: Tensor, _ logit: Tensor, temperature: Float, _ source: DropoutSource) -> Tensor {
  require(
    x.shape.rank >= 1 && x.shape[0] == source.rows.count,
    "concreteDropout: \(x.shape) needs a row number for each row, not \(source.rows.count)")
  let (rows, width) = (x.shape[0], x.shape.after(0))
  let blocks = (width + 3) / 4
  let noise = Tensor(uninitialized: x.shape)
  let n = noise.pointer
  Partition(rows, cost: 60 * width, minItems: 1).run { _, items in
    // A word takes the memory of a float.
    let scratch = Storage(uninitialized: 4 * blocks)
    let words = UnsafeMutableRawPointer(scratch.pointer).bindMemory(to: UInt32.self, capacity: 4 * blocks)
    for i in items {
      drawWords(words, blocks, source.stream, source.counter(ofRow: i))
      let to = n + i * width
      for j in 0..<width {
        let u = (Float(words[j] >> 9) + 0.5) * 0x1p-23
        to[j] = Glibc.logf(u / (1 - u))
      }
    }
  }
  return concreteDropout(x, logit, temperature: temperature, noise: noise)
}

/// As above, with ln u - ln(1 - u) given in `noise`, a constant of the shape of `x`.
///
/// With the factor f = (1 - z) / (1 - p), ∂f/∂logit = f (p - z / temperature).
func concreteDropout(_ x: Tensor, _ logit: Tensor, temperature: Float, noise: Tensor) -> Tensor {
  require(logit.count == 1, "concreteDropout: the logit must be one element, not \(logit.shape)")
  require(temperature > 0, "concreteDropout: the temperature must be above 0, not \(temperature)")
  require(noise.shape == x.shape, "concreteDropout: x \(x.shape) and its noise \(noise.shape) must have one shape")
  let (rows, width) = (x.shape[0], x.shape.after(0))
  let (l, inverse) = (logit.pointer[0], 1 / temperature)
  let (p, stays) = (temper_sigmoid(l), temper_sigmoid(-l))
  let mask = Tensor(uninitialized: x.shape)
  let y = Tensor(uninitialized: x.shape)
  let (px, py, m, n) = (x.pointer, y.pointer, mask.pointer, noise.pointer)
  Partition(rows, cost: 30 * width, minItems: 1).run { _, items in
    for i in items.lowerBound * width..<items.upperBound * width {
      // 1 - σ(s) is σ(-s), which loses no digits near 0.
      m[i] = temper_sigmoid(-(l + n[i]) * inverse) / stays
      py[i] = px[i] * m[i]
    }
  }
  let target = x.target
  return y.recording(x, logit) { dy, into in
    addMasked(dy, mask, stride: width, to: target, into)
    into.accumulate(logit) { d, beta in
      let (g, px, m) = (dy.pointer, x.pointer, mask.pointer)
      // Row by row, and the rows in order: the same bits on any number of threads.
      let (terms, sums) = (Tensor(uninitialized: x.shape), Tensor(uninitialized: [rows]))
      Partition(rows, cost: 6 * width, minItems: 1).run { _, items in
        for i in items {
          let (start, to) = (i * width, terms.pointer + i * width)
          let (gi, xi, mi) = (g + start, px + start, m + start)
          for j in 0..<width { to[j] = gi[j] * xi[j] * mi[j] * (p - (1 - mi[j] * stays) * inverse) }
          sums.pointer[i] = temper_sum(to, width)
        }
      }
      let sum = (0..<rows).reduce(0.0) { $0 + Double(sums.pointer[$1]) }
      d[0] = (beta == 0 ? 0 : d[0]) + Float(sum)
    }
  }
}

/// The penalty that concrete dropout adds to the objective for a layer of `units` with dropout p = σ(logit), followed by the weights `w`:
///
///     weightRegularizer |w|² / (1 - p) + dropoutRegularizer units (p ln p + (1 - p) ln(1 - p))
///
/// The first term is the prior on the weights; the second moves p towards ½, the more the more units there are. Rank 0.
public func concretePenalty(
  _ logit: Tensor, _ w: Tensor, units: Int, weightRegularizer: Float, dropoutRegularizer: Float
) -> Tensor {
  require(logit.count == 1, "concretePenalty: the logit must be one element, not \(logit.shape)")
  let l = logit.reshaped([])
  // 1 / (1 - p) = 1 + e^logit, ln p = -softplus(-logit) and ln(1 - p) = -softplus(logit): nothing is lost at either end.
  let weights = w.squared().sum() * (l.exp() + 1)
  let negativeEntropy = -(l.sigmoid() * (-l).softplus() + (-l).sigmoid() * l.softplus())
  return weightRegularizer * weights + dropoutRegularizer * Float(units) * negativeEntropy
}
