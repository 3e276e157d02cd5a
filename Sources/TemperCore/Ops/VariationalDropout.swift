import CTemperSupport

// Sparse variational dropout (Molchanov, Ashukha and Vetrov 2017): a weight is w + σ ε with ε from N(0, 1), so that w is multiplied by noise
// of the variance α = σ² / w². The deviation σ is learned, as ln σ; a weight whose α is large carries nothing and can be pruned.

/// ln α of one weight; NaN for a weight that is not finite, whose logarithm would be some number.
@inline(__always)
private func logVarianceRatio(_ w: Float, _ logDeviation: Float) -> Float {
  2 * (logDeviation - temper_log(temper_abs(w) + 1e-16)) + 0 * w
}

/// The paper's approximation of the divergence of a weight's distribution from the log-uniform prior, summed over all weights, rank 0:
///
///     KL(ln α) = k₁ - k₁ σ(k₂ + k₃ ln α) + ½ ln(1 + 1/α)
///
/// It falls from large values for a certain weight to 0 for pure noise. As in the paper's code ln α is clamped to -10...10, beyond which
/// there is no gradient. `w` and `logDeviation` have the same shape, of rank 1 at least.
public func variationalDivergence(_ w: Tensor, _ logDeviation: Tensor) -> Tensor {
  require(
    w.shape == logDeviation.shape && w.shape.rank >= 1,
    "variationalDivergence: the weights \(w.shape) and the logarithms of their deviations \(logDeviation.shape) must have the same shape")
  let (k1, k2, k3): (Float, Float, Float) = (0.63576, 1.87320, 1.48695)
  let (rows, width) = (w.shape[0], w.shape.after(0))
  let rowsOfWeights = Partition(rows, cost: 60 * width, minItems: 1)
  let (pw, pd, sums) = (w.pointer, logDeviation.pointer, Tensor(uninitialized: [rows]))
  let totals = sums.pointer
  rowsOfWeights.run { _, items in
    let terms = Storage(uninitialized: width)
    for i in items {
      let (w, d, term) = (pw + i * width, pd + i * width, terms.pointer)
      for j in 0..<width {
        let free = logVarianceRatio(w[j], d[j])
        let a = free < -10 ? -10 : free > 10 ? 10 : free
        term[j] = k1 * temper_sigmoid(-k2 - k3 * a) + 0.5 * (max(-a, 0) + temper_log1p_unit(temper_exp(-temper_abs(a))))
      }
      totals[i] = temper_sum(term, width)
    }
  }
  // The rows in order: the same bits on any number of threads.
  let value = Tensor(Float((0..<rows).reduce(0.0) { $0 + Double(totals[$1]) }))
  let (ofWeights, ofDeviations) = (w.target, logDeviation.target)
  return value.recording(w, logDeviation) { dy, into in
    /// Adds the derivative by ln α times that of ln α, which is `inner`.
    func add(to target: GradientTarget, _ inner: @escaping (_ w: Float) -> Float) {
      into.accumulate(target) { d, beta in
        let (upstream, pw, pd) = (dy.scalar, w.pointer, logDeviation.pointer)
        rowsOfWeights.run { _, items in
          for i in items.lowerBound * width..<items.upperBound * width {
            let a = logVarianceRatio(pw[i], pd[i])
            let s = temper_sigmoid(k2 + k3 * a)
            let slope = -k1 * k3 * s * (1 - s) - 0.5 * temper_sigmoid(-a)
            let derivative = a <= -10 || a >= 10 ? 0 : upstream * slope * inner(pw[i])
            d[i] = (beta == 0 ? 0 : d[i]) + derivative
          }
        }
      }
    }
    add(to: ofDeviations) { _ in 2 }
    add(to: ofWeights) { -2 / $0 }
  }
}

/// The weights that sparse variational dropout keeps, the others 0: those with ln α of at most `threshold`. A constant.
public func keptWeights(_ w: Tensor, _ logDeviation: Tensor, threshold: Float) -> Tensor {
  require(
    w.shape == logDeviation.shape,
    "keptWeights: the weights \(w.shape) and the logarithms of their deviations \(logDeviation.shape) must have the same shape")
  let kept = Tensor(uninitialized: w.shape)
  let (pw, pd, to) = (w.pointer, logDeviation.pointer, kept.pointer)
  Partition(w.count, cost: 20, minItems: 1024).run { _, items in
    for i in items { to[i] = logVarianceRatio(pw[i], pd[i]) > threshold ? 0 : pw[i] }
  }
  return kept
}
