import TemperJSON
import TemperSearch
import TemperTrain
import Testing

/// What the keys of a `sweep` block are read as. What they do is tested where sweeps are.
extension ConfigKeyTests {
  static let sweepCases: [KeyCase] = spaceCases + searchCases + objectiveCases

  /// A case that `sweep`, a `sweep` block, is read as `check` says.
  private static func reads(_ key: String, _ sweep: String, as check: @escaping @Sendable (SweepConfig) -> Bool) -> KeyCase {
    KeyCase(key) { (lab: Lab) throws in
      let config = try #require(try lab.config(["sweep=\(sweep)"]).config.sweep)
      #expect(check(config), "\(sweep)")
    }
  }

  private static func space(_ key: String, _ entry: String, _ expected: Distribution) -> KeyCase {
    reads("sweep.space.*.\(key)", "{\"space\": {\"train.epochs\": \(entry)}}") { $0.space.first?.value.distribution == expected }
  }

  private static let spaceCases: [KeyCase] = [
    space("type", "{\"type\": \"log_uniform\", \"low\": 1, \"high\": 2}", .float(low: 1, high: 2, isLog: true, step: nil)),
    space("values (choice)", "{\"type\": \"choice\", \"values\": [1, \"a\", null]}", .categorical([1, "a", .null])),
    space(
      "low (uniform, log_uniform)", "{\"type\": \"uniform\", \"low\": -1, \"high\": 2}", .float(low: -1, high: 2, isLog: false, step: nil)),
    space("high (uniform, log_uniform)", "\"uniform(0, 0.25)\"", .float(low: 0, high: 0.25, isLog: false, step: nil)),
    space(
      "step (uniform)", "{\"type\": \"uniform\", \"low\": 0, \"high\": 1, \"step\": 0.5}", .float(low: 0, high: 1, isLog: false, step: 0.5)),
    space("low (int)", "{\"type\": \"int\", \"low\": 3, \"high\": 5}", .int(low: 3, high: 5, isLog: false, step: 1)),
    space("high (int)", "\"int(3, 50)\"", .int(low: 3, high: 50, isLog: false, step: 1)),
    space("step (int)", "{\"type\": \"int\", \"low\": 3, \"high\": 9, \"step\": 2}", .int(low: 3, high: 9, isLog: false, step: 2)),
    space("log (int)", "{\"type\": \"int\", \"low\": 3, \"high\": 9, \"log\": true}", .int(low: 3, high: 9, isLog: true, step: 1)),
    conditional("key"), conditional("values"),
  ]

  private static func conditional(_ key: String) -> KeyCase {
    let condition = "{\"key\": \"optimizer.type\", \"values\": [\"sgd\", \"lion\"]}"
    let entry = "{\"type\": \"uniform\", \"low\": 0, \"high\": 1, \"conditional\": \(condition)}"
    return reads(
      "sweep.space.*.conditional.\(key)",
      "{\"space\": {\"optimizer.type\": \"choice(adamw, lion, sgd)\", \"optimizer.momentum\": \(entry)}}"
    ) { $0.searchSpace.parameters[1].condition == .init("optimizer.type", isOneOf: [1, 2]) }
  }

  private static let searchCases: [KeyCase] = [
    reads("sweep.sampler.type", "{\"sampler\": {\"type\": \"grid\"}}") { $0.sampler == .grid && !$0.isAdaptive },
    reads("sweep.sampler.startup_trials (tpe, gp)", "{\"sampler\": {\"type\": \"gp\", \"startup_trials\": 3}}") {
      $0.sampler == .gp(startupTrials: 3)
    },
    reads("sweep.sampler.candidates (tpe)", "{\"sampler\": {\"candidates\": 9}}") { $0.sampler == .tpe(startupTrials: 10, candidates: 9) },
    reads("sweep.pruner.type", "{\"pruner\": {\"type\": \"median\"}}") { $0.pruner == .median(startupTrials: 5, warmupSteps: 0) },
    reads("sweep.pruner.startup_trials (median)", "{\"pruner\": {\"type\": \"median\", \"startup_trials\": 2}}") {
      $0.pruner == .median(startupTrials: 2, warmupSteps: 0)
    },
    reads("sweep.pruner.warmup (median)", "{\"pruner\": {\"type\": \"median\", \"warmup\": 2}}") {
      $0.pruner == .median(startupTrials: 5, warmupSteps: 2)
    },
    reads(
      "sweep.pruner.min_resource (successive_halving, hyperband)", "{\"pruner\": {\"type\": \"successive_halving\", \"min_resource\": 3}}"
    ) { $0.pruner == .successiveHalving(minResource: 3, reductionFactor: 4) },
    reads(
      "sweep.pruner.reduction_factor (successive_halving)", "{\"pruner\": {\"type\": \"successive_halving\", \"reduction_factor\": 2}}"
    ) { $0.pruner == .successiveHalving(minResource: 1, reductionFactor: 2) },
    reads("sweep.pruner.reduction_factor (hyperband)", "{\"pruner\": {\"type\": \"hyperband\", \"reduction_factor\": 2}}") {
      $0.pruner == .hyperband(minResource: 1, maxResource: nil, reductionFactor: 2)
    },
    reads("sweep.pruner.max_resource (hyperband)", "{\"pruner\": {\"type\": \"hyperband\", \"max_resource\": 27}}") {
      $0.pruner == .hyperband(minResource: 1, maxResource: 27, reductionFactor: 3)
    },
    reads("sweep.pruner.p_threshold (wilcoxon)", "{\"pruner\": {\"type\": \"wilcoxon\", \"p_threshold\": 0.2}}") {
      $0.pruner == .wilcoxon(p: 0.2, startupSteps: 2)
    },
    reads("sweep.pruner.startup_seeds (wilcoxon)", "{\"pruner\": {\"type\": \"wilcoxon\", \"startup_seeds\": 4}}") {
      $0.pruner == .wilcoxon(p: 0.1, startupSteps: 4)
    },
    reads("sweep.budget.trials", "{\"budget\": {\"trials\": 7}}") { $0.trials == 7 },
    reads("sweep.budget.minutes", "{\"budget\": {\"minutes\": 0.5}}") { $0.minutes == 0.5 },
    reads("sweep.seeds", "{\"seeds\": 3}") { $0.seeds == 3 },
    reads("sweep.jobs", "{\"jobs\": 3}") { $0.jobs == 3 },
    reads("sweep.lag", "{\"lag\": 8}") { $0.lag == 8 },
  ]

  private static let objectiveCases: [KeyCase] = [
    reads("sweep.objective.metric", "{\"objective\": {\"metric\": \"validation.accuracy\"}}") {
      $0.objective.goals == [.init(metric: "validation.accuracy", direction: .maximize)]
    },
    reads("sweep.objective.direction", "{\"objective\": {\"direction\": \"maximize\"}}") {
      $0.objective.goals == [.init(metric: "validation.loss", direction: .maximize)]
    },
    reads("sweep.objective.second.metric", "{\"objective\": {\"second\": {\"metric\": \"parameters\"}}}") {
      $0.objective.goals.last == .init(metric: "parameters", direction: .minimize)
    },
    reads(
      "sweep.objective.second.direction", "{\"objective\": {\"second\": {\"metric\": \"parameters\", \"direction\": \"maximize\"}}}"
    ) { $0.objective.goals.last == .init(metric: "parameters", direction: .maximize) },
    reads("sweep.objective.constraints.*.max", "{\"objective\": {\"constraints\": {\"time_s\": {\"max\": 5}}}}") {
      $0.objective.limits == [.init(metric: "time_s", min: nil, max: 5)]
    },
    reads("sweep.objective.constraints.*.min", "{\"objective\": {\"constraints\": {\"validation.accuracy\": {\"min\": 0.5}}}}") {
      $0.objective.limits == [.init(metric: "validation.accuracy", min: 0.5, max: nil)]
    },
  ]
}
