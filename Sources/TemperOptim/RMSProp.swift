import CTemperSupport
import TemperCore
import TemperJSON
import TemperNN

/// The configuration of an RMSProp optimizer.
public struct RMSPropConfig: Sendable {
  /// The decay of the averages of gradient and squared gradient.
  public let alpha: Double
  /// Added to the root of the averaged square.
  public let eps: Double
  /// The share of the last step's velocity that is kept.
  public let momentum: Double
  /// Whether the variance replaces the averaged square.
  public let centered: Bool

  /// Settings in code; the defaults are PyTorch's.
  public init(alpha: Double = 0.99, eps: Double = 1e-8, momentum: Double = 0, centered: Bool = false) {
    (self.alpha, self.eps, self.momentum, self.centered) = (alpha, eps, momentum, centered)
  }

  /// Reads the block.
  public init(_ c: FieldReader) {
    alpha = c.number("alpha", default: 0.99, in: 0..<1, doc: "Decay of the average of the squared gradient.")
    eps = c.number("eps", default: 1e-8, in: .above(0), doc: "Added to the root of the averaged squared gradient.")
    momentum = c.number("momentum", default: 0, in: 0..<1, doc: "Momentum factor: the share of the last velocity that is kept.")
    centered = c.bool("centered", default: false, doc: "Divide by the root of the gradient's variance instead of its averaged square.")
  }
}

/// RMSProp (Hinton 2012), the same as `torch.optim.RMSprop`: s ← α s + (1 - α) g², v ← μ v + g / (√s + ε), w ← w - η v; if centered, with
/// the average a of g, √(s - a²) replaces √s. The L2 penalty is that of `regularization`.
public final class RMSProp: Optimizer {
  /// See ``Optimizer``.
  public var steps = 0
  private let config: RMSPropConfig
  private let arena: Tensor
  private let groups: [ParameterGroup]
  private let squares: Tensor
  private let average: Tensor?
  private let velocity: Tensor?

  /// An optimizer for the parameters of `store`, whose learning rates are multiplied by `factors`.
  public init(_ store: ParameterStore, _ config: RMSPropConfig = .init(), factors: RateFactors = .none) {
    self.config = config
    arena = store.arena
    groups = store.groups(decaying: .all, factors: factors)
    let count = store.trainableCount
    squares = .filled([count], 0)
    average = config.centered ? .filled([count], 0) : nil
    velocity = config.momentum > 0 ? .filled([count], 0) : nil
  }

  /// See ``Optimizer``.
  public var state: [(name: String, tensor: Tensor)] {
    [("squares", squares)] + (average.map { [("average", $0)] } ?? []) + (velocity.map { [("velocity", $0)] } ?? [])
  }

  /// See ``Optimizer``.
  public func step(_ gradients: GradientBuffer, scale: Float, learningRate: Double) {
    steps += 1
    let (w, g, s) = (arena.pointer, gradients.values, squares.pointer)
    let (alpha, rest, eps) = (Float(config.alpha), Float(1 - config.alpha), Float(config.eps))
    let momentum = Float(config.momentum)
    let (average, velocity) = (average?.pointer, velocity?.pointer)

    /// The scaled gradient, after an update of the averages.
    @inline(__always)
    func normalized(_ i: Int) -> Float {
      let d = scale * g[i]
      s[i] = alpha * s[i] + rest * d * d
      return d / (temper_sqrt(s[i]) + eps)
    }
    @inline(__always)
    func centered(_ i: Int, _ a: UnsafeMutablePointer<Float>) -> Float {
      let d = scale * g[i]
      s[i] = alpha * s[i] + rest * d * d
      a[i] = alpha * a[i] + rest * d
      // Rounding may leave a variance a little below 0; NaN stays NaN.
      let variance = s[i] - a[i] * a[i]
      return d / (temper_sqrt(variance < 0 ? 0 : variance) + eps)
    }
    forEachPiece(of: groups) { items, group in
      let rate = Float(learningRate * group.rateFactor)
      switch (average, velocity) {
      case (nil, nil):
        for i in items { w[i] -= rate * normalized(i) }
      case (nil, let v?):
        for i in items {
          v[i] = momentum * v[i] + normalized(i)
          w[i] -= rate * v[i]
        }
      case (let a?, nil):
        for i in items { w[i] -= rate * centered(i, a) }
      case (let a?, let v?):
        for i in items {
          v[i] = momentum * v[i] + centered(i, a)
          w[i] -= rate * v[i]
        }
      }
    }
  }
}
