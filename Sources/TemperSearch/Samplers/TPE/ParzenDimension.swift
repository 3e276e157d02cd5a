import Glibc
import TemperCore
import TemperMetrics

/// The kernels of a Parzen estimator along one parameter: a truncated normal distribution, or weights of the choices, for each observation and,
/// last, for the prior.
enum ParzenDimension {
  case numeric(NumericKernels)
  case categorical(CategoricalKernels)

  /// Kernels at `observations`, stored values.
  init(_ observations: [Double], _ distribution: Distribution) {
    if case .categorical(let choices) = distribution {
      self = .categorical(CategoricalKernels(observations, choices: choices.count))
    } else {
      self = .numeric(NumericKernels(observations, distribution.snapped))
    }
  }

  /// A value drawn from kernel `index`.
  func sample(_ index: Int, _ random: inout RandomSequence) -> Double {
    switch self {
    case .numeric(let kernels): kernels.sample(index, random.uniform())
    case .categorical(let kernels): kernels.sample(index, random.uniform())
    }
  }

  /// Adds the logarithm of each kernel's density at `value` to `sums`.
  func addLogDensities(at value: Double, to sums: inout [Double]) {
    switch self {
    case .numeric(let kernels): kernels.addLogDensities(at: value, to: &sums)
    case .categorical(let kernels): kernels.addLogDensities(at: value, to: &sums)
    }
  }
}

/// Truncated normal kernels. Values in steps have the probability of their surroundings of half a step.
struct NumericKernels {
  private let distribution: Distribution
  private let isLog: Bool
  /// The distance of values; nil if there are all.
  private let step: Double?
  /// The ends, on the scale of the kernels.
  private let (low, high): (Double, Double)
  private let means: [Double]
  private let inverseDeviations: [Double]
  /// What a density has beside the square: -log(deviation * mass between the ends), for values in steps without the deviation.
  private let offsets: [Double]

  /// The kernels that differ, and for each kernel which of them it is: of values in steps many are the same.
  private let (distinct, kind): ([Int], [Int])

  /// Kernels whose width is the larger distance to a neighbour, of the first and last one the distance to their only one, clipped from
  /// range / min(100, 1 + kernels) to the range ("magic clip"). The kernel of the prior is in the middle and as wide as the range. Follows
  /// Optuna 5.0; Bergstra et al. 2011, and Watanabe, "Tree-structured Parzen estimator" (2023), who compares the choices.
  init(_ observations: [Double], _ distribution: Distribution) {
    var (low, high): (Double, Double)
    switch distribution {
    case .float(let from, let to, let isLog, let step): (low, high, self.isLog, self.step) = (from, to, isLog, step)
    case .int(let from, let to, let isLog, let step): (low, high, self.isLog, self.step) = (Double(from), Double(to), isLog, Double(step))
    case .categorical: preconditionFailure("choices have no distances")
    }
    if let step {
      low -= step / 2
      high += step / 2
    }
    if isLog { (low, high) = (log(low), log(high)) }
    let own = isLog ? observations.map { log($0) } : observations
    let range = high - low
    let count = own.count
    var deviations = Array(repeating: range, count: count + 1)
    var (distinct, kind) = ([Int](), Array(repeating: 0, count: count + 1))
    let order = own.indices.sorted { own[$0] < own[$1] }
    let smallest = range / min(100, Double(2 + count))
    for (place, index) in order.enumerated() {
      let before = place > 0 ? own[index] - own[order[place - 1]] : count > 1 ? 0 : own[index] - low
      let after = place + 1 < count ? own[order[place + 1]] - own[index] : count > 1 ? 0 : high - own[index]
      deviations[index] = min(max(max(before, after), smallest), range)
      if let last = distinct.last, own[last] == own[index], deviations[last] == deviations[index] {
        kind[index] = distinct.count - 1
      } else {
        kind[index] = distinct.count
        distinct.append(index)
      }
    }
    kind[count] = distinct.count
    (self.distinct, self.kind) = (distinct + [count], kind)
    let means = own + [0.5 * (low + high)]
    let isStepped = step != nil
    inverseDeviations = deviations.map { 1 / $0 }
    let constants = self.distinct.map { index in
      let (mean, deviation) = (means[index], deviations[index])
      let mass = Normal.logMass((low - mean) / deviation, (high - mean) / deviation)
      return isStepped ? -mass : Normal.logDensity(0) - log(deviation) - mass
    }
    offsets = kind.map { constants[$0] }
    (self.low, self.high, self.means, self.distribution) = (low, high, means, distribution)
  }

  func sample(_ index: Int, _ unit: Double) -> Double {
    let scale = inverseDeviations[index]
    let z = Normal.truncatedQuantile(unit, (low - means[index]) * scale, (high - means[index]) * scale)
    let place = min(max(means[index] + z / scale, low), high)
    let value = isLog ? exp(place) : place
    if step != nil { return distribution.stepped(distribution.nearestIndex(value)) }
    guard case .float(let low, let high, _, _) = distribution else { return value }
    return min(max(value, low), high)
  }

  func addLogDensities(at value: Double, to sums: inout [Double]) {
    guard let step else {
      let place = isLog ? log(value) : value
      means.withUnsafeBufferPointer { means in
        inverseDeviations.withUnsafeBufferPointer { scales in
          offsets.withUnsafeBufferPointer { offsets in
            sums.withUnsafeMutableBufferPointer { sums in
              for index in 0..<means.count {
                let z = (place - means[index]) * scales[index]
                sums[index] += offsets[index] - 0.5 * z * z
              }
            }
          }
        }
      }
      return
    }
    let left = isLog ? log(value - step / 2) : value - step / 2
    let right = isLog ? log(value + step / 2) : value + step / 2
    let masses = distinct.map { index in
      let (mean, scale) = (means[index], inverseDeviations[index])
      return offsets[index] + Normal.logMass((left - mean) * scale, (right - mean) * scale)
    }
    for (index, kind) in kind.enumerated() { sums[index] += masses[kind] }
  }
}

/// Kernels over choices: the observed one has 1, and every one the share 1 / kernels of the prior, before they are made to sum to 1.
struct CategoricalKernels {
  private let observed: [Int?]
  private let choices: Int
  private let (logHit, logMiss): (Double, Double)

  init(_ observations: [Double], choices: Int) {
    observed = observations.map { Int($0) } + [nil]
    self.choices = choices
    let share = 1 / Double(observations.count + 1)
    let sum = 1 + share * Double(choices)
    (logHit, logMiss) = (log((1 + share) / sum), log(share / sum))
  }

  func sample(_ index: Int, _ unit: Double) -> Double {
    guard let choice = observed[index] else { return Double(min(Int(unit * Double(choices)), choices - 1)) }
    // The range of the observed choice comes first, then the others share what is left.
    let hit = exp(logHit)
    if unit < hit || choices == 1 { return Double(choice) }
    let other = min(Int((unit - hit) / (1 - hit) * Double(choices - 1)), choices - 2)
    return Double(other < choice ? other : other + 1)
  }

  func addLogDensities(at value: Double, to sums: inout [Double]) {
    let prior = -log(Double(choices))
    for (index, choice) in observed.enumerated() {
      sums[index] += choice.map { Double($0) == value ? logHit : logMiss } ?? prior
    }
  }
}
