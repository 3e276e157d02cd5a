import CTemperKernels
import CTemperSupport
import TemperCore
import TemperNN

/// What happens to gradients between the backward pass and the update.
public struct GradientPass {
  /// λ of the penalty λ/2 |w|².
  public var l2: Double
  /// λ of the penalty λ Σ|w|, of which the gradient is taken to be λ sign(w), sign(0) = 0: no weight stays at 0. For that see
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
  /// Without a penalty the gradients are only read, and must still be multiplied by the returned `scale`: the update does that
  /// anyway, and a pass that writes costs twice as much. The norm is not finite when any gradient is not.
  public func prepare(_ gradients: GradientBuffer, scale: Float) -> (norm: Double, scale: Float) {
    gradients.zeroFillUntouched()
    if l1 == 0, l2 == 0 {
      let squares = Self.squareSum(of: gradients)
      return (Double(scale) * squares.squareRoot(), scale)
    }
    // A writable pointer makes sparse leaves dense.
    let (w, g, l1, l2) = (arena.pointer, gradients.pointer, Float(l1), Float(l2))
    let squares = Self.inParts(Partition(gradients.count, cost: 4)) { items in
      var sum = 0.0
      for group in groups {
        let piece = group.range.clamped(to: items)
        if piece.isEmpty { continue }
        if l1 > 0 && group.decays {
          for i in piece { g[i] = scale * g[i] + (l2 * w[i] + l1 * signum(w[i])) }
        } else {
          let penalty = group.decays ? l2 : 0
          for i in piece { g[i] = scale * g[i] + penalty * w[i] }
        }
        sum += temper_square_sum(g + piece.lowerBound, piece.count)
      }
      return sum
    }
    return (squares.squareRoot(), 1)
  }

  /// The global norm of `scale` times the gradients, without penalties; only before ``prepare(_:scale:)``, which may add them.
  public func norm(of gradients: GradientBuffer, scale: Float) -> Double {
    gradients.zeroFillUntouched()
    return Double(scale) * Self.squareSum(of: gradients).squareRoot()
  }

  /// Σg²: of leaves whose gradients are kept by rows, over those rows.
  private static func squareSum(of gradients: GradientBuffer) -> Double {
    let values = gradients.values
    var sum = 0.0
    gradients.forEachTouchedPart { part in
      switch part {
      case .whole(let range):
        sum += inParts(Partition(range.count, cost: 4)) { temper_square_sum(values + range.lowerBound + $0.lowerBound, $0.count) }
      case .rows(let rows, let width, let start):
        sum += inParts(Partition(rows.count, cost: 4 * width)) { items in
          rows.withUnsafeBufferPointer {
            temper_row_squares($0.baseAddress.map { $0 + items.lowerBound }, items.count, values + start, width)
          }
        }
      }
    }
    return sum
  }

  /// The sum of the results of `body` for each chunk, in chunk order: the same bits on any number of threads.
  private static func inParts(_ partition: Partition, _ body: (_ items: Range<Int>) -> Double) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: partition.chunks) { sums in
      let partial = sums.baseAddress!
      partition.run { chunk, items in partial[chunk] = body(items) }
      return sums.reduce(0, +)
    }
  }
}
