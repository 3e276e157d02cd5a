import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperRunSupport
import Testing

@testable import TemperTrain

@Suite struct DivergenceTests {
  private let lab = Lab()
  private let explosive = [
    "optimizer={\"type\": \"sgd\", \"learning_rate\": 1e25}", "train={\"epochs\": 5, \"batch_size\": 9}", "threads=1",
  ]

  /// The weights of the step before, where they are worth something; else those of the last evaluation with a finite loss.
  @Test(arguments: ["none", "batch"]) func aDivergedRunKeepsTheLastFiniteWeights(norm: String) throws {
    let run = try lab.train(explosive + ["model.norm=\(norm)"])
    let divergence = try #require(run.outcome.divergence)
    #expect(run.outcome.stopReason == .diverged)
    #expect(run.outcome.status.rawValue == 11)
    #expect(divergence.step == run.outcome.steps + 1)
    #expect(divergence.rows.count == 9)
    #expect(divergence.learningRate == 1e25)
    #expect(divergence.description.hasPrefix("step \(divergence.step): the "))
    #expect(divergence.description.contains("on rows \(divergence.rows[0]), \(divergence.rows[1]), "))

    let bundle = try StoredModel.rows(run.directory + "/last")
    #expect(bundle.step == run.outcome.lastStep && run.outcome.lastStep < divergence.step)
    #expect(try #require(try bundle.evaluate(.validation)?.loss).isFinite)
    #expect(try #require(run.outcome.train.loss).isFinite)
    // Running statistics belong to them too.
    for (name, values) in try run.allValues() { #expect(values.allSatisfy { $0.isFinite }, "\(name)") }
    let manifest = try run.json("manifest.json")
    #expect(manifest["stop_reason"] == "diverged")
    #expect(manifest["exit_code"] == 11)
  }

  /// A diverged run keeps the best weights it had.
  @Test func theBestWeightsSurvive() throws {
    lab.folder.write(SampleTable.config, to: "late.json")
    // The rate rises from 1e-24 of the peak; the first evaluations are sane.
    let run = try lab.train([
      "optimizer={\"type\": \"sgd\", \"learning_rate\": 1e4, \"momentum\": 0.99, \"weight_decay\": 10}",
      "train={\"max_steps\": 400, \"eval_every_steps\": 1}",
    ])
    #expect(run.outcome.stopReason == .diverged)
    #expect(run.outcome.bestStep >= 1)
    #expect(try StoredModel.rows(run.directory).step == run.outcome.bestStep)
    let metrics = try run.metrics()
    #expect(metrics.filter { $0["best"] == true }.last?["step"]?.integer == run.outcome.bestStep)
  }

  /// No metric is repaired: what is not finite is null.
  @Test func figuresThatAreNotFiniteAreNull() throws {
    let json = try lab.train(explosive).outcome.json
    let text = json.serialized()
    #expect(!text.contains("nan") && !text.contains("inf"))
    #expect(try JSON.parse(text, path: "") == json)
  }

  @Test func aFirstLossFarFromItsExpectationIsAWarning() throws {
    func warnings(_ changes: [String]) throws -> [Warning] {
      try lab.train(changes).outcome.warnings.filter { $0.code.name == "W0302" }
    }
    let large = "model.initializer={\"type\": \"normal\", \"std\": 20}"
    let found = try warnings([large])
    #expect(found.count == 1)
    #expect(found.first?.message.contains("an untrained model with 3 classes should be near ln(3) = 1.099") == true)
    #expect(try warnings([]) == [])
    #expect(try warnings(["data.split={\"validation\": null}", large]).count == 1)
  }

  @Test func earlyStoppingWithoutValidationRowsIsAnErrorIfAskedFor() throws {
    let split = "data.split={\"validation\": null}"
    #expect(throws: Diagnostics.self) { try lab.train([split, "early_stopping.patience=3"]) }
    let run = try lab.train([split])
    #expect(run.outcome.stopReason == .completed)
    #expect(run.best == run.last)
    #expect(try run.json("resolved.json")["early_stopping"]?.isNull == true)
  }
}
