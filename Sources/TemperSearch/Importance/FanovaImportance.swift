import TemperCore

/// Functional ANOVA (Hutter et al. 2014): the share of the variance over the whole space that each parameter explains by itself, as a random
/// forest sees it. Parameters that are not part of every complete trial are left out.
///
/// 64 trees of a depth up to 64 on bootstrap samples, each split the best over all parameters; the space is that of the plain values, also of
/// parameters on a log scale, as in Optuna 5.0.
public struct FanovaImportance: Importance {
  private let streams: RandomStreams
  private let trees: Int

  /// A forest of `trees` trees drawn from `seed`.
  public init(seed: UInt64, trees: Int = 64) { (streams, self.trees) = (RandomStreams(seed: seed), trees) }

  /// The share of each parameter.
  public func shares(in space: SearchSpace, of trials: [Trial], directions: [Direction], objective: Int = 0) -> [(
    name: String, share: Double
  )] {
    let (complete, losses) = outcomes(trials, in: space, directions[objective], objective)
    let present = space.parameters.filter { parameter in complete.allSatisfy { $0.parameters[parameter.name] != nil } }
    let open = present.filter { !$0.distribution.isSingle }
    let rows = complete.map { trial in open.map { trial.parameters[$0.name] ?? 0 } }
    var sums = Array(repeating: 0.0, count: open.count)
    if complete.count > 1, !open.isEmpty {
      let axes = open.map { ForestAxis($0.distribution.snapped) }
      for index in 0..<trees {
        var random = streams.sequence("search.fanova", index)
        let sample = rows.indices.map { _ in random.below(rows.count) }
        let tree = RegressionTree(sample.map { rows[$0] }, sample.map { losses[$0] }, axes, &random)
        guard let variances = tree.variances() else { continue }
        for axis in axes.indices { sums[axis] += variances.marginal[axis] / variances.total }
      }
    }
    return normalized(
      present.map { parameter in (parameter.name, open.firstIndex { $0.name == parameter.name }.map { max(sums[$0], 0) } ?? 0) })
  }
}

/// The range of a parameter for a tree: from `low` to `high`, or choices 0 to `choices` - 1.
struct ForestAxis {
  let low: Double, high: Double
  /// Nil for a numeric parameter.
  let choices: Int?

  init(_ distribution: Distribution) {
    switch distribution {
    case .float(let low, let high, _, _): (self.low, self.high, choices) = (low, high, nil)
    case .int(let low, let high, _, _): (self.low, self.high, choices) = (Double(low), Double(high), nil)
    case .categorical(let choices): (low, high, self.choices) = (0, Double(choices.count), choices.count)
    }
  }
}
