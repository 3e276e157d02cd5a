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
}
