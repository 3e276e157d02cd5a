import Glibc
import TemperMetrics

/// The logarithm of the expected improvement (Jones et al. 1998), and of the probability that constraints hold (Gardner et al. 2014). In
/// logarithms, as far from the best the improvement itself is 0 to rounding (Ament et al. 2023).
struct Acquisition {
  /// Of the objective's losses; nil while no trial is feasible.
  let objective: GaussianProcess?
  /// The smallest loss of a feasible trial.
  let best: Double
  /// Each with the largest value at which it holds, on the scale of the process.
  let constraints: [(process: GaussianProcess, limit: Double)]

  /// The logarithm of E[max(best - x, 0)] for a normal x.
  static func logExpectedImprovement(mean: Double, deviation: Double, best: Double) -> Double {
    log(deviation) + logGain((best - mean) / deviation)
  }

  /// The logarithm of density(z) + z below(z).
  static func logGain(_ z: Double) -> Double {
    if z > -1 { return log(exp(Normal.logDensity(z)) + z * Normal.below(z)) }
    if z > -20 { return Normal.logDensity(z) + log1p(z * exp(Normal.logBelow(z) - Normal.logDensity(z))) }
    let x = 1 / (z * z)
    return Normal.logDensity(z) + log(x) + log1p(x * (-3 + x * (15 - x * 105)))
  }

  /// Its value at `point`.
  func value(_ point: [Double]) -> Double {
    var sum = 0.0
    if let objective {
      let (mean, variance) = objective.posterior(point)
      sum += Self.logExpectedImprovement(mean: mean, deviation: variance.squareRoot(), best: best)
    }
    for constraint in constraints {
      let (mean, variance) = constraint.process.posterior(point)
      sum += Normal.logBelow((constraint.limit - mean) / variance.squareRoot())
    }
    return sum
  }

  /// Its value at `point`, and the derivatives by the coordinates.
  func gradient(_ point: [Double]) -> (Double, [Double]) {
    var (sum, slope) = (0.0, Array(repeating: 0.0, count: point.count))
    /// Adds the derivatives of f(z), z = (limit - mean) / deviation, and of a logarithm of the deviation taken `logs` times.
    func add(_ process: GaussianProcess, _ limit: Double, logs: Double, _ f: (Double) -> (Double, Double)) {
      let (mean, variance, meanSlope, varianceSlope) = process.posteriorGradient(point)
      let deviation = variance.squareRoot()
      let z = (limit - mean) / deviation
      let (value, derivative) = f(z)
      sum += value + logs * log(deviation)
      for axis in slope.indices {
        let relative = varianceSlope[axis] / (2 * variance)
        slope[axis] += logs * relative + derivative * (-meanSlope[axis] / deviation - z * relative)
      }
    }
    if let objective {
      add(objective, best, logs: 1) { z in
        let gain = Self.logGain(z)
        return (gain, exp(Normal.logBelow(z) - gain))
      }
    }
    for constraint in constraints {
      add(constraint.process, constraint.limit, logs: 0) { z in
        let below = Normal.logBelow(z)
        return (below, exp(Normal.logDensity(z) - below))
      }
    }
    return (sum, slope)
  }
}
