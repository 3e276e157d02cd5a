import TemperGuard
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

/// What a run measures at its evaluations besides metrics.
@Suite struct RunMonitorTests {
  private let lab = Lab()
  private static let all = ["guard.monitor_share=1000", "early_stopping=null"]

  private func monitors(_ run: TrainedRun) throws -> [JSON] { try run.metrics().map { try #require($0["monitors"]) } }

  private static let names = [
    "weight_norm", "update_ratio", "generalization_gap", "canaries_memorized", "dead_units", "dormant_units", "effective_rank",
    "stable_rank",
    "gradient_noise_scale",
  ]

  @Test func everyEvaluationHasEveryMonitor() throws {
    let run = try lab.train(Self.all + ["data.label_noise=0.2", "train.epochs=6", "optimizer.learning_rate=0.02"])
    let lines = try monitors(run)
    #expect(lines.allSatisfy { $0.members?.map(\.name) == Self.names })
    #expect(lines[0].members?.filter { !$0.value.isNull }.map(\.name) == ["weight_norm"])
    for line in lines.dropFirst() {
      // Few measurements need not tell noise from signal.
      for name in Self.names.dropLast() { #expect(line[name]?.number != nil, "\(name)") }
      #expect(try (0.0...1).contains(#require(line["canaries_memorized"]?.number)))
      #expect(try #require(line["effective_rank"]?.number) >= 1 && #require(line["effective_rank"]?.number) <= 8)
    }
    #expect(lines.dropFirst().contains { $0["gradient_noise_scale"]?.number.map { $0 > 0 } ?? false })
    // guard.json has the course of each.
    let trends = try #require(run.json("guard.json")["monitors"])
    #expect(trends["update_ratio"]?["last"]?.number == lines.last?["update_ratio"]?.number)
  }

  /// A sample of a table that is no larger than the sample is the table.
  @Test func theGapIsThatOfTheLosses() throws {
    let run = try lab.train(Self.all + ["early_stopping=null", "regularization.dropout={\"rate\": 0.3}", "train.epochs=4"])
    let gap = try #require(monitors(run).last?["generalization_gap"]?.number)
    #expect(abs(gap - (try #require(run.outcome.validation?.loss) - #require(run.outcome.train.loss))) < 1e-6)
    #expect(abs(gap) > 1e-4)
  }

  /// Monitors only look: weights and metrics are those of a run without them.
  @Test(arguments: ["batch", "none"]) func theyChangeNothing(norm: String) throws {
    let changes = [
      "model={\"hidden\": [8], \"norm\": \"\(norm)\"}", "regularization.dropout={\"rate\": 0.3}", "early_stopping=null", "train.epochs=5",
    ]
    let (with, without) = (try lab.train(changes + Self.all), try lab.train(changes + ["guard=null"]))
    #expect(with.last == without.last && with.best == without.best)
    #expect(try with.metrics().map { $0["validation"] } == without.metrics().map { $0["validation"] })
    #expect(try without.metrics().allSatisfy { $0["monitors"] == nil })
  }

  /// Rows with wrong labels are learned by heart when a network is trained for long.
  @Test func wrongLabelsAreMemorized() throws {
    let run = try lab.train(
      Self.all + [
        "data.label_noise=0.3", "train.epochs=300", "train.eval_every_epochs=100", "model.hidden=[128]", "optimizer.learning_rate=0.02",
        "data.split={\"validation\": null}", "expect={}",
      ])
    let shares = try monitors(run).dropFirst().compactMap { $0["canaries_memorized"]?.number }
    #expect(shares.count == 3 && (shares.last ?? 0) > 0.9)
    #expect(try monitors(run).allSatisfy { $0["generalization_gap"] == nil })
  }

  /// What a step moves: lr · |g| / |w| with plain SGD.
  @Test func theUpdateRatioIsThatOfTheLastStep() throws {
    let run = try lab.train(
      Self.all + ["optimizer={\"type\": \"sgd\", \"learning_rate\": 0.01}", "train={\"max_steps\": 1}", "regularization={}"])
    let line = try #require(run.metrics().last)
    let norm = try #require(run.metrics().first?["monitors"]?["weight_norm"]?.number)
    let expected = 0.01 * (try #require(line["train"]?["gradient_norm_max"]?.number)) / norm
    #expect(abs(try #require(line["monitors"]?["update_ratio"]?.number) / expected - 1) < 1e-3)
  }

  @Test(arguments: ["gpt2", "llama"]) func languageModelsAreWatched(type: String) throws {
    let run = try lab.train(
      lab.language(type, data: ["\"split\": {\"validation\": 0.2}"]) + Self.all + [
        "train={\"max_steps\": 6, \"batch_size\": 2, \"eval_every_steps\": 2}"
      ])
    let last = try #require(monitors(run).last)
    let missing = Set(["canaries_memorized"] + (type == "llama" ? ["dead_units", "dormant_units"] : []))
    #expect(last.members?.map(\.name) == Self.names.filter { !missing.contains($0) })
    for name in ["update_ratio", "generalization_gap", "effective_rank", "stable_rank"] { #expect(last[name]?.number != nil, "\(name)") }
  }
}
