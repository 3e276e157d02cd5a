import TemperCore
import TemperJSON
import TemperNN

/// The configuration of an SGD optimizer.
public struct SGDConfig: Sendable {
  /// The share of the last step's velocity that is kept.
  public let momentum: Double
  /// Whether momentum is Nesterov's.
  public let nesterov: Bool
  /// Decoupled decay, times the learning rate.
  public let weightDecay: ScalarSchedule
  /// Which rows of a table a step updates.
  public let rows: VisitedRows

  /// Settings in code. Without momentum `nesterov` changes nothing.
  public init(momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0, rows: VisitedRows = .all) {
    (self.momentum, self.nesterov, self.weightDecay, self.rows) = (momentum, nesterov, ScalarSchedule(weightDecay), rows)
  }

  /// Reads the block.
  public init(_ c: FieldReader, metrics: [String]) {
    momentum = c.number("momentum", default: 0.9, in: 0..<1, doc: "Momentum factor: the share of the last velocity that is kept.")
    nesterov = c.bool("nesterov", default: false, doc: "Nesterov momentum.")
    weightDecay = c.weightDecay(default: 0, metrics: metrics)
    rows = c.visitedRows()
    if nesterov, momentum == 0 {
      c.fail("nesterov", .invalidValue, "needs momentum above 0", with: ["momentum"])
    }
  }
}

/// Stochastic gradient descent, as `torch.optim.SGD` without dampening: v ← μ v + g, w ← w - η v - η λ w; with Nesterov's momentum
/// w ← w - η (g + μ v) - η λ w. Decay is decoupled. With touched rows, velocity and weights of other rows do not change.
public final class SGD: DecayingOptimizer {
  /// See ``DecayingOptimizer``.
  public var weightDecay: Double
  /// See ``Optimizer``.
  public var steps = 0
  private let config: SGDConfig
  private let arena: Tensor
  private let groups: [ParameterGroup]
  private let velocity: Tensor?

  /// An optimizer for the parameters of `store`, whose learning rates are multiplied by `factors`.
  public init(
    _ store: ParameterStore, _ config: SGDConfig, decaying scope: DecayScope = .matrices, factors: RateFactors = .none
  ) {
    self.config = config
    weightDecay = config.weightDecay.constant ?? 0
    arena = store.arena
    groups = store.groups(decaying: scope, factors: factors)
    velocity = config.momentum > 0 ? .filled([store.trainableCount], 0) : nil
  }

  /// See ``Optimizer``.
  public var state: [(name: String, tensor: Tensor)] { velocity.map { [("velocity", $0)] } ?? [] }

  /// See ``Optimizer``.
  public func step(_ gradients: GradientBuffer, scale: Float, learningRate: Double) {
    steps += 1
    let (w, g, momentum) = (arena.pointer, gradients.values, Float(config.momentum))
    let velocity = velocity?.pointer
    if velocity == nil, weightDecay == 0 {
      forEachPiece(of: groups, whereTouched: gradients) { items, group in
        let rate = Float(learningRate * group.rateFactor)
        for i in items { w[i] -= rate * (scale * g[i]) }
      }
      return
    }
    forEachPiece(of: groups, config.rows, gradients) { items, group in
      let learningRate = learningRate * group.rateFactor
      let rate = Float(learningRate)
      let keep = group.decays ? Float(1 - learningRate * weightDecay) : 1
      guard let v = velocity else {
        for i in items { w[i] = keep * w[i] - rate * (scale * g[i]) }
        return
      }
      if config.nesterov {
        for i in items {
          let d = scale * g[i]
          v[i] = momentum * v[i] + d
          w[i] = keep * w[i] - rate * (d + momentum * v[i])
        }
      } else {
        for i in items {
          v[i] = momentum * v[i] + scale * g[i]
          w[i] = keep * w[i] - rate * v[i]
        }
      }
    }
  }
}
