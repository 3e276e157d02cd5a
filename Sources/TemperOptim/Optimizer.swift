import TemperCore
import TemperNN

/// An update rule with its state, over the flat arena of a store: one fused pass a step.
public protocol Optimizer: AnyObject {
  /// Moves the parameters against `gradients` times `scale`.
  ///
  /// - Parameters:
  ///   - gradients: settled, laid out as the trainable part of the arena.
  ///   - scale: from clipping; 1 for none.
  ///   - learningRate: of this step.
  func step(_ gradients: GradientBuffer, scale: Float, learningRate: Double)
}

/// Calls `body` for the pieces of `groups` that fall into each chunk of the arena, on as many threads as the engine has.
@inline(__always)
func forEachPiece(of groups: [ParameterGroup], _ body: (_ items: Range<Int>, _ decays: Bool) -> Void) {
  Partition(groups.last?.range.upperBound ?? 0, cost: 12).run { _, items in
    for group in groups {
      let piece = group.range.clamped(to: items)
      if !piece.isEmpty { body(piece, group.decays) }
    }
  }
}
