import Glibc
import TemperSearch
import Testing

/// Searches of functions with a known minimum. `TEMPER_SWEEP_STUDY=1` makes it 20 seeds and prints a table, which `Tests/Peers/optuna_study.py`
/// prints for Optuna.
@Suite struct StudyTests {
  private static let isFull = getenv("TEMPER_SWEEP_STUDY") != nil

  private func median(_ benchmark: Benchmark, _ name: String, _ seeds: Int, _ sampler: (SearchSpace, UInt64) throws -> any Sampler) rethrows
    -> Double
  {
    let regrets = try (0..<UInt64(seeds)).map { benchmark.regret(try sampler(benchmark.space, $0), trials: 60) }.sorted()
    let median = seeds % 2 == 1 ? regrets[seeds / 2] : (regrets[seeds / 2 - 1] + regrets[seeds / 2]) / 2
    if Self.isFull {
      let rounded = [median, regrets[seeds / 4], regrets[3 * seeds / 4]].map { (1e5 * $0).rounded() / 1e5 }
      print("\(benchmark.name) \(name): median \(rounded[0]), quarters \(rounded[1]) and \(rounded[2])")
    }
    return median
  }

  @Test(arguments: [Benchmark.branin, .hartmann]) func samplersFindMinima(benchmark: Benchmark) throws {
    let random = median(benchmark, "random", 20) { RandomSampler($0, seed: $1) }
    let quasi = try median(benchmark, "quasi-random", 20) { try QuasiRandomSampler($0, seed: $1) }
    let tpe = median(benchmark, "TPE", Self.isFull ? 20 : 9) { TPESampler($0, directions: [.minimize], seed: $1) }
    let gp = try median(benchmark, "GP", Self.isFull ? 20 : 1) { try GPSampler($0, directions: [.minimize], seed: $1) }
    #expect(tpe < random && gp < tpe && quasi < 2 * random)
  }

  @Test(.enabled(if: isFull, "takes seconds: set TEMPER_SWEEP_STUDY")) func proposalsTakeMilliseconds() throws {
    let four = Benchmark(name: "sum", ranges: Array(repeating: (0, 1), count: 4), minimum: 0) { $0.reduce(0, +) }
    let tpe = Self.proposalTime(four, TPESampler(four.space, directions: [.minimize], seed: 0), after: 1000)
    print("TPE proposal after 1000 trials: \(tpe) ms")
    for count in [50, 100, 200] {
      let time = Self.proposalTime(.hartmann, try GPSampler(Benchmark.hartmann.space, directions: [.minimize], seed: 0), after: count)
      print("GP proposal after \(count) trials: \(time) ms")
    }
  }

  /// The median of ten, in milliseconds, after `count` random trials.
  private static func proposalTime(_ benchmark: Benchmark, _ sampler: any Sampler, after count: Int) -> Double {
    func value(_ parameters: [String: Double]) -> Double { benchmark.value(benchmark.ranges.indices.map { parameters["x\($0)"] ?? 0 }) }
    var trials = Study(benchmark.space, seed: 0).trials(count, value)
    let times = (0..<10).map { _ in
      var proposed: [String: Double] = [:]
      let time = ContinuousClock().measure { proposed = sampler.parameters(of: trials.count, after: trials) ?? [:] }
      trials.append(Trial(number: trials.count, state: .complete, parameters: proposed, values: [value(proposed)]))
      return time / .milliseconds(1)
    }
    return (100 * times.sorted()[5]).rounded() / 100
  }
}
