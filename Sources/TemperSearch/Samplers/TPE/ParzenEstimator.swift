import Glibc
import TemperCore

/// A density over some parameters: a mixture of products of kernels, one for each observation and one for the prior.
struct ParzenEstimator {
  private let dimensions: [ParzenDimension]
  private let logWeights: [Double]
  /// Cumulative, the last one 1.
  private let cumulative: [Double]

  /// The density of `observations`, the oldest first, each with a value for every parameter. Without `weights` the last 25 weigh as much as
  /// the prior, the older ones the less the older they are.
  init(_ observations: [[Double]], _ distributions: [Distribution], weights: [Double]? = nil) {
    dimensions = distributions.indices.map { index in ParzenDimension(observations.map { $0[index] }, distributions[index]) }
    let all = (weights ?? Self.weights(observations.count)) + [1]
    let sum = all.reduce(0, +)
    logWeights = all.map { log($0 / sum) }
    var (running, cumulative) = (0.0, [Double]())
    for weight in all {
      running += weight / sum
      cumulative.append(running)
    }
    cumulative[all.count - 1] = 1
    self.cumulative = cumulative
  }

  /// The weights of `count` observations: from 25 on, a ramp from 1 / count to 1 before the last 25 (hyperopt's and Optuna's default).
  static func weights(_ count: Int) -> [Double] {
    guard count > 25 else { return Array(repeating: 1, count: count) }
    let (first, ramp) = (1 / Double(count), count - 25)
    return (0..<count).map { $0 >= ramp || ramp == 1 ? ($0 >= ramp ? 1 : first) : first + (1 - first) * Double($0) / Double(ramp - 1) }
  }

  /// A point drawn from the mixture.
  func sample(_ random: inout RandomSequence) -> [Double] {
    let unit = random.uniform()
    let kernel = cumulative.firstIndex { unit < $0 } ?? cumulative.count - 1
    return dimensions.map { $0.sample(kernel, &random) }
  }

  /// The logarithm of the density at `point`; of values in steps and choices, of the probability.
  func logDensity(at point: [Double]) -> Double {
    var sums = logWeights
    for (dimension, value) in zip(dimensions, point) { dimension.addLogDensities(at: value, to: &sums) }
    let largest = sums.max() ?? 0
    guard largest > -.infinity else { return -.infinity }
    var sum = 0.0
    // Kernels further below the largest one than this do not change the sum.
    for term in sums where term > largest - 50 { sum += exp(term - largest) }
    return largest + log(sum)
  }
}
