import TemperCore
import TemperData
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

/// A file given to a stored model of language is read as the run read its own: one that was the test text gives the same values.
@Suite struct EvaluateFileTests {
  private func documents(_ lab: Lab, _ name: String, seed: Int) -> String {
    lab.text("plain-" + name, seed: seed)
    let lines = TestFiles.text(lab.folder("plain-" + name)).split(separator: "\n")
    lab.folder.write(
      lines.enumerated().map { JSON.object([("id", .integer($0.offset)), ("story", .string(String($0.element)))]).serialized() + "\n" }
        .joined(),
      to: name)
    return lab.folder(name)
  }

  private func compare(_ lab: Lab, _ changes: [String], _ test: String) throws {
    let run = try lab.train(changes)
    let bundle = try LanguageModel(reading: run.directory)
    let (own, file) = (try #require(try bundle.evaluate(.test)), try bundle.evaluate([test]))
    #expect(own.loss != nil && own.detailedJSON == file.detailedJSON)
    #expect(run.outcome.test?.loss == own.loss)
  }

  @Test(arguments: ["gpt2", "llama"]) func fieldAndDocumentsAreThoseOfTheRun(_ type: String) throws {
    let lab = Lab()
    let (train, test) = (documents(lab, "train.jsonl", seed: 0), documents(lab, "test.jsonl", seed: 5))
    let bytes = "\"tokenizer\": {\"type\": \"bytes\"}"
    let data = ["\"train\": \"\(train)\"", "\"test\": \"\(test)\"", "\"field\": \"story\"", bytes]
    try compare(lab, lab.language(type, data: data), test)
  }

  @Test func theSeparatorIsThatOfTheRun() throws {
    let lab = Lab()
    let (train, test) = (lab.text("a.txt"), lab.text("b.txt", seed: 3))
    let data = [
      "\"train\": \"\(train)\"", "\"test\": \"\(test)\"", "\"separator\": \"\\n\"", "\"within_documents\": true",
      "\"tokenizer\": {\"type\": \"bpe\", \"vocab_size\": 300}",
    ]
    try compare(lab, lab.language(data: data), test)
  }

  @Test func aMaskedModelIsAskedForTheSameHiddenTokens() throws {
    let lab = Lab()
    let (train, test) = (lab.text("a.txt"), lab.text("b.txt", seed: 3))
    let data = ["\"train\": \"\(train)\"", "\"test\": \"\(test)\"", "\"separator\": \"\\n\""]
    try compare(lab, lab.language("bert", data: data) + ["seed=11", "train.eval_batch_size=3"], test)
  }
}
