import Synchronization
import TemperCore
import TemperData
import TemperJSON
import TemperRunSupport
import TemperText
import Testing

@testable import TemperTrain

/// Random sequences in a training text, and whether a model has memorised them.
@Suite struct CanaryRunTests {
  private let lab = Lab()

  /// A tiny text with eight canaries of 12 tokens, of which every monitor is measured.
  private func changes(steps: Int, data: [String] = []) -> [String] {
    let path = lab.folder.write((0..<12).map { "line \($0 * 7919 % 97)" }.joined(separator: "\n"), to: "lines.txt")
    let planted = ["\"path\": \"\(path)\"", "\"separator\": \"\\n\"", "\"canaries\": 8"]
    return lab.language("gpt2", ["\"n_positions\": 12", "\"n_embd\": 32"], data: planted + data) + [
      "train={\"max_steps\": \(steps), \"batch_size\": 16, \"eval_every_steps\": \(steps)}", "guard.monitor_share=1000",
      "optimizer.learning_rate=0.01", "optimizer.weight_decay=0",
    ]
  }

  private func share(_ run: TrainedRun) throws -> Double {
    try #require(run.metrics().last?["monitors"]?["canaries_memorized"]?.number)
  }

  /// Windows that cross documents, and those that keep to them.
  @Test(arguments: ["false", "true"]) func longTrainingMemorizesThem(within: String) throws {
    let run = try lab.train(changes(steps: 300, data: ["\"within_documents\": \(within)"]))
    #expect(try share(run) >= 0.75)
    // Sequences of another seed are as unknown to the model as references.
    let model = try LanguageModel(reading: run.directory + "/last")
    func known(seed: UInt64, _ count: Int) throws -> Double {
      let canaries = Canaries(
        count, length: 12, from: try model.tokenizer.ordinaryIDs, vocabularySize: try model.tokenizer.vocabularySize,
        random: RandomStreams(seed: seed))
      return try model.evaluator(nil).memorized(canaries, betweenBatches: {})
    }
    #expect(try known(seed: 0, 8) == share(run))
    #expect(try known(seed: 1, 400) < 0.05)
  }

  @Test func anUntrainedModelKnowsNone() throws {
    #expect(try share(lab.train(changes(steps: 1) + ["optimizer.learning_rate=1e-30"])) <= 0.125)
  }

  /// The stored model reads its text again, canaries included.
  @Test func theStoredModelHasTheSameText() throws {
    let run = try lab.train(changes(steps: 3))
    let stored = try LanguageModel(reading: run.directory)
    #expect(try stored.evaluate(.train)?.json == run.outcome.train.json)
    #expect(try stored.evaluate(.validation)?.json == run.outcome.validation?.json)
    let notes = try PreparedText(of: lab.config(changes(steps: 3))).notes
    #expect(notes.contains { $0.hasPrefix("canaries: planted 8 sequences of 12 random tokens into the training text (seed 0)") })
  }

  /// The text for validation and test is that of a run without canaries.
  @Test func otherSplitsStayAsTheyAre() throws {
    let split = "\"split\": {\"validation\": 0.3, \"test\": 0.2}"
    let (with, without) = (
      try PreparedText(of: lab.config(changes(steps: 1, data: [split]))),
      try PreparedText(of: lab.config(lab.language(data: ["\"path\": \"\(lab.folder("lines.txt"))\"", "\"separator\": \"\\n\"", split])))
    )
    #expect(with.validation?.tokens == without.validation?.tokens && with.test?.tokens == without.test?.tokens)
    #expect(with.train.count == without.train.count + 8 * 12 && with.train.documentStarts.count > without.train.documentStarts.count)
    let again = try PreparedText(of: lab.config(changes(steps: 1, data: [split])))
    #expect(again.train.tokens == with.train.tokens && again.train.documentStarts == with.train.documentStarts)
  }

  @Test func aContextOfOneTokenIsTooShort() throws {
    let error = #expect(throws: Diagnostics.self) {
      try lab.train(lab.language("gpt2", ["\"n_positions\": 1"], data: ["\"canaries\": 2"]))
    }
    #expect(error?.description.contains("data.canaries: requires a context and a vocabulary of at least two tokens") == true)
  }

  /// Monitors of a checkpoint from before this one have no budget for it.
  @Test func anOlderCheckpointHasNoBudgetForThem() throws {
    _ = try TemperTrainTests.train(try lab.config(["name=old"] + changes(steps: 1)), options: .init(callbacks: [OldMonitors.self]))
    #expect(OldMonitors.isRestored.withLock { $0 } == true)
  }
}

/// Restores monitors that have a budget fewer.
private final class OldMonitors: Callback {
  static let name = "old_monitors"
  static let isRestored = Mutex<Bool?>(nil)

  init?(_ run: RunHandle) {
    guard let monitors = Monitors(run) else { return nil }
    func without(_ name: String, _ json: JSON?) -> [(String, JSON)] {
      (json?.members ?? []).filter { $0.name != name }.map { ($0.name, $0.value) }
    }
    let spent = without("canaries", monitors.state["spent"])
    let old = JSON.object(without("spent", monitors.state) + [("spent", .object(spent))])
    let isOlder = spent.count + 1 == monitors.state["spent"]?.members?.count
    Self.isRestored.withLock { $0 = isOlder && (try? monitors.restore(old)) != nil }
  }
}
