import TemperCore
import TemperFiles
import TemperJSON
import TemperNN
import TemperRunSupport
import TemperText
import Testing

@testable import TemperTrain

/// Models of language from elsewhere: what ends their texts, how these are written, and what does not fit.
@Suite struct StoredLanguageTests {
  private static let words = ["<s>", "</s>", "a", "b", "c", "<turn>", "d", "e", "<unk>"]

  private func imported(_ model: CountingModel) throws -> LanguageModel {
    try PretrainedModel(reading: model.path).writeBundle(to: model.folder("own"), readFrom: model.path)
    return try LanguageModel(reading: model.folder("own"))
  }

  private func continued(_ bundle: LanguageModel, _ prompt: String, tokens: Int = 12) throws -> Generation {
    var options = GenerationOptions()
    options.sampling = TokenSampling(temperature: 0)
    options.maxTokens = tokens
    return try bundle.generate(prompt, options)
  }

  private func text(_ generation: Generation) -> String { String(decoding: generation.text, as: UTF8.self) }

  @Test(
    arguments: [
      ("\"eos_token_id\": 5", nil, " b c"), ("\"eos_token_id\": [1, 5]", nil, " b c"),
      ("\"eos_token_id\": 7", "\"eos_token_id\": [4, 5]", " b"),
      ("\"eos_token_id\": 5", "\"bos_token_id\": 0", " b c"), ("\"eos_token_id\": 5", "\"eos_token_id\": null", " b c"),
      // What neither names has the usual name, and counting comes to it last.
      ("", nil, " b c <turn> d e <unk>"), ("\"eos_token_id\": []", nil, " b c <turn> d e <unk>"),
      // No row of the model: never met, and no reason to end elsewhere.
      ("\"eos_token_id\": 50256", nil, " b c <turn> d e <unk> a"),
    ] as [(String, String?, String)])
  func anyEndOfTextEndsIt(_ config: String, _ generation: String?, _ expected: String) throws {
    let bundle = try imported(CountingModel(Self.words, config: config, generation: generation))
    let ended = try continued(bundle, "a", tokens: 9)
    #expect(text(ended) == expected)
    #expect((ended.end == .endOfText) == (expected != " b c <turn> d e <unk> a"))
    // A prompt may hold such a token.
    if config.hasSuffix(" 5"), generation == nil { #expect(try text(continued(bundle, "a <turn>")) == " d e <unk> a b c") }
  }

  @Test func whatTheFilesNameIsExportedAgain() throws {
    let model = CountingModel(
      Self.words, config: "\"bos_token_id\": 2, \"eos_token_id\": [5, 7], \"pad_token_id\": 8",
      generation: "\"bos_token_id\": 3, \"eos_token_id\": [5, 7, 1]")
    let bundle = try imported(model)
    // An empty prompt begins with the token that generation_config.json names.
    #expect(try text(continued(bundle, "")) == " c")
    try LanguageModel(reading: model.folder("own")).exported().write(to: model.folder("out"))
    func json(_ name: String) throws -> JSON { try JSON.parse(TestFiles.text(model.folder("out/" + name)), path: name) }
    let (config, generation, names) = (try json("config.json"), try json("generation_config.json"), try json("tokenizer_config.json"))
    #expect(config["bos_token_id"] == 2 && config["eos_token_id"] == [5, 7] && config["pad_token_id"] == 8)
    #expect(generation["bos_token_id"] == 3 && generation["eos_token_id"] == [5, 7, 1])
    #expect(names["eos_token"] == "<turn>" && names["pad_token"] == "<unk>" && names["bos_token"] == "a")
    // And once more.
    let again = try PretrainedModel(reading: model.folder("out"))
    #expect(again.config.specialTokens == bundle.specialTokens.config && again.config.generationTokens == bundle.specialTokens.generation)
  }

  @Test func promptAndContinuationAreOneText() throws {
    let metaspace = "\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"first\", \"split\": true"
    let model = CountingModel(
      ["<s>", "</s>", "▁the", "▁cat", "▁sat", "▁on", "<unk>"], config: "\"eos_token_id\": 6",
      tokenizer: "\"pre_tokenizer\": {\(metaspace)}, \"decoder\": {\(metaspace)}")
    let bundle = try imported(model)
    #expect(try text(continued(bundle, "the cat")) == " sat on")
    var streamed: [UInt8] = []
    var options = GenerationOptions()
    options.sampling = TokenSampling(temperature: 0)
    let whole = try bundle.generate("the", options) { streamed += $0 }
    #expect(streamed == whole.text && text(whole) == " cat sat on")
    options.stops = ["t s"]
    #expect(try text(bundle.generate("the", options)) == " ca")
    // Behind a beginning that is no text, the first word has no space.
    let begun = try imported(
      CountingModel(
        ["</s>", "<s>", "▁the", "▁cat", "<unk>"], config: "\"eos_token_id\": 4",
        tokenizer: "\"pre_tokenizer\": {\(metaspace)}, \"decoder\": {\(metaspace)}"))
    #expect(try text(continued(begun, "")) == "the cat")
  }

  @Test func aTokenWithoutAnEmbeddingIsRefusedWhereItIsUsed() throws {
    let model = CountingModel(Self.words, rows: 7, config: "\"eos_token_id\": 5")
    let notes = try PretrainedModel(reading: model.path).writeBundle(to: model.folder("own"), readFrom: model.path)
    #expect(notes == ["the model has embeddings for 7 tokens, but not for \"e\", \"<unk>\": texts with them are rejected"])
    let bundle = try LanguageModel(reading: model.folder("own"))
    #expect(try text(continued(bundle, "a")) == " b c")
    let error = #expect(throws: Diagnostics.self) { try continued(bundle, "a e") }
    #expect(error?.list.first?.code == .unknownText && error?.list.first?.message.contains("\"e\" has the id 7") == true)
    let good = model.folder.write("a b c", to: "good.txt")
    #expect(try bundle.evaluate([good]).loss != nil)
    let bad = model.folder.write("a b\nc e", to: "bad.txt")
    let refused = #expect(throws: Diagnostics.self) { try bundle.evaluate([bad]) }
    #expect(refused?.list.first?.code == .noRow && refused.map { ExitStatus($0) } == .data)
    try LanguageModel(reading: model.folder("own")).exported().write(to: model.folder("out"))
  }

  @Test func tensorsTooManyAreLeftOutOnRequest() throws {
    let model = CountingModel(Self.words, extra: [("score.weight", .filled([2, 32], 1))])
    let error = #expect(throws: Diagnostics.self) { try PretrainedModel(reading: model.path) }
    let message = try #require(error).description
    #expect(message.contains("score.weight") && message.contains("--ignore-extra"), "\(message)")
    let read = try PretrainedModel(reading: model.path, ignoringExtra: true)
    #expect(read.ignoredTensors == ["score.weight (F32)"])
    let notes = try read.writeBundle(to: model.folder("own"), readFrom: model.path)
    #expect(notes.count == 1 && notes[0].contains("score.weight (F32)"))
    #expect(try LanguageModel(reading: model.folder("own")).store.parameters.count == read.store.parameters.count)
    // What is missing is still an error.
    let weights = try SafeTensors(parsing: TestFiles.bytes(model.path + "/model.safetensors")!, path: "m")
    TestFiles.write(weights.renamed { $0 == "model.norm.weight" ? nil : $0 }.bytes, to: model.path + "/model.safetensors")
    #expect(throws: Diagnostics.self) { try PretrainedModel(reading: model.path, ignoringExtra: true) }
  }

  @Test func aTypeThatIsNotReadIsNamed() throws {
    let model = CountingModel(Self.words)
    let path = model.path + "/model.safetensors"
    // The header of one tensor says the type and the shape that its bytes have as eighths.
    let text = String(decoding: TestFiles.bytes(path)!, as: UTF8.self)
    let named = #""model.norm.weight":{"dtype":"F32","shape":[32]"#
    try #require(text.contains(named))
    TestFiles.write(
      replaced(Array(named.utf8), with: Array(#""model.norm.weight":{"dtype":"F8_E4M3","shape":[128]"#.utf8), in: TestFiles.bytes(path)!),
      to: path)
    let error = #expect(throws: Diagnostics.self) { try PretrainedModel(reading: model.path) }
    let message = try #require(error).description
    #expect(message.contains("model.norm.weight") && !message.contains("damaged"), "\(message)")
  }

  /// A safetensors file with one piece of its header replaced.
  private func replaced(_ old: [UInt8], with new: [UInt8], in file: [UInt8]) -> [UInt8] {
    let start = file.indices.first { file[$0...].starts(with: old) }!
    let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) } + new.count - old.count
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + file[8..<start] + new + file[(start + old.count)...]
  }

  @Test func notesOfATokenizerReachTheImport() throws {
    let model = CountingModel(
      Self.words, tokenizer: "\"pre_tokenizer\": {\"type\": \"WhitespaceSplit\"}, \"truncation\": {\"max_length\": 4}")
    let notes = try PretrainedModel(reading: model.path).writeBundle(to: model.folder("own"), readFrom: model.path)
    #expect(notes == ["\"truncation\" of \(model.path)/tokenizer.json is ignored"])
  }

  @Test(arguments: [
    ("vocab_size", ["-48", "0", "48000000000", "9223372036854775807", "null", "\"x\"", "1.5"]),
    ("step", ["-1", "9223372036854775807", "\"x\"", "[]"]), ("special_tokens", ["{\"eos_token_id\": \"x\"}", "{\"bos_token_id\": 1e300}"]),
  ])
  func factsOutOfRangeAreDamage(_ key: String, _ values: [String]) throws {
    let model = CountingModel(Self.words)
    _ = try imported(model)
    let path = model.folder("own/bundle.json")
    let facts = try #require(JSON.parse(TestFiles.text(path), path: path).members)
    for value in values {
      let changed = JSON.object(
        try facts.filter { $0.name != key }.map { ($0.name, $0.value) } + [(key, JSON.parse(value, path: "v"))])
      TestFiles.write(Array(changed.serialized().utf8), to: path)
      try reseal(model.folder("own"))
      let error = #expect(throws: Diagnostics.self, "\(key): \(value)") { try LanguageModel(reading: model.folder("own")) }
      let finding = try #require(error?.list.first)
      let name = key == "special_tokens" ? "token_id" : key
      #expect(finding.message.contains(name) && finding.place.description.contains("bundle.json"), "\(finding)")
      #expect(ExitStatus(Diagnostics([finding])) == .data, "\(finding)")
    }
  }
}

/// What training makes of a model that was imported.
@Suite struct TunedLanguageTests {
  @Test func aTunedModelKeepsTheEndsOfItsTexts() throws {
    let lab = Lab()
    let model = CountingModel(["<s>", "</s>", "a", "b", "c", "<turn>", "<unk>"], config: "\"eos_token_id\": [5, 6]")
    let own = lab.folder("own")
    try PretrainedModel(reading: model.path).writeBundle(to: own, readFrom: model.path)
    lab.folder.write(Array(repeating: "a b c", count: 60).joined(separator: " "), to: "t.txt")
    let keys = [
      "\"num_attention_heads\": 2", "\"hidden_size\": 32", "\"intermediate_size\": 2", "\"max_position_embeddings\": 8",
      "\"tie_word_embeddings\": false",
    ]
    func train(_ tokenizer: String) throws -> LanguageModel {
      let data = ["\"path\": \"\(lab.folder("t.txt"))\"", "\"tokenizer\": {\(tokenizer)}"]
      return try LanguageModel(
        reading: try lab.train(lab.language("llama", keys, data: data) + ["init={\"run\": \"\(own)\", \"fresh\": [\"*\"]}"]).directory)
    }
    let tuned = try train("\"type\": \"file\", \"path\": \"\(own)/tokenizer.json\"")
    #expect(tuned.specialTokens.config == SpecialTokenIDs(ends: [5, 6]))
    #expect(try tuned.boundaries.ends == [5, 6])
    // Ids of another tokenizer mean nothing.
    #expect(try train("\"type\": \"bytes\"").specialTokens.config == nil)
  }
}

/// Texts to classify by a tokenizer without an unknown token.
@Suite struct UnknownClassifierTextTests {
  @Test func aCharacterWithoutATokenIsNamedWithItsRow() throws {
    let lab = Lab()
    let letters = FileBytes(name: "letters", bytes: Array("abcdefghijklmnopqrstuvwxyzS, ".utf8))
    let tokenizer = try Tokenizer.characters(of: letters, special: ["[PAD]"])
    lab.folder.write(tokenizer.json.serialized(), to: "letters.json")
    let file = "\"tokenizer\": {\"type\": \"file\", \"path\": \"\(lab.folder("letters.json"))\"}"
    let error = #expect(throws: Diagnostics.self) { try lab.train(lab.texts("bert", data: [file])) }
    let finding = try #require(error?.list.first)
    #expect(finding.code == .noToken && finding.place.description.contains("texts.csv:"), "\(finding)")
    #expect(finding.message.contains("no token for \""), "\(finding)")
  }
}
