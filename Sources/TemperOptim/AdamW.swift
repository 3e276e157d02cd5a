import CTemperSupport
import Glibc
import TemperCore
import TemperJSON
import TemperNN

/// The configuration of an Adam or AdamW optimizer.
public struct AdamWConfig: Sendable {
  /// The decay of the two moving averages.
  public let betas: (Double, Double)
  /// Added to the root of the second average.
  public let eps: Double
  /// Decoupled decay, times the learning rate; nil for plain Adam.
  public let weightDecay: ScalarSchedule?
  /// Which rows of a table a step updates.
  public let rows: VisitedRows

  /// Settings in code; the defaults are PyTorch's.
  public init(betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0.01, rows: VisitedRows = .all) {
    (self.betas, self.eps, self.weightDecay, self.rows) = (betas, eps, ScalarSchedule(weightDecay), rows)
  }

  /// Reads the block. Plain Adam has no key for decay: its L2 penalty is that of `regularization`.
  public init(_ c: FieldReader, decays: Bool, metrics: [String]) {
    let betas = c.numbers(
      "betas", default: [0.9, 0.999], in: 0..<1, count: 2...2, doc: "Decay of the averages of gradient and squared gradient.")
    self.betas = (betas[0], betas[1])
    eps = c.number("eps", default: 1e-8, in: .above(0), doc: "Added to the root of the averaged squared gradient.")
    weightDecay = decays ? c.weightDecay(default: 0.01, metrics: metrics) : nil
    rows = c.visitedRows()
  }
}

/// Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019), the same as `torch.optim.AdamW`:
/// w ← w - η λ w - η m̂ / (√v̂ + ε). Without decay it is `torch.optim.Adam`.
///
/// With touched rows it is `torch.optim.SparseAdam` except for the place of ε, which that adds to √v: both averages and the weights of other rows
/// do not change, and the averages are corrected by the number of all steps.
public final class AdamW: DecayingOptimizer {
  /// See ``DecayingOptimizer``.
  public var weightDecay: Double
  /// See ``Optimizer``.
  public var steps = 0
  private let config: AdamWConfig
  private let arena: Tensor
  private let groups: [ParameterGroup]
  private let first: Tensor
  private let second: Tensor

  /// An optimizer for the parameters of `store`, whose learning rates are multiplied by `factors`.
  public init(
    _ store: ParameterStore, _ config: AdamWConfig = .init(), decaying scope: DecayScope = .matrices, factors: RateFactors = .none
  ) {
    self.config = config
    weightDecay = config.weightDecay?.constant ?? 0
    arena = store.arena
    groups = store.groups(decaying: scope, factors: factors)
    first = .filled([store.trainableCount], 0)
    second = .filled([store.trainableCount], 0)
  }

  /// See ``Optimizer``.
  public var state: [(name: String, tensor: Tensor)] { [("first_moment", first), ("second_moment", second)] }

  /// See ``Optimizer``.
  public func step(_ gradients: GradientBuffer, scale: Float, learningRate: Double) {
    steps += 1
    let (w, g, m, v) = (arena.pointer, gradients.values, first.pointer, second.pointer)
    let (b1, b2) = (Float(config.betas.0), Float(config.betas.1))
    let (c1, c2) = (1 - b1, Float(1 - config.betas.1))
    // m̂ / (√v̂ + ε) with both corrections hoisted out of the loop.
    let correction = 1 - pow(config.betas.0, Double(steps))
    let root = Float(1 / (1 - pow(config.betas.1, Double(steps))).squareRoot())
    let eps = Float(config.eps)
    forEachPiece(of: groups, config.rows, gradients) { items, group in
      let learningRate = learningRate * group.rateFactor
      let rate = Float(learningRate / correction)
      let keep = group.decays ? Float(1 - learningRate * weightDecay) : 1
      for i in items {
        let d = scale * g[i]
        m[i] = b1 * m[i] + c1 * d
        v[i] = b2 * v[i] + c2 * d * d
        w[i] = keep * w[i] - rate * m[i] / (temper_sqrt(v[i]) * root + eps)
      }
    }
  }
}
