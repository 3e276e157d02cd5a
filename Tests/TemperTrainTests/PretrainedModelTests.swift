import TemperCore
import TemperJSON
import TemperNN
import TemperRunSupport
import TemperTestSupport
import TemperText
import Testing

@testable import TemperTrain

/// Folders of `transformers`: read, written, and loaded there.
@Suite struct PretrainedModelTests {
  private static let names = ["gpt2_tied", "gpt2_untied", "llama_tied", "llama_untied", "bert_masked", "bert_classifier"]

  private func golden(_ name: String) -> String { Goldens.folder + "/transformers/" + name }

  @Test(arguments: names) func whatIsWrittenReadsBack(_ name: String) throws {
    let folder = TemporaryFolder()
    let model = try PretrainedModel(reading: golden(name))
    try model.write(to: folder("out"))
    let again = try PretrainedModel(reading: folder("out"))
    #expect(again.config.config.isEqual(to: model.config.config) && again.config.head == model.config.head)
    #expect(again.store.arena.bits == model.store.arena.bits)
    #expect(TestFiles.names(folder("out")).contains("generation_config.json") == !name.hasPrefix("bert"))
    #expect(throws: Diagnostics.self) { try model.write(to: folder("out")) }
  }

  @Test func shardsAreJoined() throws {
    let folder = TemporaryFolder()
    TestFiles.copy(golden("llama_tied"), to: folder("m"))
    let weights = try SafeTensors(parsing: TestFiles.bytes(folder("m/model.safetensors"))!, path: "model.safetensors")
    TestFiles.remove(folder("m/model.safetensors"))
    for (shard, isFirst) in [("a.safetensors", true), ("b.safetensors", false)] {
      TestFiles.write(weights.renamed { $0.contains("layers.0") == isFirst ? $0 : nil }.bytes, to: folder("m/" + shard))
    }
    let places = weights.names.map { "\"\($0)\": \"\($0.contains("layers.0") ? "a" : "b").safetensors\"" }
    folder.write("{\"weight_map\": {\(places.joined(separator: ", "))}}", to: "m/model.safetensors.index.json")
    let joined = try PretrainedModel(reading: folder("m"))
    #expect(try joined.store.arena.bits == PretrainedModel(reading: golden("llama_tied")).store.arena.bits)
  }

  @Test func whatIsMissingIsNamed() throws {
    let folder = TemporaryFolder()
    func code() -> Diagnostic.Code? {
      let error = #expect(throws: Diagnostics.self) { try PretrainedModel(reading: folder.path) }
      return error?.list.first?.code
    }
    #expect(code() == .noPretrainedModel)
    TestFiles.write(try #require(TestFiles.bytes(golden("gpt2_untied") + "/config.json")), to: folder("config.json"))
    #expect(code() == .noPretrainedModel)
    TestFiles.write(try #require(TestFiles.bytes(golden("gpt2_tied") + "/model.safetensors")), to: folder("model.safetensors"))
    #expect(code() == .unfitWeights)
  }

  @Test(.enabled(if: Peer.has("torch", "transformers"), "\(Peer.reason("torch", "transformers"))"), arguments: names)
  func transformersComputesTheSame(_ name: String) throws {
    let folder = TemporaryFolder()
    let model = try PretrainedModel(reading: golden(name))
    // Weights that transformers has not seen yet.
    let arena = model.store.arena
    for i in 0..<arena.count { arena.pointer[i] *= 1.25 }
    try model.write(to: folder("out"))
    let tokens = TokenBatch(ids: [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8], rows: 2, length: 6, lengths: [6, 4])
    let store = ParameterStore(loading: model.store.saved())
    let vocabulary = model.config.vocabularySize
    let logits =
      if case .classifier(let labels, _) = model.config.head, let config = model.config.config as? BertConfig {
        BertClassifier(store.root, config, vocabulary: vocabulary, outputs: labels.count)(tokens, .evaluation())
      } else {
        model.config.config.languageModel(store.root, vocabulary: vocabulary).logits(tokens, .evaluation())
      }
    let reference: JSON = [
      "ids": [[3, 1, 4, 1, 5, 9], [2, 6, 5, 3, 5, 8]], "lengths": [6, 4],
      "logits": .array(logits.values.map { .number(Double($0)) }),
    ]
    let path = folder.write(reference.serialized(), to: "reference.json")
    let (status, output) = Peer.run(script: "transformers_load.py", [folder("out"), path])
    #expect(status == 0, "\(output)")
    #expect(output.contains("relative_difference"))
  }
}

/// Models of other programs as Temper's own, and back.
@Suite struct ModelInterchangeTests {
  private func golden(_ name: String) -> String { Goldens.folder + "/transformers/" + name }

  /// A tokenizer.json of 19 tokens for the golden models.
  private func addTokenizer(_ folder: TemporaryFolder, _ name: String) {
    let letters = ["<unk>", "<s>", "</s>"] + "abcdefghijklmnop".map(String.init)
    let vocabulary = JSON.object(letters.enumerated().map { ($0.element, .integer($0.offset)) })
    let tokenizer: JSON = [
      "version": "1.0", "truncation": .null, "padding": .null, "added_tokens": [], "normalizer": .null, "pre_tokenizer": .null,
      "post_processor": .null, "decoder": ["type": "Fuse"],
      "model": ["type": "BPE", "unk_token": "<unk>", "vocab": vocabulary, "merges": []],
    ]
    folder.write(tokenizer.serialized(), to: name + "/tokenizer.json")
  }

  @Test(arguments: ["gpt2_tied", "llama_untied", "bert_masked"]) func aModelGoesInAndOut(_ name: String) throws {
    let folder = TemporaryFolder()
    TestFiles.copy(golden(name), to: folder("in"))
    addTokenizer(folder, "in")
    let model = try PretrainedModel(reading: folder("in"))
    try model.writeBundle(to: folder("own"), readFrom: folder("in"))
    let names = TestFiles.names(folder("own"))
    #expect(names == ["bundle.json", "config.json", "model.safetensors", "tokenizer.json"])
    let bundle = try LanguageModel(reading: folder("own"))
    #expect(bundle.task.name == (name == "bert_masked" ? "masked_language_modeling" : "language_modeling"))
    #expect(bundle.store.arena.bits == model.store.arena.bits)

    let out = try LanguageModel(reading: folder("own")).exported()
    try out.write(to: folder("out"))
    let again = try PretrainedModel(reading: folder("out"))
    #expect(again.config.config.isEqual(to: model.config.config))
    #expect(again.store.arena.bits == model.store.arena.bits)
    #expect(TestFiles.names(folder("out")).contains("tokenizer_config.json"))
    #expect(throws: Diagnostics.self) { try out.write(to: folder("out")) }
    #expect(throws: Diagnostics.self) { try model.writeBundle(to: folder("own"), readFrom: folder("in")) }
  }

  /// A text that is to be continued must not be closed: only what a template puts before a text belongs to a prompt.
  @Test func aPromptIsNotClosed() throws {
    let folder = TemporaryFolder()
    TestFiles.copy(golden("llama_untied"), to: folder("in"))
    addTokenizer(folder, "in")
    let plain = TestFiles.text(folder("in/tokenizer.json"))
    func special(_ name: String, _ id: Int) -> String { "\"\(name)\": {\"id\": \"\(name)\", \"ids\": [\(id)], \"tokens\": [\"\(name)\"]}" }
    let closing =
      "{\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"<s>\", \"type_id\": 0}}, "
      + "{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}, {\"SpecialToken\": {\"id\": \"</s>\", \"type_id\": 0}}], \"pair\": "
      + "[{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}, {\"Sequence\": {\"id\": \"B\", \"type_id\": 1}}], "
      + "\"special_tokens\": {\(special("<s>", 1)), \(special("</s>", 2))}}"
    func generated(_ processor: String, _ name: String) throws -> (ids: [Int32], text: [UInt8]) {
      folder.write(plain.replacingFirst("\"post_processor\":null", with: "\"post_processor\":" + processor), to: "in/tokenizer.json")
      try PretrainedModel(reading: folder("in")).writeBundle(to: folder(name), readFrom: folder("in"))
      let bundle = try LanguageModel(reading: folder(name))
      var options = GenerationOptions()
      (options.maxTokens, options.sampling.temperature) = (6, 0)
      let text = try bundle.generate("abc", options).text
      return (try bundle.tokenizer.encode(beginning: "abc"), text)
    }
    let closed = try generated(closing, "closed")
    #expect(closed.ids == [1, 3, 4, 5])
    let open = try generated(closing.replacingFirst(", {\"SpecialToken\": {\"id\": \"</s>\", \"type_id\": 0}}", with: ""), "open")
    #expect(open.ids == closed.ids && open.text == closed.text)
    #expect(try generated("null", "bare").ids == [3, 4, 5])
  }

  /// As checkpoints of sentence embeddings are: `BertModel` alone. A classifier with a new head starts from it.
  @Test func anEncoderWithoutAHeadIsABeginning() throws {
    let folder = TemporaryFolder()
    TestFiles.copy(golden("bert_classifier"), to: folder("in"))
    let config = TestFiles.text(folder("in/config.json"))
    folder.write(config.replacingFirst("BertForSequenceClassification", with: "BertModel"), to: "in/config.json")
    let weights = try SafeTensors(parsing: try #require(TestFiles.bytes(folder("in/model.safetensors"))), path: "w")
    let bare = weights.renamed { $0.hasPrefix("bert.") ? String($0.dropFirst(5)) : nil }
    TestFiles.write(bare.bytes, to: folder("in/model.safetensors"))
    addTokenizer(folder, "in")
    let model = try PretrainedModel(reading: folder("in"))
    #expect(model.config.head == .none && Set(model.store.saved().names) == Set(weights.names.filter { $0.hasPrefix("bert.") }))
    let notes = try model.writeBundle(to: folder("own"), readFrom: folder("in"))
    #expect(notes.contains { $0.contains("init.fresh [\"classifier.*\"]") })
    let error = #expect(throws: Diagnostics.self) { try LanguageModel(reading: folder("own")) }
    #expect(error?.list.first?.code == .noLanguage)

    folder.write("text,kind\n" + (0..<40).map { $0 % 2 == 0 ? "a b c,x\n" : "d e f,y\n" }.joined(), to: "t.csv")
    let block = try #require(try JSON.parse(TestFiles.text(folder("own/config.json")), path: "c")["model"])
    func train(_ name: String, _ start: String, frozen: String) throws -> TrainedRun {
      folder.write(
        """
        {"data": {"path": "t.csv", "label": "kind", "text": "text", "tokenizer": {"type": "file", "path": "own/tokenizer.json"}},
         "model": \(block.serialized()), "init": \(start), "train": {"max_steps": 3, "eval_every_steps": 3, "freeze": \(frozen)}}
        """, to: "c.json")
      return try TemperTrainTests.train(
        try ConfigFile(path: folder("c.json"), overrides: ["output_dir=\(folder("runs"))", "name=\(name)", "early_stopping=null"]))
    }
    let run = try train("a", "{\"run\": \"own\", \"fresh\": [\"classifier.*\"]}", frozen: "[\"bert.*\"]")
    let table = "bert.embeddings.word_embeddings.weight"
    #expect(try run.values(table) == weights.tensor(table)?.values)
    #expect(throws: Diagnostics.self) { try train("b", "{\"run\": \"own\"}", frozen: "[]") }
  }

  @Test func aUnigramTokenizerGoesInAndOut() throws {
    let folder = TemporaryFolder()
    TestFiles.copy(golden("llama_untied"), to: folder("in"))
    let pieces = ["<unk>", "<s>", "</s>", "▁", "▁a", "▁b", "▁c", "▁d"] + "abcdefghijk".map(String.init)
    let metaspace: JSON = ["type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true]
    let tokenizer: JSON = [
      "version": "1.0", "truncation": .null, "padding": .null, "added_tokens": [], "normalizer": ["type": "NFKC"],
      "pre_tokenizer": metaspace, "post_processor": .null, "decoder": metaspace,
      "model": [
        "type": "Unigram", "unk_id": 0,
        "vocab": .array(pieces.enumerated().map { [.string($0.element), .number(-Double($0.offset))] }), "byte_fallback": false,
      ],
    ]
    folder.write(tokenizer.serialized(), to: "in/tokenizer.json")
    try PretrainedModel(reading: folder("in")).writeBundle(to: folder("own"), readFrom: folder("in"))
    let own = try #require(LanguageModel(reading: folder("own")).ownTokenizer)
    #expect(own.encode("a ﬁg") == [4, 3, 13, 16, 14] && own.text([4, 9, 6, 12]) == "ab ce")
    try LanguageModel(reading: folder("own")).exported().write(to: folder("out"))
    #expect(try Tokenizer(reading: folder("out")).json == tokenizer)
  }

  @Test func whatIsNoModelOfLanguageIsRefused() throws {
    let folder = TemporaryFolder()
    func code(_ name: String) throws -> Diagnostic.Code? {
      let error = #expect(throws: Diagnostics.self) {
        try PretrainedModel(reading: golden(name)).writeBundle(to: folder("own"), readFrom: golden(name))
      }
      return error?.list.first?.code
    }
    #expect(try code("bert_classifier") == .unsupportedModel)
    // There is no tokenizer beside it.
    #expect(try code("gpt2_tied") == .noPretrainedModel)
    #expect(TestFiles.names(folder.path).isEmpty)
  }
}
