/// How much of the outcome each parameter decides, from the complete trials of a search.
public protocol Importance: Sendable {
  /// Computes the share of each parameter.
  ///
  /// - Parameters:
  ///   - space: The parameters.
  ///   - trials: Those that are complete and have finite values count.
  ///   - directions: Of the objectives.
  ///   - objective: The index of the objective that is explained.
  /// - Returns: The largest share first, equal ones in the order of the space; they sum to 1. Equal shares if nothing can be told.
  func shares(in space: SearchSpace, of trials: [Trial], directions: [Direction], objective: Int) -> [(name: String, share: Double)]
}

extension Importance {
  /// Makes numbers of parameters, none below 0, sum to 1 and sorts them.
  func normalized(_ raw: [(name: String, share: Double)]) -> [(name: String, share: Double)] {
    let sum = raw.reduce(0) { $0 + $1.share }
    let shares = raw.map { (name: $0.name, share: sum > 0 ? $0.share / sum : 1 / Double(raw.count)) }
    return shares.enumerated().sorted { ($1.element.share, $0.offset) < ($0.element.share, $1.offset) }.map(\.element)
  }

  /// The complete trials with finite values whose parameters still are values of `space`, and their losses.
  func outcomes(_ trials: [Trial], in space: SearchSpace, _ direction: Direction, _ objective: Int) -> (trials: [Trial], losses: [Double]) {
    let complete = trials.filter { trial in
      trial.state == .complete && trial.values.indices.contains(objective) && trial.values.allSatisfy(\.isFinite)
        && space.parameters.allSatisfy { trial.parameters[$0.name].map($0.distribution.contains) ?? true }
    }
    return (complete, complete.map { direction.loss($0.values[objective]) })
  }
}
