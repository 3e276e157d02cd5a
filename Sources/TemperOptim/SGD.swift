import TemperCore
import TemperJSON
import TemperNN

/// What an SGD optimiser is configured by.
public struct SGDConfig: Sendable {
  /// The share of the last step's velocity that is kept.
  public let momentum: Double
  /// Decoupled decay, times the learning rate.
  public let weightDecay: Double

  /// Settings in code.
  public init(momentum: Double = 0, weightDecay: Double = 0) {
    (self.momentum, self.weightDecay) = (momentum, weightDecay)
  }

  /// Reads the block.
  public init(_ c: FieldReader) {
    momentum = c.number("momentum", default: 0.9, in: 0..<1, doc: "Share of the last step's velocity that is kept.")
    weightDecay = c.number(
      "weight_decay", default: 0, in: 0..., doc: "Decoupled decay: weights shrink by learning rate times this. For L2 see regularization.")
  }
}

/// Stochastic gradient descent with momentum: v ← μ v + g, w ← w - η v - η λ w, as `torch.optim.SGD` without dampening; decay is decoupled.
public final class SGD: Optimizer {
  private let config: SGDConfig
  private let arena: Tensor
  private let groups: [ParameterGroup]
  private let velocity: Tensor?

  /// An optimiser for the parameters of `store`.
  public init(_ store: ParameterStore, _ config: SGDConfig, decaying scope: DecayScope = .matrices) {
    self.config = config
    arena = store.arena
    groups = store.groups(decaying: scope)
    velocity = config.momentum > 0 ? .filled([store.trainableCount], 0) : nil
  }

  /// See ``Optimizer``.
  public func step(_ gradients: GradientBuffer, scale: Float, learningRate: Double) {
    let (w, g, rate, momentum) = (arena.pointer, gradients.pointer, Float(learningRate), Float(config.momentum))
    let velocity = velocity?.pointer
    forEachPiece(of: groups) { items, decays in
      let keep = decays ? Float(1 - learningRate * config.weightDecay) : 1
      if let v = velocity {
        for i in items {
          v[i] = momentum * v[i] + scale * g[i]
          w[i] = keep * w[i] - rate * v[i]
        }
      } else {
        for i in items { w[i] = keep * w[i] - rate * (scale * g[i]) }
      }
    }
  }
}
