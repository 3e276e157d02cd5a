import CTemperSupport
import TemperCore
import TemperNN

/// The penalty λ Σ|w| as a separate step after the update (iterative soft-thresholding, Daubechies et al. 2004):
/// w ← sign(w) max(|w| - η λ, 0). Weights that the gradient does not keep away from 0 become exactly 0.
///
/// η is the plain learning rate under every rule. Under those that scale each weight's step on its own, such as Adam, this is not the
/// proximal step of the rule's own metric, and λ weighs more where gradients are large; with SGD without momentum it is that of the objective.
public struct ProximalL1 {
  private let groups: [ParameterGroup]
  private let arena: Tensor

  /// A step for the parameters of `store` in `scope`.
  public init(_ store: ParameterStore, penalizing scope: DecayScope = .matrices) {
    groups = store.groups(decaying: scope)
    arena = store.arena
  }

  /// Moves every weight towards 0 by `threshold`, learning rate times λ, and no further than 0. NaN stays NaN.
  public func shrink(by threshold: Double) {
    let (w, t) = (arena.pointer, Float(threshold))
    if t == 0 { return }
    forEachPiece(of: groups) { items, decays in
      if !decays { return }
      for i in items {
        let left = temper_abs(w[i]) - t
        w[i] = left > 0 ? temper_copysign(left, w[i]) : left <= 0 ? 0 : w[i]
      }
    }
  }
}
