import CTemperSupport
import TemperCore
import TemperNN

/// What happens to gradients between the backward pass and the update.
public struct GradientPass {
  /// λ of the penalty λ/2 |w|².
  public var l2: Double
  /// λ of the penalty λ Σ|w|, of which the gradient is taken to be λ sign(w), sign(0) = 0: no weight ever settles at 0. For that see
  /// ``ProximalL1``.
  public var l1: Double
  private let groups: [ParameterGroup]
  private let arena: Tensor

  /// A pass over the gradients of `store`'s parameters.
  public init(_ store: ParameterStore, l2: Double = 0, l1: Double = 0, penalizing scope: DecayScope = .matrices) {
    groups = store.groups(decaying: scope)
    arena = store.arena
    (self.l2, self.l1) = (l2, l1)
  }

  /// Adds the gradients of the penalties to `scale` times the gradients, and returns the global norm of the sum, in one pass.
  ///
  /// Without a penalty the gradients are only read, and are still to be multiplied by what is returned as `scale`: the update does that
  /// anyway, and a pass that writes costs twice as much. The norm is not finite when any gradient is not.
  public func prepare(_ gradients: GradientBuffer, scale: Float) -> (norm: Double, scale: Float) {
    gradients.settle()
    let (w, values, l1, l2) = (arena.pointer, gradients.values, Float(l1), Float(l2))
    // Taking the pointer to write makes sparse leaves dense.
    let penalized = l1 > 0 || l2 > 0 ? gradients.pointer : nil
    let partition = Partition(gradients.count, cost: 4)
    let squares = withUnsafeTemporaryAllocation(of: Double.self, capacity: partition.chunks) { sums in
      let partial = sums.baseAddress!
      partition.run { chunk, items in
        partial[chunk] = 0
        for group in groups {
          let piece = group.range.clamped(to: items)
          if piece.isEmpty { continue }
          if let g = penalized, l1 > 0 && group.decays {
            for i in piece { g[i] = scale * g[i] + (l2 * w[i] + l1 * signum(w[i])) }
          } else if let g = penalized {
            let penalty = group.decays ? l2 : 0
            for i in piece { g[i] = scale * g[i] + penalty * w[i] }
          }
          partial[chunk] += temper_square_sum(values + piece.lowerBound, piece.count)
        }
      }
      // In chunk order: the same bits on any number of threads.
      return sums.reduce(0, +)
    }
    return penalized != nil ? (squares.squareRoot(), 1) : (Double(scale) * squares.squareRoot(), scale)
  }
}
