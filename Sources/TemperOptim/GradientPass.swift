import CTemperSupport
import TemperCore
import TemperNN

/// What happens to gradients between the backward pass and the update.
public struct GradientPass {
  private let groups: [ParameterGroup]
  private let arena: Tensor
  /// λ of the penalty λ/2 |w|².
  private let l2: Float

  /// A pass over the gradients of `store`'s parameters.
  public init(_ store: ParameterStore, l2: Double = 0, penalizing scope: DecayScope = .matrices) {
    groups = store.groups(decaying: scope)
    arena = store.arena
    self.l2 = Float(l2)
  }

  /// Multiplies the gradients by `scale`, adds those of the L2 penalty, and returns their global norm, all in one pass.
  ///
  /// The norm is not finite when any gradient is not.
  public func prepare(_ gradients: GradientBuffer, scale: Float) -> Double {
    gradients.settle()
    let (w, g) = (arena.pointer, gradients.pointer)
    let partition = Partition(gradients.count, cost: 4)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: partition.chunks) { sums in
      let partial = sums.baseAddress!
      partition.run { chunk, items in
        var sum = 0.0
        for group in groups {
          let piece = group.range.clamped(to: items)
          if piece.isEmpty { continue }
          let penalty = group.decays ? l2 : 0
          if penalty > 0 {
            for i in piece { g[i] = scale * g[i] + penalty * w[i] }
          } else {
            for i in piece { g[i] *= scale }
          }
          sum += temper_square_sum(g + piece.lowerBound, piece.count)
        }
        partial[chunk] = sum
      }
      // In chunk order: the same bits on any number of threads.
      return sums.reduce(0, +).squareRoot()
    }
  }
}
