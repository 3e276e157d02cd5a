import CTemperSupport
import TemperCore
import TemperNN

/// The penalty λ Σ|w| as a separate step after the update (iterative soft-thresholding, Daubechies et al. 2004):
/// w ← sign(w) max(|w| - η λ, 0). Weights that the gradient does not keep away from 0 become exactly 0.
///
/// η is the plain learning rate, times the factor of the parameter, under every rule. Under those that scale each weight's step on its own, such as Adam, this is not the
/// proximal step of the rule's own metric, and λ weighs more where gradients are large; with SGD without momentum it is that of the objective.
public struct ProximalL1 {
  private let groups: [ParameterGroup]
  private let arena: Tensor

  /// A step for the parameters of `store` in `scope`, whose learning rates are multiplied by `factors`.
  public init(_ store: ParameterStore, penalizing scope: DecayScope = .matrices, factors: RateFactors = .none) {
    groups = store.groups(decaying: scope, factors: factors)
    arena = store.arena
  }

  /// Moves every weight towards 0 by `threshold`, learning rate times λ, times its factor, and no further than 0. NaN stays NaN.
  public func shrink(by threshold: Double) {
    let w = arena.pointer
    if Float(threshold) == 0 { return }
    forEachPiece(of: groups) { items, group in
      if !group.decays { return }
      let t = Float(threshold * group.rateFactor)
      for i in items {
        let left = temper_abs(w[i]) - t
        w[i] = left > 0 ? temper_copysign(left, w[i]) : left <= 0 ? 0 : w[i]
      }
    }
  }
}
