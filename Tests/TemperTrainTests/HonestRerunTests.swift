import TemperRunSupport
import Testing

@testable import TemperTrain

/// Runs that differ in nothing but their seeds are not taken for regressions.
@Suite struct HonestRerunTests {
  @Test func twentyRerunsWithOtherSeedsPass() throws {
    let folder = TemporaryFolder()
    let runs = try (0..<30).map { seed in
      let file = try ConfigFile(
        path: Repository.path("configs/digits.json"),
        overrides: ["train.epochs=10", "expect={}", "seed=\(seed)", "name=r\(seed)", "output_dir=\(folder.path)", "threads=1"])
      let result = try Runner.run(file)
      return CheckedRun(seed: seed, directory: result.directory, log: "", ending: .exited(0))
    }
    func values(_ name: String, _ seeds: [Int]) -> [Double] {
      seeds.compactMap { seed in runs[seed].metrics.first { $0.name == name }?.value }
    }
    #expect(runs[0].metrics.count > 40)
    // Twenty groups of five out of the runs that are not in the baseline.
    for group in 0..<20 {
      let seeds = (0..<5).map { 5 + (group * 7 + $0 * (group < 10 ? 1 : 3)) % 25 }
      #expect(Set(seeds).count == 5)
      for name in runs[0].metrics.map(\.name) {
        let item = CheckCase(
          name, baseline: .init(values: values(name, Array(0..<5)), minDelta: nil), now: values(name, seeds), expectations: [],
          minDelta: nil, hasBaseline: true, accepts: false)
        #expect(item.verdict == .ok, "\(seeds): \(name) \(item.explanation ?? "")")
      }
    }
  }
}
