import TemperCore
import TemperJSON
import TemperMetrics
import TemperNN

/// Tracks the best value of a metric: one that improves on the previous best by more than `min_delta`.
public struct BestValue: Sendable {
  /// The meaning of a value.
  public enum Rank: Sendable, Equatable {
    /// It is the best so far.
    case best
    /// It is not.
    case other
    /// It is missing, not a number, or one of the initial values that are ignored.
    case unknown
  }

  /// The best value so far.
  public private(set) var value: Double?
  /// The number of values so far, including missing ones.
  public private(set) var observed = 0
  private let minDelta: Double
  private let startFrom: Int
  private let better: Metric.Direction

  /// Starts without a best value.
  public init(_ config: EarlyStoppingConfig) {
    guard let better = config.mode.direction(of: config.monitor) else { fail("early_stopping: there is no metric \(config.monitor)") }
    (minDelta, startFrom, self.better) = (config.minDelta, config.startFrom, better)
  }

  /// Updates on the metric's value at an evaluation.
  public mutating func observe(_ next: Double?) -> Rank {
    observed += 1
    guard observed > startFrom, let next, !next.isNaN else { return .unknown }
    guard improves(next, on: value) else { return .other }
    value = next
    return .best
  }

  /// Whether `next` improves on `other` by more than `min_delta`; every value improves on nil.
  func improves(_ next: Double, on other: Double?) -> Bool { better.improves(next, on: other, by: minDelta) }

  /// The mutable state, for a checkpoint.
  public var state: JSON { .object([("best", .exact(value)), ("observed", .integer(observed))]) }

  /// Restores a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let best = state["best"]?.exactNumber, let observed = state["observed"]?.integer else {
      throw MalformedState(of: "early_stopping")
    }
    (value, self.observed) = (best, observed)
  }
}
