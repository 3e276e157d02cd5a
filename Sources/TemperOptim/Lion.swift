import TemperCore
import TemperJSON
import TemperNN

/// The configuration of a Lion optimizer.
public struct LionConfig: Sendable {
  /// The share of the moving average in a step's direction, and the decay of that average.
  public let betas: (Double, Double)
  /// Decoupled decay, times the learning rate.
  public let weightDecay: ScalarSchedule

  /// Settings in code; the defaults are those of the authors' code.
  public init(betas: (Double, Double) = (0.9, 0.99), weightDecay: Double = 0) {
    (self.betas, self.weightDecay) = (betas, ScalarSchedule(weightDecay))
  }

  /// Reads the block.
  public init(_ c: FieldReader, metrics: [String]) {
    let betas = c.numbers(
      "betas", default: [0.9, 0.99], in: 0..<1, count: 2...2, doc: "Share of the average in a step's direction; decay of the average.")
    self.betas = (betas[0], betas[1])
    weightDecay = c.weightDecay(default: 0, metrics: metrics)
  }
}

/// Lion (Chen et al. 2023): w ← w - η sign(β₁ m + (1 - β₁) g) - η λ w, then m ← β₂ m + (1 - β₂) g, with sign(0) = 0. Every weight moves by
/// the learning rate itself, so it needs one three to ten times smaller than Adam's, and a decay larger by as much.
public final class Lion: DecayingOptimizer {
  /// See ``DecayingOptimizer``.
  public var weightDecay: Double
  /// See ``Optimizer``.
  public var steps = 0
  private let config: LionConfig
  private let arena: Tensor
  private let groups: [ParameterGroup]
  private let average: Tensor

  /// An optimizer for the parameters of `store`, whose learning rates are multiplied by `factors`.
  public init(
    _ store: ParameterStore, _ config: LionConfig = .init(), decaying scope: DecayScope = .matrices, factors: RateFactors = .none
  ) {
    self.config = config
    weightDecay = config.weightDecay.constant ?? 0
    arena = store.arena
    groups = store.groups(decaying: scope, factors: factors)
    average = .filled([store.trainableCount], 0)
  }

  /// See ``Optimizer``.
  public var state: [(name: String, tensor: Tensor)] { [("average", average)] }

  /// See ``Optimizer``.
  public func step(_ gradients: GradientBuffer, scale: Float, learningRate: Double) {
    steps += 1
    let (w, g, m) = (arena.pointer, gradients.values, average.pointer)
    let (b1, b2) = (Float(config.betas.0), Float(config.betas.1))
    let (c1, c2) = (Float(1 - config.betas.0), Float(1 - config.betas.1))
    forEachPiece(of: groups) { items, group in
      let learningRate = learningRate * group.rateFactor
      let rate = Float(learningRate)
      let keep = group.decays ? Float(1 - learningRate * weightDecay) : 1
      for i in items {
        let d = scale * g[i]
        w[i] = keep * w[i] - rate * signum(b1 * m[i] + c1 * d)
        m[i] = b2 * m[i] + c2 * d
      }
    }
  }
}

/// -1, 0 or 1, without a branch; 0 for either zero.
@inline(__always)
func signum(_ x: Float) -> Float { (x > 0 ? 1 : 0) - (x < 0 ? 1 : 0) }
