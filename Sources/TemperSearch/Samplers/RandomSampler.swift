import TemperCore

/// Draws every parameter from its prior, independently (Bergstra and Bengio 2012).
public struct RandomSampler: Sampler {
  private let space: SearchSpace
  private let streams: RandomStreams

  /// A sampler of `space`.
  public init(_ space: SearchSpace, seed: UInt64) {
    (self.space, streams) = (space, RandomStreams(seed: seed))
  }

  /// The parameters of trial `number`, whatever the trials before it.
  public func parameters(of number: Int, after trials: [Trial]) -> [String: Double]? {
    var random = streams.sequence("search.random", number)
    // One number for every parameter, so that a value does not depend on which conditions are met.
    let units = space.parameters.map { _ in random.uniform() }
    let drawn = Dictionary(zip(space.parameters.map(\.name), units)) { first, _ in first }
    return space.values { $0.distribution.value(atUnit: drawn[$0.name] ?? 0) }
  }
}
