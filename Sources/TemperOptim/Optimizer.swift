import TemperCore
import TemperNN

/// An update rule with its state, over the flat arena of a store: one fused pass per step.
public protocol Optimizer: AnyObject {
  /// Moves the parameters against `gradients` times `scale`.
  ///
  /// - Parameters:
  ///   - gradients: settled, laid out as the trainable part of the arena.
  ///   - scale: from clipping; 1 for none.
  ///   - learningRate: of this step.
  func step(_ gradients: GradientBuffer, scale: Float, learningRate: Double)

  /// The moving averages and sums that the rule keeps, laid out as the trainable part of the arena: the memory itself, not a copy.
  var state: [(name: String, tensor: Tensor)] { get }

  /// The number of steps taken.
  var steps: Int { get set }
}

/// An update rule with decoupled weight decay, whose strength may change from step to step.
public protocol DecayingOptimizer: Optimizer {
  /// The λ of the next step: weights shrink by learning rate times λ.
  var weightDecay: Double { get set }
}

extension Optimizer {
  /// What the rule counts.
  public var scalars: [(name: String, value: Int)] { [("steps", steps)] }

  /// Restores saved ``state`` and ``scalars``, to the same bits. Throws, and changes nothing, if they do not fit.
  public func restore(state saved: [(name: String, tensor: Tensor)], scalars: [(name: String, value: Int)]) throws(OptimizerMismatch) {
    let own = state
    guard saved.map(\.name).sorted() == own.map(\.name).sorted() else {
      throw OptimizerMismatch("expected the state \(own.map(\.name)), found \(saved.map(\.name))")
    }
    guard scalars.map(\.name) == ["steps"], scalars[0].value >= 0 else {
      throw OptimizerMismatch("expected a number of steps, found \(scalars.map { "\($0.name) \($0.value)" })")
    }
    for (name, tensor) in own {
      for other in saved where other.name == name && other.tensor.count != tensor.count {
        throw OptimizerMismatch("\(name) has \(tensor.count) numbers, found \(other.tensor.count)")
      }
    }
    for (name, tensor) in own {
      for other in saved where other.name == name { tensor.pointer.update(from: other.tensor.pointer, count: tensor.count) }
    }
    steps = scalars[0].value
  }
}

/// Saved state of another optimizer or another model.
public struct OptimizerMismatch: Error, CustomStringConvertible {
  /// What does not fit.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// The same for a rule that updates by rows: if `rows` are the touched ones, only the rows that a gradient has are visited.
@inline(__always)
func forEachPiece(
  of groups: [ParameterGroup], _ rows: VisitedRows, _ gradients: GradientBuffer,
  _ body: (_ items: Range<Int>, _ group: ParameterGroup) -> Void
) {
  switch rows {
  case .all: forEachPiece(of: groups, body)
  case .touched: forEachPiece(of: groups, whereTouched: gradients, keepingToRows: true, body)
  }
}

/// The same for a rule that leaves a weight unchanged if its gradient is zero: of leaves whose gradients are kept by rows, only those rows are
/// visited, so that a step costs only the rows that the batch used. The content of a piece does not depend on it, so the bits are the same, unless
/// the rule asks to keep to the rows because it would change other weights too.
@inline(__always)
func forEachPiece(
  of groups: [ParameterGroup], whereTouched gradients: GradientBuffer, keepingToRows: Bool = false,
  _ body: (_ items: Range<Int>, _ group: ParameterGroup) -> Void
) {
  gradients.forEachTouchedPart(keepingToRows: keepingToRows) { part in
    switch part {
    case .whole(let range):
      Partition(range.count, cost: 12).run { _, items in
        let items = range.lowerBound + items.lowerBound..<range.lowerBound + items.upperBound
        for group in groups {
          let piece = group.range.clamped(to: items)
          if !piece.isEmpty { body(piece, group) }
        }
      }
    case .rows(let rows, let width, let start):
      // A leaf lies in one group.
      guard let group = groups.first(where: { $0.range.contains(start) }) else { return }
      Partition(rows.count, cost: 12 * width).run { _, items in
        for row in rows[items] { body(start + Int(row) * width..<start + (Int(row) + 1) * width, group) }
      }
    }
  }
}

/// Calls `body` for the pieces of `groups` that fall into each chunk of the arena, on as many threads as the engine has.
@inline(__always)
func forEachPiece(of groups: [ParameterGroup], _ body: (_ items: Range<Int>, _ group: ParameterGroup) -> Void) {
  Partition(groups.last?.range.upperBound ?? 0, cost: 12).run { _, items in
    for group in groups {
      let piece = group.range.clamped(to: items)
      if !piece.isEmpty { body(piece, group) }
    }
  }
}
