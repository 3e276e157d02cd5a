import TemperCore
import TemperJSON
import TemperNN

/// How an L1 penalty acts. The raw value is the name in a config.
public enum L1Method: String, CaseIterable, Sendable {
  /// By ``ProximalL1``, after the update: exact zeros.
  case proximal
  /// By the gradient λ sign(w), before the update: weights oscillate around 0.
  case subgradient
}

/// The penalties in the block `regularization` of a config; both together are the elastic net.
public struct PenaltyConfig: Sendable {
  /// λ of the penalty λ/2 |w|².
  public let l2: ScalarSchedule
  /// λ of the penalty λ Σ|w|.
  public let l1: ScalarSchedule
  /// How L1 acts.
  public let l1Method: L1Method

  /// Reads the keys; `metrics` are the names that a schedule may monitor.
  public init(_ c: FieldReader, metrics: [String]) {
    l2 = c.scalarOrSchedule(
      "l2", default: 0, in: 0..., metrics: metrics,
      doc: "λ of the penalty λ/2 |w|² in the loss; not the same as the optimizer's weight_decay.")
    l1 = c.scalarOrSchedule("l1", default: 0, in: 0..., metrics: metrics, doc: "λ of the penalty λ Σ|w|.")
    l1Method = c.choice(
      "l1_method", default: L1Method.proximal,
      doc: "`proximal` moves weights towards 0 by learning_rate times l1 after each update, to exact zeros; `subgradient` adds its sign.")
  }
}

extension PenaltyConfig {
  /// Whether a penalty may add to gradients, so that none is known to be zero.
  public var hasGradient: Bool { l2.constant != 0 || (l1.constant != 0 && l1Method == .subgradient) }
}

extension ParameterStore {
  /// λ₂/2 |w|² + λ₁ Σ|w| over the parameters in `scope`, summed in float64: the difference between objective and loss.
  public func penalty(l1: Double, l2: Double, on scope: DecayScope) -> Double {
    if l1 == 0 && l2 == 0 { return 0 }
    let w = arena.pointer
    var (squares, sizes) = (0.0, 0.0)
    for group in groups(decaying: scope) where group.decays {
      for i in group.range {
        squares += Double(w[i]) * Double(w[i])
        sizes += Double(abs(w[i]))
      }
    }
    return l2 / 2 * squares + l1 * sizes
  }
}
