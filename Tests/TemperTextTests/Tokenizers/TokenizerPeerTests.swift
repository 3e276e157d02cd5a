import Glibc
import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

import TemperFiles
import TemperText

@Suite("Tokenizers against Hugging Face's") struct TokenizerPeerTests {
  /// Goldens/tokenizers.jsonl is the output of `Tests/Peers/tokenizers_fuzz.py 7 330 merging`.
  @Test func smallTokenizersOfEachKind() throws {
    let counts = try PeerTexts.check(PeerTexts.goldens + "tokenizers.jsonl")
    #expect(counts.count == 10 && counts.values.allSatisfy { $0 == 33 })
  }

  /// Goldens/unigram.jsonl is the output of `Tests/Peers/tokenizers_fuzz.py 7 240 unigram`.
  @Test func smallTokenizersOfTheUnigramKind() throws {
    let counts = try PeerTexts.check(PeerTexts.goldens + "unigram.jsonl")
    #expect(counts.count == 6 && counts.values.allSatisfy { $0 == 40 })
  }

  @Test(.enabled(if: PeerTexts.hasPeer, "needs a Python with `tokenizers`: set TEMPER_PEER_PYTHON"))
  func randomTexts() throws {
    let strings = PeerTexts.environment("TEMPER_FUZZ_STRINGS") ?? "20000"
    let seed = PeerTexts.environment("TEMPER_FUZZ_SEED") ?? "1"
    try withFile("", suffix: ".jsonl") { path in
      #expect(system("\(PeerTexts.python) '\(PeerTexts.script)' \(seed) \(strings) > '\(path)'") == 0)
      let counts = try PeerTexts.check(path)
      // Three kinds more where `sentencepiece` is there too, and two that need a map.
      #expect(counts.count == 14 || counts.count == 19)
      #expect(counts.values.allSatisfy { $0 == (Int(strings) ?? 0) / counts.count })
    }
  }
}

@Suite("Published vocabularies", .enabled(if: PeerTexts.hasOutside, "TEMPER_OUTSIDE_DATA names no folder with tokenizers/gpt2"))
struct PublishedVocabularyTests {
  private func json(_ name: String) throws -> JSON {
    let path = PeerTexts.outside + "/" + name
    return try JSON.parse(FileBytes(reading: path).bytes, path: path)
  }

  private func ids(_ json: JSON?) -> [Int32] { json?.array?.compactMap { $0.integer.map { Int32($0) } } ?? [] }

  @Test func gpt2() throws {
    let tokenizer = try Tokenizer(
      gpt2Vocabulary: FileBytes(reading: PeerTexts.outside + "/gpt2/gpt2-vocab.json"),
      merges: FileBytes(reading: PeerTexts.outside + "/gpt2/gpt2-merges.txt"))
    #expect(tokenizer.vocabularySize == 50257 && tokenizer.specialTokens.end == 50256)
    for name in ["gpt2/encoded_tokens.json", "mixed/gpt2_encoded_tokens.json"] {
      let golden = try json(name)
      let text = try #require(golden["text"]?.string)
      let found = tokenizer.encode(text)
      #expect(found == ids(golden["token_ids"]))
      #expect(found.map { tokenizer.token($0) } == golden["bpe_tokens"]?.array?.map(\.string))
      #expect(tokenizer.text(found).utf8.elementsEqual(text.utf8))
    }
    let again = try Tokenizer(json: Array(tokenizer.json.serialized().utf8), path: "again")
    #expect(again.encode("<|endoftext|>again, 'tis\n\n  so") == tokenizer.encode("<|endoftext|>again, 'tis\n\n  so"))
  }

  @Test func bert() throws {
    let tokenizer = try Tokenizer(reading: PeerTexts.outside + "/bert-base-uncased/vocab.txt")
    #expect(tokenizer.vocabularySize == 30522)
    let golden = try json("mixed/bert_uncased_encoded.json")
    let found = tokenizer.encode(try #require(golden["text"]?.string), addingSpecialTokens: true)
    #expect(found == ids(golden["token_ids"]))
    let questions = try json("bert-base-uncased/question_tokens.json").array ?? []
    let expected = try json("bert-base-uncased/tokenized_questions.json").array ?? []
    #expect(questions.count == expected.count && questions.count > 5000)
    for (question, expected) in zip(questions, expected) {
      let text = try #require(question["original"]?.string)
      #expect(tokenizer.encode(text) == ids(expected), "\(text)")
    }
  }

  @Test func questionsInManyScripts() throws {
    let tests = try json("mixed/tokenizer_tests.json")["bert-base-uncased"]?.array ?? []
    #expect(tests.count == 18)
    let tokenizer = try Tokenizer(reading: PeerTexts.outside + "/bert-base-uncased/vocab.txt")
    for test in tests {
      let text = try #require(test["input"]?.string)
      let found = tokenizer.encode(text, addingSpecialTokens: true)
      #expect(found == ids(test["encoded"]?["input_ids"]), "\(text)")
      #expect(tokenizer.text(found, skippingSpecialTokens: false) == test["decoded_with_special"]?.string)
      #expect(tokenizer.text(found) == test["decoded_without_special"]?.string)
    }
  }
}
