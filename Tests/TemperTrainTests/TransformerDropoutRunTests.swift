import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperRunSupport
import Testing

@testable import TemperTrain

/// What dropout of a transformer leaves in a run's files.
@Suite struct TransformerDropoutRunTests {
  private let lab = Lab()

  /// A learned rate is stored with the model, named in the results, and left out of what other programs get.
  @Test func learnedRatesAreStoredButNotExported() throws {
    let run = try lab.train(lab.language("gpt2") + [#"regularization={"dropout": {"type": "concrete"}}"#])
    let places = ["transformer.h.0.attn.resid_dropout", "transformer.h.0.mlp.dropout", "transformer.drop"]
    #expect(run.outcome.learnedDropout.rates.map(\.name) == places)
    #expect(try run.json("results.json")["model"]?["dropout_rates"]?.members?.map(\.name) == places)
    #expect(try run.metrics().allSatisfy { $0["train"]?["dropout_rates"]?.array?.count == 3 })
    let stored = try LanguageModel(reading: run.directory)
    let logits = places.map { $0 + ".dropout.logit" }
    #expect(stored.store.parameters.map(\.name).filter { $0.hasSuffix(".logit") } == logits)
    let exported = try stored.exported()
    #expect(!exported.store.parameters.contains { $0.name.hasSuffix(".logit") })
    #expect(exported.store.parameters.count == stored.store.parameters.count - 3)
    for parameter in exported.store.parameters {
      #expect(stored.store.parameters.first { $0.name == parameter.name }?.value.values == parameter.value.values)
    }
  }

  /// The gap is between losses without dropout: at a rate that is never above 0 the run is one without dropout, and else the rate follows.
  @Test func theGapOfALanguageModelSetsTheRate() throws {
    func run(_ keys: String) throws -> TrainedRun {
      try lab.train(
        lab.language("gpt2") + [
          "regularization={\"dropout\": {\"type\": \"gap_controlled\", \(keys)}}", "optimizer={\"learning_rate\": 0.03}",
          "train={\"max_steps\": 40, \"batch_size\": 3, \"eval_every_steps\": 8}",
        ])
    }
    let (steered, loose) = (try run("\"half_gap\": 0.01"), try run("\"half_gap\": 1e6"))
    let changes = try steered.json("guard.json")["changes"]?.array ?? []
    #expect(!changes.isEmpty && changes.allSatisfy { $0["number"] == "dropout" })
    #expect(steered.last != loose.last)
  }

  /// Fine-tuning of a text classifier drops at the same places.
  @Test(arguments: ["concrete", "gaussian", "standout"]) func classifiersOfTextsDropToo(type: String) throws {
    let rate = type == "gaussian" ? ", \"rate\": 0.3" : ""
    let changes = lab.texts("bert") + ["regularization={\"dropout\": {\"type\": \"\(type)\"\(rate)}}"]
    let run = try lab.train(changes)
    #expect(try run.last != lab.train(lab.texts("bert")).last)
    #expect(run.outcome.learnedDropout.rates.last?.name == (type == "concrete" ? "classifier" : nil))
    #expect(try StoredModel.rows(run.directory).evaluate(.train)?.loss == run.outcome.train.loss)
  }
}
