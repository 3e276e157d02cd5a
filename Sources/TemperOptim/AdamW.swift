import CTemperSupport
import Glibc
import TemperCore
import TemperJSON
import TemperNN

/// What an AdamW optimiser is configured by.
public struct AdamWConfig: Sendable {
  /// The decay of the two moving averages.
  public let betas: (Double, Double)
  /// Added to the root of the second average.
  public let eps: Double
  /// Decoupled decay, times the learning rate.
  public let weightDecay: Double

  /// Settings in code; the defaults are PyTorch's.
  public init(betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8, weightDecay: Double = 0.01) {
    (self.betas, self.eps, self.weightDecay) = (betas, eps, weightDecay)
  }

  /// Reads the block.
  public init(_ c: FieldReader) {
    let betas = c.numbers(
      "betas", default: [0.9, 0.999], in: 0..<1, count: 2...2, doc: "Decay of the averages of gradient and squared gradient.")
    self.betas = (betas[0], betas[1])
    eps = c.number("eps", default: 1e-8, in: .above(0), doc: "Added to the root of the averaged squared gradient.")
    weightDecay = c.number("weight_decay", default: 0.01, in: 0..., doc: "Decoupled decay: weights shrink by learning rate times this.")
  }
}

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), step for step as `torch.optim.AdamW`:
/// w ← w - η λ w - η m̂ / (√v̂ + ε).
public final class AdamW: Optimizer {
  private let config: AdamWConfig
  private let arena: Tensor
  private let groups: [ParameterGroup]
  private let first: Tensor
  private let second: Tensor
  private var steps = 0

  /// An optimiser for the parameters of `store`.
  public init(_ store: ParameterStore, _ config: AdamWConfig = .init(), decaying scope: DecayScope = .matrices) {
    self.config = config
    arena = store.arena
    groups = store.groups(decaying: scope)
    first = .filled([store.trainableCount], 0)
    second = .filled([store.trainableCount], 0)
  }

  /// See ``Optimizer``.
  public func step(_ gradients: GradientBuffer, scale: Float, learningRate: Double) {
    steps += 1
    let (w, g, m, v) = (arena.pointer, gradients.pointer, first.pointer, second.pointer)
    let (b1, b2) = (Float(config.betas.0), Float(config.betas.1))
    let (c1, c2) = (1 - b1, Float(1 - config.betas.1))
    // m̂ / (√v̂ + ε) with both corrections moved out of the loop.
    let rate = Float(learningRate / (1 - pow(config.betas.0, Double(steps))))
    let root = Float(1 / (1 - pow(config.betas.1, Double(steps))).squareRoot())
    let eps = Float(config.eps)
    forEachPiece(of: groups) { items, decays in
      let keep = decays ? Float(1 - learningRate * config.weightDecay) : 1
      for i in items {
        let d = scale * g[i]
        m[i] = b1 * m[i] + c1 * d
        v[i] = b2 * v[i] + c2 * d * d
        w[i] = keep * w[i] - rate * m[i] / (temper_sqrt(v[i]) * root + eps)
      }
    }
  }
}
