import Glibc
import TemperMetrics

/// PED-ANOVA (Watanabe et al. 2023), the default of Optuna 5.0: how much the density of a parameter among the best tenth of the trials differs from
/// that among all of them (Pearson's divergence). Fast, and right for what matters near the optimum, not for what matters everywhere.
///
/// Conditional parameters are compared among the trials that have them and weighed by how many those are.
public struct PedAnovaImportance: Importance {
  private let quantile = 0.1
  /// The number of places of a numeric parameter at which densities are compared.
  private let places = 50

  /// PED-ANOVA with the best tenth as the target.
  public init() {}

  /// The share of each parameter.
  public func shares(in space: SearchSpace, of trials: [Trial], directions: [Direction], objective: Int = 0) -> [(
    name: String, share: Double
  )] {
    let (all, losses) = outcomes(trials, in: space, directions[objective], objective)
    guard all.count > 1 else { return normalized(space.parameters.map { ($0.name, 0) }) }
    let limit = losses.sorted()[Int((quantile * Double(all.count)).rounded(.up)) - 1]
    let top = zip(all, losses).filter { $0.1 <= limit }.map(\.0)
    return normalized(
      space.parameters.map { parameter in
        let values = all.compactMap { $0.parameters[parameter.name] }
        let good = top.compactMap { $0.parameters[parameter.name] }
        guard values.count >= 2, !good.isEmpty, !parameter.distribution.isSingle else { return (parameter.name, 0) }
        let (share, goodShare) = (Double(values.count) / Double(all.count), Double(good.count) / Double(top.count))
        return (parameter.name, goodShare * goodShare / share * divergence(good, values, parameter.distribution.snapped))
      })
  }

  /// Pearson's divergence of the densities of two samples on a grid over the range.
  private func divergence(_ good: [Double], _ all: [Double], _ distribution: Distribution) -> Double {
    let (p, q) = (density(counts(good, distribution), distribution), density(counts(all, distribution), distribution))
    return zip(p, q).reduce(0) { $0 + ($1.1 + 1e-12) * pow(($1.0 + 1e-12) / ($1.1 + 1e-12) - 1, 2) }
  }

  /// How many values are nearest to each place of the grid, ties to the lower one.
  private func counts(_ values: [Double], _ distribution: Distribution) -> [Int] {
    var (low, high, isLog, grid): (Double, Double, Bool, Int)
    switch distribution {
    case .categorical(let choices):
      return values.reduce(into: Array(repeating: 0, count: choices.count)) { $0[Int($1)] += 1 }
    case .float(let from, let to, let log, let step):
      (low, high, isLog) = (from, to, log)
      grid = step.map { min(Int(((to - from) / $0).rounded()) + 1, places) } ?? places
    case .int(let from, let to, let log, let step):
      (low, high, isLog) = (Double(from), Double(to), log)
      let count = log ? Int(ceil(log2(Double(to - from + 1)))) + 1 : (to - from) / step + 1
      grid = min(count, places)
    }
    if isLog { (low, high) = (log(low), log(high)) }
    let distance = (high - low) / Double(grid - 1)
    return values.reduce(into: Array(repeating: 0, count: grid)) { counts, value in
      let place = ceil(((isLog ? log(value) : value) - low) / distance - 0.5)
      counts[min(max(Int(place), 0), grid - 1)] += 1
    }
  }

  /// A density over the grid or the choices: kernels at the places that have values, weighed by their numbers, and the prior with a weight of 1.
  private func density(_ counts: [Int], _ distribution: Distribution) -> [Double] {
    let own = counts.indices.filter { counts[$0] > 0 }
    let weights = own.map { Double(counts[$0]) }
    let total = weights.reduce(0, +)
    if case .categorical = distribution {
      let share = 1 / Double(own.count + 1)
      let sum = 1 + share * Double(counts.count)
      return counts.indices.map { choice in
        let kernels = zip(own, weights).reduce(0) { $0 + $1.1 * ($1.0 == choice ? 1 + share : share) / sum }
        return (kernels + 1 / Double(counts.count)) / (total + 1)
      }
    }
    let last = Double(counts.count - 1)
    let deviation = bandwidth(own.map { Double($0) }, weights, total)
    let kernels = own.map { (mean: Double($0), deviation: deviation) } + [(last / 2, last + 1)]
    return counts.indices.map { place in
      zip(kernels, weights + [1]).reduce(0) { sum, term in
        let ((mean, deviation), weight) = term
        func z(_ x: Double) -> Double { (x - mean) / deviation }
        let mass = Normal.logMass(z(Double(place) - 0.5), z(Double(place) + 0.5)) - Normal.logMass(z(-0.5), z(last + 0.5))
        return sum + weight / (total + 1) * exp(mass)
      }
    }
  }

  /// Scott's rule (1992) with the smaller of deviation and interquartile range / 1.34, at least half a place / 1.64.
  private func bandwidth(_ places: [Double], _ weights: [Double], _ total: Double) -> Double {
    let mean = dot(places, weights) / total
    let squares = zip(places, weights).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 }
    let deviation = (squares / max(1, total - 1)).squareRoot()
    var (running, cumulative) = (0.0, [Double]())
    for weight in weights {
      running += weight
      cumulative.append(running)
    }
    let lower = cumulative.firstIndex { $0 >= floor(total / 4) } ?? places.count - 1
    let upper = cumulative.firstIndex { $0 > floor(total * 3 / 4) } ?? places.count - 1
    let range = places[upper] - places[lower]
    return max(1.059 * min(range / 1.34, deviation) * pow(total, -0.2), 0.5 / 1.64)
  }
}
