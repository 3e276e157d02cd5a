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
  private let startFrom: Int
  /// The number of evaluations so far.
  private var observed = 0
  /// It passes over the first evaluations itself.
  private var patience: Patience?
  private var criteria: [any StoppingCriterion]

  /// The rule of `config`.
  public init(_ config: EarlyStoppingConfig) {
    (combination, startFrom, criteria) = (config.combination, config.startFrom, config.criteria)
    patience = config.patience == nil ? nil : Patience(config)
  }

  /// The metrics that patience and the criteria look at.
  public var monitors: Set<String> { Set(all.flatMap(\.monitors)) }

  private var all: [any StoppingCriterion] { (patience.map { [$0] } ?? []) + criteria }

  /// Updates on an evaluation; the first ones, as many as `start_from`, say nothing.
  public mutating func observe(_ moment: TrainingMoment) {
    observed += 1
    patience?.observe(moment)
    if observed > startFrom { for index in criteria.indices { criteria[index].observe(moment) } }
  }

  /// Why training ends; empty while it continues.
  public var evidence: [StoppingEvidence] {
    let met = all.compactMap(\.evidence)
    return combination == .any || met.count == all.count ? met : []
  }

  /// The mutable state, for a checkpoint.
  public var state: JSON {
    ["observed": .integer(observed), "patience": patience?.state ?? .null, "criteria": .array(criteria.map(\.state))]
  }

  /// Restores a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let observed = state["observed"]?.integer, let states = state["criteria"]?.array, states.count == criteria.count else {
      throw MalformedState(of: "early_stopping")
    }
    self.observed = observed
    try patience?.restore(state["patience"] ?? .null)
    for (index, state) in states.enumerated() { try criteria[index].restore(state) }
  }
}
