import TemperJSON
import TemperNN

/// The criteria of a run, and how they are combined.
public struct StoppingRule: Sendable {
  /// When several criteria end a run.
  public enum Combination: String, CaseIterable, Sendable {
    /// As soon as one is met.
    case any
    /// At the first evaluation at which each is met.
    case all
  }

  private let combination: Combination
  private var criteria: [any StoppingCriterion]

  /// The rule of `config`.
  public init(_ config: EarlyStoppingConfig) {
    combination = config.combination
    criteria = (config.patience == nil ? [] : [Patience(config)]) + config.criteria
  }

  /// The metrics that the criteria look at.
  public var monitors: Set<String> { Set(criteria.flatMap(\.monitors)) }

  /// Updates every criterion on an evaluation.
  public mutating func observe(_ moment: TrainingMoment) { for index in criteria.indices { criteria[index].observe(moment) } }

  /// Why training ends; empty while it continues.
  public var evidence: [StoppingEvidence] {
    let met = criteria.compactMap(\.evidence)
    return combination == .any || met.count == criteria.count ? met : []
  }

  /// The mutable state, for a checkpoint.
  public var state: JSON { .array(criteria.map(\.state)) }

  /// Restores a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let states = state.array, states.count == criteria.count else { throw MalformedState(of: "early_stopping") }
    for (index, state) in states.enumerated() { try criteria[index].restore(state) }
  }
}
