import TemperJSON
import TemperNN

/// Decides when a costly monitor runs: as often as its operations stay below a share of those of training. It counts operations, not time, so that a
/// run does the same on every machine.
public struct WorkBudget: Sendable, Equatable {
  private let share: Double
  private var spent = 0.0

  /// A budget of `share` of the operations of training.
  public init(share: Double) { self.share = share }

  /// Whether a measurement of `cost` operations fits after `work` operations of training.
  public func affords(_ cost: Double, after work: Double) -> Bool { spent + cost <= share * work }

  /// Counts a measurement.
  public mutating func spend(_ cost: Double) { spent += cost }

  /// The mutable state, for a checkpoint.
  public var state: JSON { .exact(spent) }

  /// Restores a ``state``.
  public mutating func restore(_ state: JSON?) throws(MalformedState) {
    guard case .some(.some(let spent)) = state?.exactNumber else { throw MalformedState(of: "the budget of a monitor") }
    self.spent = spent
  }
}
