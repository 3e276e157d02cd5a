import TemperJSON
import TemperRunSupport
import TemperSearch
import TemperTrain
import Testing

@testable import TemperSweep

@Suite struct SweepPlanTests {
  private let folder = TemporaryFolder()

  private func plan(_ sweep: String, seed: Int = 0) throws -> SweepPlan {
    folder.write(SampleTable.csv(), to: "t.csv")
    let path = folder.write(
      "{\"data\": {\"path\": \"t.csv\", \"label\": \"kind\", \"split\": {\"column\": \"part\"}}, \"seed\": \(seed), \"sweep\": \(sweep)}",
      to: "c.json")
    return try SweepPlan(try ConfigFile(path: path))
  }

  private static let rate = "\"space\": {\"optimizer.learning_rate\": \"log_uniform(1e-4, 1e-1)\"}"

  private func trials(_ count: Int) -> [Trial] {
    (0..<count).map { Trial(number: $0, state: .complete, parameters: ["optimizer.learning_rate": 0.01], values: [Double($0)]) }
  }

  /// Results that are nearer than the lag are not seen, whether they are there or not.
  @Test func trialsSeeThoseBeforeTheLag() throws {
    let plan = try plan("{\(Self.rate), \"lag\": 3}")
    let seen = plan.visible(trials(8), to: 6)
    #expect(seen.map(\.state) == [.complete, .complete, .complete, .complete, .running, .running])
    #expect(seen[4].values.isEmpty && seen[4].parameters == trials(8)[4].parameters)
    #expect(plan.compared(trials(8), with: 6).map(\.number) == [0, 1, 2, 3])
    var running = trials(6)
    running[3].state = .running
    #expect(!plan.canBegin(6, after: running) { _ in true } && plan.canBegin(5, after: running) { _ in true })
    // Nobody knows whether a trial of another program still runs.
    #expect(plan.canBegin(6, after: running) { $0 != 3 })
    #expect(try self.plan("{\(Self.rate), \"sampler\": {\"type\": \"random\"}}").canBegin(6, after: running) { _ in true })
  }

  /// Those of other programs may be of another space.
  @Test func trialsFitTheirSpace() throws {
    let plan = try plan("{\"space\": {\"train.epochs\": \"int(1, 3)\", \"model.hidden\": \"choice([4], [8])\"}}")
    func fits(_ parameters: [String: Double]) -> Bool { plan.fits(Trial(number: 0, state: .complete, parameters: parameters)) }
    #expect(fits(["train.epochs": 2, "model.hidden": 1]))
    #expect(!fits(["train.epochs": 2]) && !fits(["train.epochs": 9, "model.hidden": 1]))
    #expect(!fits(["train.epochs": 2, "model.hidden": 1, "other": 0]))
  }

  @Test func everySamplerAndPrunerIsMade() throws {
    #expect(try plan("{\(Self.rate)}").sampler is TPESampler && plan("{\(Self.rate)}").pruner is NoPruner)
    for (name, kind) in [("random", RandomSampler.self), ("quasi_random", QuasiRandomSampler.self), ("gp", GPSampler.self)]
      as [(String, any Sampler.Type)]
    {
      #expect(type(of: try plan("{\(Self.rate), \"sampler\": {\"type\": \"\(name)\"}}").sampler) == kind)
    }
    let grid = "{\"space\": {\"train.epochs\": \"int(1, 3)\"}, \"sampler\": {\"type\": \"grid\"}}"
    #expect(
      try plan(grid).sampler.parameters(of: 2, after: []) == ["train.epochs": 3] && plan(grid).sampler.parameters(of: 3, after: []) == nil)
    let pruners: [(String, any Pruner.Type)] = [
      ("\"median\"", MedianPruner.self), ("\"successive_halving\"", SuccessiveHalvingPruner.self),
      ("\"hyperband\", \"max_resource\": 9", HyperbandPruner.self),
    ]
    for (text, kind) in pruners { #expect(type(of: try plan("{\(Self.rate), \"pruner\": {\"type\": \(text)}}").pruner) == kind) }
    #expect(try plan("{\(Self.rate), \"seeds\": 3, \"pruner\": {\"type\": \"wilcoxon\"}}").pruner is WilcoxonPruner)
  }

  /// What may change without a new study, and what may not.
  @Test func sweepsAreIdentifiedByWhatTrialsDependOn() throws {
    let one = try plan("{\(Self.rate)}").definition(data: ["x"])
    #expect(try one == plan("{\(Self.rate), \"budget\": {\"trials\": 3}, \"jobs\": 2}").definition(data: ["x"]))
    #expect(try one != plan("{\(Self.rate), \"seeds\": 3}").definition(data: ["x"]))
    #expect(try one != plan("{\(Self.rate)}", seed: 1).definition(data: ["x"]) && one != plan("{\(Self.rate)}").definition(data: ["y"]))
    let plan = try plan("{\(Self.rate)}")
    func identity(_ rate: Double, _ number: Int) throws -> String {
      plan.identity(try plan.trial(number, ["optimizer.learning_rate": rate], seed: 0), data: ["x"])
    }
    #expect(try identity(0.01, 1) == identity(0.01, 2) && identity(0.01, 1) != identity(0.02, 1))
  }

  /// SciPy: ttest_rel([5, 4, 6, 5], [3, 3, 3, 4]).pvalue, and by hand with the variance of folds.
  @Test func differencesAreTested() {
    #expect(abs(Verdict.pairedTest([2, 1, 3, 1], areFolds: false) - 0.035352847) < 1e-6)
    let t = 1.75 / (0.9574271077563381 * (0.25 + 1.0 / 3).squareRoot())
    #expect(abs(t - 2.3931724) < 1e-6)
    #expect(Verdict.pairedTest([2, 1, 3, 1], areFolds: true) > 2 * Verdict.pairedTest([2, 1, 3, 1], areFolds: false))
    #expect(Verdict.pairedTest([-2, -1, -3, -1], areFolds: false) == Verdict.pairedTest([2, 1, 3, 1], areFolds: false))
    #expect(Verdict.pairedTest([0, 0], areFolds: false) == 1 && Verdict.pairedTest([1, 1], areFolds: false) == 0)
  }

  @Test func numbersAreShort() {
    #expect(
      [0, 1, 0.5, 123456, 0.00012345, 1.5e-7, -2e9].map(shortNumber) == ["0", "1", "0.5", "123456", "0.0001235", "1.5e-07", "-2e+09"])
  }
}
