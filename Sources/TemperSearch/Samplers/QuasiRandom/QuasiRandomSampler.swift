import TemperCore

/// Covers the space more evenly than random numbers do: trial n is point n of a scrambled Sobol sequence with a dimension for each parameter.
public struct QuasiRandomSampler: Sampler {
  private let space: SearchSpace
  private let sequence: SobolSequence

  /// A sampler of `space`.
  ///
  /// - Throws: ``SearchError/tooManyParameters(count:limit:)`` above ``SobolSequence/limit`` parameters.
  public init(_ space: SearchSpace, seed: UInt64) throws(SearchError) {
    self.space = space
    sequence = try SobolSequence(dimensions: space.parameters.count, random: RandomStreams(seed: seed).sequence("search.sobol"))
  }

  /// The parameters of trial `number`, whatever the trials before it.
  public func parameters(of number: Int, after trials: [Trial]) -> [String: Double]? {
    let units = Dictionary(zip(space.parameters.map(\.name), sequence(number))) { first, _ in first }
    return space.values { $0.distribution.value(atUnit: units[$0.name] ?? 0) }
  }
}
