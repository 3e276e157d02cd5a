import TemperJSON

/// Adaptive weight decay (Ghiasi et al. 2023): the decay follows the ratio of the gradient's norm to that of the weights,
/// λ_t = 0.1 λ_(t-1) + 0.9 strength ‖∇L‖ / ‖w‖, so that the loss and the decay pull the weights in a constant proportion.
public struct AdaptiveDecay: Sendable {
  /// The current λ; 0 before the first step.
  public private(set) var value: Double
  private let strength: Double

  /// A decay of `strength`, the paper's λ_awd, that starts as if the λ before had been `previous`.
  public init(strength: Double = 0.022, previous: Double = 0) {
    (value, self.strength) = (previous, strength)
  }

  /// Updates on the norms of a step: that of the loss's gradient, without penalties and before clipping, and that of all trainable weights.
  /// Nothing changes while all weights are 0.
  public mutating func observe(gradientNorm: Double, weightNorm: Double) {
    if weightNorm > 0 { value = 0.1 * value + 0.9 * strength * gradientNorm / weightNorm }
  }

  /// The mutable state, for a checkpoint.
  public var state: JSON { .number(value) }

  /// Restores a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let value = state.number else { throw MalformedState(of: "adaptive weight decay") }
    self.value = value
  }

  static func read(_ c: FieldReader) -> AdaptiveDecay {
    AdaptiveDecay(
      strength: c.number(
        "strength", default: 0.022, in: 0...,
        doc: "For optimizer.weight_decay alone: factor of the gradient's norm over that of the weights, averaged over steps."
      ))
  }
}
