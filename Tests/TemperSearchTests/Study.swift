import Glibc
import TemperSearch

/// A search of a function, one trial after another.
struct Study {
  let space: SearchSpace
  let seed: UInt64

  init(_ space: SearchSpace, seed: UInt64) { (self.space, self.seed) = (space, seed) }

  /// The first `count` trials for the minimum of `function`, by `sampler` or at random.
  func trials(_ count: Int, sampler: (any Sampler)? = nil, _ function: ([String: Double]) -> Double) -> [Trial] {
    let sampler = sampler ?? RandomSampler(space, seed: seed)
    var trials: [Trial] = []
    for number in 0..<count {
      guard let parameters = sampler.parameters(of: number, after: trials) else { break }
      trials.append(Trial(number: number, state: .complete, parameters: parameters, values: [function(parameters)]))
    }
    return trials
  }
}

/// A function of numbers with a known minimum.
struct Benchmark: Sendable {
  let name: String
  let ranges: [(Double, Double)]
  let minimum: Double
  let value: @Sendable ([Double]) -> Double

  var space: SearchSpace {
    SearchSpace(ranges.enumerated().map { .init("x\($0.offset)", .float(low: $0.element.0, high: $0.element.1, isLog: false, step: nil)) })
  }

  /// What the best of `count` trials is above the minimum.
  func regret(_ sampler: any Sampler, trials count: Int) -> Double {
    let trials = Study(space, seed: 0).trials(count, sampler: sampler) { parameters in
      value(ranges.indices.map { parameters["x\($0)"] ?? 0 })
    }
    return (trials.best(.minimize)?.values[0] ?? .infinity) - minimum
  }

  static let branin = Benchmark(name: "Branin", ranges: [(-5, 10), (0, 15)], minimum: 0.39788735772973816) { x in
    let bend = x[1] - 5.1 / (4 * Double.pi * Double.pi) * x[0] * x[0] + 5 / Double.pi * x[0] - 6
    return bend * bend + 10 * (1 - 1 / (8 * Double.pi)) * cos(x[0]) + 10
  }

  /// In six dimensions (Dixon and Szego 1978).
  static let hartmann = Benchmark(name: "Hartmann-6", ranges: Array(repeating: (0, 1), count: 6), minimum: -3.32236801141551) { x in
    let scales: [[Double]] = [
      [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14],
    ]
    let centres: [[Double]] = [
      [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
      [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ]
    let weights = [1, 1.2, 3, 3.2]
    var sum = 0.0
    for (index, weight) in weights.enumerated() {
      var distance = 0.0
      for axis in x.indices {
        let offset = x[axis] - centres[index][axis]
        distance += scales[index][axis] * offset * offset
      }
      sum -= weight * exp(-distance)
    }
    return sum
  }
}
