import TemperCore
import TemperJSON
import TemperMetrics
import TemperNN

/// Watches one metric and says which of its values is the best so far: one that beats the best before by more than `min_delta`.
public struct BestValue: Sendable {
  /// What a value means.
  public enum Rank: Sendable, Equatable {
    /// It is the best so far.
    case best
    /// It is not.
    case other
    /// It says nothing about the model: it is missing or not a number, or one of the first that are passed over.
    case unknown
  }

  /// The best value so far.
  public private(set) var value: Double?
  /// How many values there were, missing ones included.
  public private(set) var observed = 0
  private let minDelta: Double
  private let startFrom: Int
  private let better: Metric.Direction

  /// Starts without a best value.
  public init(_ config: EarlyStoppingConfig) {
    guard let better = config.mode.direction(of: config.monitor) else { fail("early_stopping: there is no metric \(config.monitor)") }
    (minDelta, startFrom, self.better) = (config.minDelta, config.startFrom, better)
  }

  /// Takes the metric's value at the next evaluation.
  public mutating func observe(_ next: Double?) -> Rank {
    observed += 1
    guard observed > startFrom, let next, !next.isNaN else { return .unknown }
    guard improves(next, on: value) else { return .other }
    value = next
    return .best
  }

  /// Whether `next` beats `other` by more than `min_delta`; every value beats nil.
  func improves(_ next: Double, on other: Double?) -> Bool { better.improves(next, on: other, by: minDelta) }

  /// All that changes, for a checkpoint.
  public var state: JSON { .object([("best", .exact(value)), ("observed", .integer(observed))]) }

  /// Goes on from a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let best = state["best"]?.exactNumber, let observed = state["observed"]?.integer else {
      throw MalformedState(of: "early_stopping")
    }
    (value, self.observed) = (best, observed)
  }
}
