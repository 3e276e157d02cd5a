import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

extension Lab {
  /// The texts that a tiny model continued at the evaluations of a run with such `log.samples`.
  fileprivate func samples(_ keys: String...) throws -> [[(prompt: String, text: String)]] {
    let run = try train(language() + ["optimizer={\"learning_rate\": 0.3}", "log={\"samples\": {\(keys.joined(separator: ", "))}}"])
    return try run.metrics().map { line in
      (line["samples"]?.array ?? []).map { ($0["prompt"]?.string ?? "", $0["text"]?.string ?? "") }
    }
  }
}

extension ConfigKeyTests {
  static let logCases: [KeyCase] = [
    KeyCase("log.samples.prompts") { (lab: Lab) throws in
      let lines = try lab.samples("\"prompts\": [\"Anna \", \"\"]", "\"max_tokens\": 7")
      #expect(lines.count == 3 && lines.allSatisfy { $0.map(\.prompt) == ["Anna ", ""] && $0.allSatisfy { $0.text.count == 7 } })
      #expect(Set(lines.map { $0[0].text }).count > 1, "training changes what it tells")
      // Samples change nothing but the log.
      let changes = lab.language()
      let plain = try lab.train(changes)
      #expect(try lab.train(changes + ["log={\"samples\": {}}"]).last == plain.last)
      #expect(try plain.metrics().allSatisfy { $0["samples"] == nil })
    },
    KeyCase("log.samples.max_tokens") { (lab: Lab) throws in
      #expect(try lab.samples("\"max_tokens\": 12").allSatisfy { $0.map(\.text.count) == [12] })
    },
    KeyCase("log.samples.temperature") { (lab: Lab) throws in
      let (cold, warm) = (try lab.samples("\"temperature\": 0"), try lab.samples("\"temperature\": 3"))
      #expect(cold[0][0].text != warm[0][0].text)
    },
    KeyCase("log.samples.top_k") { (lab: Lab) throws in
      #expect(try lab.samples("\"top_k\": 1")[0][0].text == lab.samples("\"temperature\": 0")[0][0].text)
    },
    KeyCase("log.samples.top_p") { (lab: Lab) throws in
      #expect(try lab.samples("\"top_p\": 1e-9")[0][0].text == lab.samples("\"temperature\": 0")[0][0].text)
    },
    KeyCase("log.tensorboard") { (lab: Lab) throws in
      let (plain, logged) = (try lab.train(), try lab.train(["log.tensorboard=true"]))
      #expect(TestFiles.names(logged.directory) == (TestFiles.names(plain.directory) + ["tensorboard/"]).sorted())
      let files = TestFiles.names(logged.directory + "/tensorboard")
      #expect(files.count == 1 && files.allSatisfy { $0.contains("tfevents") } && logged.last == plain.last)
    },
  ]
}

@Suite struct SampleConfigTests {
  @Test func whatCannotBeContinuedIsRefused() throws {
    let lab = Lab()
    func mistakes(_ changes: [String]) -> String {
      do {
        _ = try lab.train(changes)
        return ""
      } catch { return "\(error)" }
    }
    let unknown = mistakes(lab.language() + ["log={\"samples\": {\"prompts\": [\"Anna\", \"日\"]}}"])
    #expect(unknown.contains("prompt 2: the tokenizer has no token for \"日\""), "\(unknown)")
    #expect(mistakes(["log={\"samples\": {}}"]).contains("the task is classification"))
    #expect(mistakes(lab.language("bert") + ["log={\"samples\": {}}"]).contains("the task is masked_language_modeling"))
    let random = lab.language(data: ["\"type\": \"random_tokens\"", "\"vocab_size\": 20"])
    #expect(mistakes(random + ["log={\"samples\": {}}"]).contains("is not supported with random tokens"))
  }
}
