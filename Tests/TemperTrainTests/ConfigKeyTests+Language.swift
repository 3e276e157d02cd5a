import TemperCore
import TemperJSON
import TemperMetrics
import TemperRunSupport
import Testing

@testable import TemperTrain

extension KeyCase {
  /// A case where a tiny model of language gets other weights from each value of a key of its block, of one that is not given too.
  fileprivate init(_ type: String, _ label: String, _ name: String, _ values: String...) {
    self.init("model.\(name) (\(label))") { lab in try Self.expectOtherWeights(lab, type, name, values) }
  }

  /// Fails unless a tiny language model gets other weights from each value of a key of its block, and from none.
  static func expectOtherWeights(_ lab: Lab, _ type: String, _ name: String, _ values: [String]) throws {
    var seen: [[UInt8]] = [try lab.train(lab.language(type)).last]
    for value in values {
      let weights = try lab.train(lab.language(type, ["\"\(name)\": \(value)"])).last
      #expect(!seen.contains(weights), "\(value) changes nothing")
      seen.append(weights)
    }
  }
}

extension ConfigKeyTests {
  static let transformerCases: [KeyCase] = [
    KeyCase("gpt2", "gpt2", "n_layer", "2"), KeyCase("gpt2", "gpt2", "n_head", "4"), KeyCase("gpt2", "gpt2", "n_embd", "8"),
    KeyCase("gpt2", "gpt2", "n_positions", "6"),
    KeyCase("model.block_size (gpt2)") { (lab: Lab) throws in
      let changes = lab.language("gpt2").map { $0.replacingFirst("n_positions", with: "block_size") }
      #expect(try lab.train(changes).last == lab.train(lab.language("gpt2")).last)
      #expect(throws: Diagnostics.self) { try lab.config(lab.language("gpt2", ["\"block_size\": 8"])) }
    }, KeyCase("gpt2", "gpt2", "n_inner", "20"),
    KeyCase("gpt2", "gpt2", "activation_function", "\"relu\""), KeyCase("gpt2", "gpt2", "embd_pdrop", "0.6"),
    KeyCase("gpt2", "gpt2", "attn_pdrop", "0.6"), KeyCase("gpt2", "gpt2", "resid_pdrop", "0.6"),
    KeyCase("gpt2", "gpt2", "layer_norm_epsilon", "0.1"), KeyCase("gpt2", "gpt2", "tie_word_embeddings", "false"),
    KeyCase("gpt2", "gpt2, llama, bert", "initializer_range", "0.3"), KeyCase("gpt2", "gpt2, llama, bert", "vocab_size", "80"),
    KeyCase("llama", "llama", "hidden_size", "8"),
    KeyCase("llama", "llama", "num_attention_heads", "4"), KeyCase("llama", "llama", "num_key_value_heads", "1"),
    KeyCase("llama", "llama", "intermediate_size", "12"), KeyCase("llama", "llama, bert", "max_position_embeddings", "6"),
    KeyCase("llama", "llama", "head_dim", "4"), KeyCase("llama", "llama", "rms_norm_eps", "0.1"),
    KeyCase("llama", "llama", "rope_theta", "10"), KeyCase("llama", "llama", "tie_word_embeddings", "true"),
    KeyCase("llama", "llama", "attention_dropout", "0.6"), KeyCase("llama", "llama", "attention_bias", "true"),
    KeyCase("llama", "llama", "mlp_bias", "true"),
    KeyCase("bert", "bert", "hidden_act", "\"relu\""),
    KeyCase("bert", "bert", "hidden_dropout_prob", "0.6"), KeyCase("bert", "bert", "attention_probs_dropout_prob", "0.6"),
    KeyCase("bert", "bert", "type_vocab_size", "1"), KeyCase("bert", "bert", "layer_norm_eps", "0.1"),
    KeyCase("model.pooling (bert)") { (lab: Lab) throws in
      #expect(try lab.train(lab.texts("bert")).last != lab.train(lab.texts("bert", ["\"pooling\": \"mean\""])).last)
    },
  ]

  static let ngramCases: [KeyCase] = [
    ("dim", "6"), ("buckets", "50"), ("word_ngrams", "1"), ("min_char_ngram", "5"), ("max_char_ngram", "4"), ("lowercase", "false"),
    ("pooling", "\"sqrt\""),
  ].map { name, value in
    KeyCase("model.\(name) (ngram_linear)") { (lab: Lab) throws in
      #expect(try lab.train(lab.texts("ngram_linear")).last != lab.train(lab.texts("ngram_linear", ["\"\(name)\": \(value)"])).last)
    }
  }

  static let textCases: [KeyCase] = [
    KeyCase("data.path (text)") { (lab: Lab) throws in
      let other = lab.text("other.txt", seed: 5)
      #expect(try lab.train(lab.language()).last != lab.train(lab.language(data: ["\"path\": \"\(other)\""])).last)
    },
    KeyCase("data.train (text)") { (lab: Lab) throws in
      let run = try lab.train(lab.language(data: ["\"train\": \"\(lab.text())\""]))
      #expect(run.outcome.validation == nil)
    },
    KeyCase("data.validation (text)") { (lab: Lab) throws in
      let run = try lab.train(lab.language(data: ["\"train\": \"\(lab.text())\"", "\"validation\": \"\(lab.text("v.txt", seed: 3))\""]))
      #expect((run.outcome.validation?.report.count ?? 0) > 1000)
    },
    KeyCase("data.test (text)") { (lab: Lab) throws in
      let run = try lab.train(lab.language(data: ["\"train\": \"\(lab.text())\"", "\"test\": \"\(lab.text("v.txt", seed: 3))\""]))
      #expect((run.outcome.test?.report.count ?? 0) > 1000)
    },
    KeyCase("data.split.validation (text)") { (lab: Lab) throws in
      let counts = try ["0.1", "0.5", "null"].map { share in
        try lab.train(lab.language(data: ["\"split\": {\"validation\": \(share)}"])).outcome.validation?.report.count
      }
      #expect(counts[0].map { $0 * 4 } ?? 0 < counts[1] ?? 0)
      #expect(counts[2] == nil)
    },
    KeyCase("data.split.test (text)") { (lab: Lab) throws in
      let run = try lab.train(lab.language(data: ["\"split\": {\"test\": 0.3}"]))
      #expect((run.outcome.test?.report.count ?? 0) > 300)
    },
    KeyCase("data.split.order (text)") { (lab: Lab) throws in
      let path = lab.folder.write(
        (0..<6).map { TestFiles.text(lab.text("p\($0).txt", seed: $0)) }.joined(separator: "\n"), to: "long.txt")
      func run(_ order: String, _ separator: String, _ changes: [String] = []) throws -> TrainedRun {
        let split = "\"split\": {\"validation\": 0.3, \"order\": \"\(order)\"}"
        return try lab.train(lab.language(data: ["\"path\": \"\(path)\"", "\"separator\": \(separator)", split]) + changes)
      }
      let (end, drawn) = (try run("end", "\"Anna\""), try run("shuffle_documents", "\"Anna\""))
      #expect(end.last != drawn.last)
      let other = try run("shuffle_documents", "\"Anna\"", ["seed=3"])
      #expect(other.outcome.validation?.report.count != drawn.outcome.validation?.report.count)
      #expect(try run("end", "null").last != run("shuffle_blocks", "null").last)
    },
    KeyCase("data.field (text)") { (lab: Lab) throws in
      lab.folder.write(
        (0..<30).map { "{\"text\": \"abc \($0)\", \"body\": \"the \($0) words of a line\"}" }.joined(separator: "\n") + "\n", to: "t.jsonl")
      let path = "\"path\": \"\(lab.folder("t.jsonl"))\""
      #expect(try lab.train(lab.language(data: [path])).last != lab.train(lab.language(data: [path, "\"field\": \"body\""])).last)
    },
    KeyCase("data.separator (text)") { (lab: Lab) throws in
      #expect(try lab.train(lab.language(data: ["\"separator\": \"\\n\""])).last != lab.train(lab.language()).last)
    },
    KeyCase("data.within_documents (text)") { (lab: Lab) throws in
      let separator = "\"separator\": \"\\n\""
      #expect(
        try lab.train(lab.language(data: [separator])).last
          != lab.train(lab.language(data: [separator, "\"within_documents\": true"])).last)
    },
    KeyCase("data.canaries (text)") { (lab: Lab) throws in
      let (none, some) = (try lab.train(lab.language()), try lab.train(lab.language(data: ["\"canaries\": 20"])))
      #expect(try lab.train(lab.language(data: ["\"canaries\": 0"])).last == none.last)
      #expect(some.last != none.last)
      let (without, with) = (try none.metrics().last?["monitors"], try some.metrics().last?["monitors"])
      #expect(without?["canaries_memorized"] == nil && with?["canaries_memorized"] != nil)
      #expect(some.outcome.validation?.report.count == none.outcome.validation?.report.count)
      #expect(throws: Diagnostics.self) { try lab.config(lab.language("bert", data: ["\"canaries\": 20"])) }
    },
    KeyCase("data.cache (text)") { (lab: Lab) throws in
      let cached = lab.language(data: ["\"cache\": \"\(lab.folder("cache"))\""])
      let first = try lab.train(cached)
      #expect(TestFiles.names(lab.folder("cache")).filter { $0.hasSuffix(".tokens") }.count == 2)
      #expect(try lab.train(cached).last == first.last)
      #expect(try lab.train(lab.language()).last == first.last)
    },
    KeyCase("data.tokenizer.type (text)") { (lab: Lab) throws in
      let runs = try ["chars", "bytes", "bpe", "wordpiece"].map { type in
        try lab.train(
          lab.language(data: [
            "\"tokenizer\": {\"type\": \"\(type)\"\(type.count > 3 && type != "wordpiece" ? "" : ", \"vocab_size\": 300")}"
          ]))
      }
      #expect(Set(runs.map(\.outcome.parameters)).count == 4)
    },
    KeyCase("data.tokenizer.vocab_size (csv, text: bpe, wordpiece)") { (lab: Lab) throws in
      let runs = try ["300", "310"].map { size in
        try lab.train(lab.language(data: ["\"tokenizer\": {\"type\": \"bpe\", \"vocab_size\": \(size)}"])).outcome.parameters
      }
      #expect(runs[0] + 10 * 16 == runs[1])
    },
    KeyCase("data.tokenizer.min_frequency (csv, text: bpe, wordpiece)") { (lab: Lab) throws in
      let runs = try ["2", "50"].map { least in
        try lab.train(lab.language(data: ["\"tokenizer\": {\"type\": \"bpe\", \"min_frequency\": \(least)}"])).outcome.parameters
      }
      #expect(runs[0] > runs[1])
    },
    KeyCase("data.tokenizer.path (csv, text: file)") { (lab: Lab) throws in
      let first = try lab.train(lab.language(data: ["\"tokenizer\": {\"type\": \"bpe\", \"vocab_size\": 300}"]))
      let file = first.directory + "/best/tokenizer.json"
      let again = try lab.train(lab.language(data: ["\"tokenizer\": {\"type\": \"file\", \"path\": \"\(file)\"}"]))
      #expect(again.last == first.last)
    },
    KeyCase("data.tokens (random_tokens)") { (lab: Lab) throws in
      let counts = try ["1000", "4000"].map { count in
        try lab.train(lab.language(data: ["\"type\": \"random_tokens\"", "\"vocab_size\": 9", "\"tokens\": \(count)"])).last
      }
      #expect(counts[0] != counts[1])
    },
    KeyCase("data.vocab_size (random_tokens)") { (lab: Lab) throws in
      let sizes = try ["9", "11"].map { size in
        try lab.train(lab.language(data: ["\"type\": \"random_tokens\"", "\"vocab_size\": \(size)"])).outcome.parameters
      }
      #expect(sizes[0] + 2 * 16 == sizes[1])
    },
    KeyCase("data.text (csv)") { (lab: Lab) throws in
      let run = try lab.train(lab.texts("ngram_linear"))
      #expect(run.outcome.model == "ngram_linear 64 x 4-2")
      #expect(throws: Diagnostics.self) {
        try lab.train(lab.texts("ngram_linear").map { $0.replacing("\"text\": \"text\"", with: "\"text\": \"none\"") })
      }
    },
    KeyCase("data.tokenizer.type (csv)") { (lab: Lab) throws in
      let runs = try ["chars", "wordpiece"].map { type in
        try lab.train(lab.texts("bert", data: ["\"tokenizer\": {\"type\": \"\(type)\"\(type == "chars" ? "" : ", \"vocab_size\": 300")}"]))
          .outcome.parameters
      }
      #expect(runs[0] < runs[1])
    },
    KeyCase("data.max_length (csv)") { (lab: Lab) throws in
      #expect(try lab.train(lab.texts("bert")).last != lab.train(lab.texts("bert", data: ["\"max_length\": 4"])).last)
      #expect(throws: Diagnostics.self) { try lab.train(lab.texts("bert", data: ["\"max_length\": 25"])) }
    },
  ]

  static let startCases: [KeyCase] = [
    KeyCase("init.run") { (lab: Lab) throws in
      let first = try lab.train(lab.language())
      let again = try lab.train(lab.language() + ["init={\"run\": \"\(first.directory)\"}"])
      #expect(try again.metrics().first?["validation"]?["loss"]?.number == first.outcome.validation?.loss)
    },
    KeyCase("init.fresh") { (lab: Lab) throws in
      let first = try lab.train(lab.language())
      let other = lab.language("gpt2", ["\"n_positions\": 6"])
      let start = "\"weights\": \"\(first.directory)/best/model.safetensors\""
      #expect(throws: Diagnostics.self) { try lab.train(other + ["init={\(start)}"]) }
      _ = try lab.train(other + ["init={\(start), \"fresh\": [\"transformer.wpe.*\"]}"])
      #expect(throws: Diagnostics.self) { try lab.train(other + ["init={\(start), \"fresh\": [\"transformer.wpe.*\", \"none.*\"]}"]) }
    },
    KeyCase("init.ignore") { (lab: Lab) throws in
      let first = try lab.train(lab.language("gpt2", ["\"n_layer\": 2"]))
      let start = "\"weights\": \"\(first.directory)/best/model.safetensors\""
      #expect(throws: Diagnostics.self) { try lab.train(lab.language() + ["init={\(start)}"]) }
      _ = try lab.train(lab.language() + ["init={\(start), \"ignore\": [\"transformer.h.1.*\"]}"])
    },
    KeyCase("train.freeze") { (lab: Lab) throws in
      let frozen = lab.language().map {
        $0.hasPrefix("train=") ? $0.replacing("\"max_steps\"", with: "\"freeze\": [\"transformer.h.0.*\"], \"max_steps\"") : $0
      }
      let start = try lab.train(lab.language() + ["optimizer.learning_rate=1e-30", "optimizer.weight_decay=0"]).allValues()
      let end = try lab.train(frozen).allValues()
      for (name, values) in start {
        // Biases that start at 0 move by the smallest learning rate there is.
        let isSame = zip(values, end[name] ?? []).allSatisfy { abs($0 - $1) < 1e-20 }
        #expect(isSame == name.hasPrefix("transformer.h.0."), "\(name)")
      }
      #expect(throws: Diagnostics.self) { try lab.train(frozen.map { $0.replacing("transformer.h.0.*", with: "none.*") }) }
    },
  ]
}
