import CTemperSupport
import TemperCore
import TemperJSON
import TemperNN

/// The configuration of an Adagrad optimizer.
public struct AdagradConfig: Sendable {
  /// How fast the learning rate falls with the steps.
  public let learningRateDecay: Double
  /// Added to the root of the sum of squares.
  public let eps: Double
  /// The initial value of the sum of squares.
  public let initialAccumulator: Double

  /// Settings in code; the defaults are PyTorch's.
  public init(learningRateDecay: Double = 0, eps: Double = 1e-10, initialAccumulator: Double = 0) {
    (self.learningRateDecay, self.eps, self.initialAccumulator) = (learningRateDecay, eps, initialAccumulator)
  }

  /// Reads the block.
  public init(_ c: FieldReader) {
    learningRateDecay = c.number(
      "lr_decay", default: 0, in: 0..., doc: "The learning rate of step t, from 0, is divided by 1 + t times this.")
    eps = c.number("eps", default: 1e-10, in: .above(0), doc: "Added to the root of the sum of squared gradients.")
    initialAccumulator = c.number("initial_accumulator", default: 0, in: 0..., doc: "Initial value of the sum of squared gradients.")
  }
}

/// Adagrad (Duchi et al. 2011), the same as `torch.optim.Adagrad`: s ← s + g², w ← w - η / (1 + (t - 1) δ) · g / (√s + ε).
/// The L2 penalty is that of `regularization`.
public final class Adagrad: Optimizer {
  /// See ``Optimizer``.
  public var steps = 0
  private let config: AdagradConfig
  private let arena: Tensor
  private let groups: [ParameterGroup]
  private let sum: Tensor

  /// An optimizer for the parameters of `store`, whose learning rates are multiplied by `factors`.
  public init(_ store: ParameterStore, _ config: AdagradConfig = .init(), factors: RateFactors = .none) {
    self.config = config
    arena = store.arena
    groups = store.groups(decaying: .all, factors: factors)
    sum = .filled([store.trainableCount], Float(config.initialAccumulator))
  }

  /// See ``Optimizer``.
  public var state: [(name: String, tensor: Tensor)] { [("sum", sum)] }

  /// See ``Optimizer``.
  public func step(_ gradients: GradientBuffer, scale: Float, learningRate: Double) {
    steps += 1
    let (w, g, s, eps) = (arena.pointer, gradients.values, sum.pointer, Float(config.eps))
    let slowing = 1 + Double(steps - 1) * config.learningRateDecay
    forEachPiece(of: groups, whereTouched: gradients) { items, group in
      let rate = Float(learningRate * group.rateFactor / slowing)
      for i in items {
        let d = scale * g[i]
        s[i] += d * d
        w[i] -= rate * d / (temper_sqrt(s[i]) + eps)
      }
    }
  }
}
