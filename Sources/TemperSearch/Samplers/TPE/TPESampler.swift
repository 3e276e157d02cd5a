import TemperCore

/// The tree-structured Parzen estimator (Bergstra et al. 2011) with the defaults of Optuna 5.0: one density over the parameters of the good trials,
/// one over those of the others, and of some draws from the first the one with the largest ratio.
///
/// With one objective the densities are joint (multivariate), one pair for each set of parameters that share a condition, as with Optuna's `group`;
/// with several, there is a pair for each parameter. Running trials count as bad ones (constant liar). Pruned trials and trials that violate
/// constraints count, behind all others. It draws from the prior until 10 trials are complete or pruned.
public struct TPESampler: Sampler {
  private let space: SearchSpace
  private let directions: [Direction]
  private let streams: RandomStreams
  private let groups: [[SearchSpace.Parameter]]
  private let random: RandomSampler
  /// The number of complete and pruned trials before the first proposal from densities.
  public let startupTrials: Int
  /// The number of draws from the density of the good trials.
  public let candidates: Int

  /// A sampler of `space` for an objective with each of `directions`.
  public init(_ space: SearchSpace, directions: [Direction], seed: UInt64, startupTrials: Int = 10, candidates: Int = 24) {
    precondition(!directions.isEmpty && candidates > 0, "a search has an objective and looks at candidates")
    (self.space, self.directions, streams) = (space, directions, RandomStreams(seed: seed))
    (self.startupTrials, self.candidates) = (startupTrials, candidates)
    groups = directions.count > 1 ? space.parameters.map { [$0] } : space.groups
    random = RandomSampler(space, seed: seed)
  }

  /// The number of good trials among `count` finished ones: a tenth, with one objective at most 25.
  static func goodCount(_ count: Int, objectives: Int) -> Int {
    let tenth = (count + 9) / 10
    return objectives > 1 ? tenth : min(tenth, 25)
  }

  /// The parameters of trial `number`.
  public func parameters(of number: Int, after trials: [Trial]) -> [String: Double]? {
    let others = trials.filter { $0.number != number }
    let finished = others.count { $0.isFinished }
    guard finished >= startupTrials else { return random.parameters(of: number, after: trials) }
    let split = TrialSplit(others, directions, count: Self.goodCount(finished, objectives: directions.count))
    var values: [String: Double] = [:]
    for (index, group) in groups.enumerated() where space.isActive(group[0], given: values) {
      var random = streams.sequence("search.tpe.\(index)", number)
      let open = group.filter { !$0.distribution.isSingle }
      for (parameter, value) in zip(open, open.isEmpty ? [] : proposal(open, split, &random)) { values[parameter.name] = value }
      for parameter in group where parameter.distribution.isSingle { values[parameter.name] = parameter.distribution.value(atUnit: 0) }
    }
    return values
  }

  private func proposal(_ parameters: [SearchSpace.Parameter], _ split: TrialSplit, _ random: inout RandomSequence) -> [Double] {
    let distributions = parameters.map(\.distribution)
    let good = split.below.compactMap { $0.values(of: parameters) }
    let below = ParzenEstimator(good, distributions, weights: directions.count > 1 ? good.map { _ in 1 } : nil)
    let above = ParzenEstimator(split.above.compactMap { $0.values(of: parameters) }, distributions)
    var (best, largest): ([Double], Double) = ([], -.infinity)
    for _ in 0..<candidates {
      let point = below.sample(&random)
      let ratio = below.logDensity(at: point) - above.logDensity(at: point)
      if best.isEmpty || ratio > largest { (best, largest) = (point, ratio) }
    }
    return best
  }
}
