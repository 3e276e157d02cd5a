import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

/// Configs and names of Hugging Face.
@Suite struct PretrainedConfigTests {
  private func config(_ text: String) throws -> PretrainedConfig {
    try PretrainedConfig(huggingFace: JSON.parse(text, path: "config.json"), path: "config.json")
  }

  @Test(arguments: TransformerGolden.all) func whatIsWrittenSaysWhatTransformersSays(_ golden: TransformerGolden) throws {
    let theirs = try golden.configFile()
    let ours = try golden.pretrained().huggingFace()
    for member in try #require(theirs.members) {
      guard let own = ours[member.name] else {
        // What we leave out says nothing about the model, or is the default.
        let silent = [
          "add_cross_attention", "classifier_dropout", "is_decoder", "pretraining_tp", "reorder_and_upcast_attn", "scale_attn_weights",
          "scale_attn_by_inverse_layer_idx", "summary_activation", "summary_first_dropout", "summary_proj_to_labels", "summary_type",
          "summary_use_proj", "transformers_version", "use_cache",
        ]
        #expect(silent.contains(member.name), "\(member.name)")
        continue
      }
      switch member.name {
      case "n_inner": #expect(own == (member.value.isNull ? 32 : member.value))
      case "rope_parameters", "label2id":
        #expect(Set(try #require(own.members).map { "\($0.name) \($0.value)" }).count == member.value.members?.count)
      default: #expect(own == member.value, "\(member.name)")
      }
    }
  }

  @Test(arguments: TransformerGolden.all) func whatIsWrittenReadsBack(_ golden: TransformerGolden) throws {
    let pretrained = try golden.pretrained()
    let again = try PretrainedConfig(huggingFace: pretrained.huggingFace(), path: "config.json")
    #expect(again.config.isEqual(to: pretrained.config))
    #expect(again.head == pretrained.head)
    #expect(again.specialTokens == pretrained.specialTokens)
  }

  @Test func dropoutIsKept() throws {
    let given = try config(
      #"{"model_type": "llama", "vocab_size": 9, "attention_dropout": 0.2}"#)
    let llama = try #require(given.config as? LlamaConfig)
    #expect(llama.attentionDropout == 0.2)
    #expect(try given.huggingFace()["attention_dropout"] == 0.2)
  }

  @Test func absentKeysMeanWhatTheyMeanToTransformers() throws {
    let gpt2 = try #require(
      try config(#"{"model_type": "gpt2", "vocab_size": 50257, "n_ctx": 512, "eos_token_id": 7}"#).config as? GPT2Config)
    let llama = try #require(
      try config(#"{"model_type": "llama", "vocab_size": 32000, "rope_theta": 500000}"#).config as? LlamaConfig)
    let bert = try #require(try config(#"{"model_type": "bert", "vocab_size": 30522}"#).config as? BertConfig)
    #expect([gpt2.layers, gpt2.heads, gpt2.width, gpt2.contextLength, gpt2.feedForwardWidth] == [12, 12, 768, 512, 3072])
    #expect(gpt2.activation == .geluTanh && gpt2.residualDropout == 0.1 && gpt2.tiesEmbeddings && gpt2.vocabularySize == 50257)
    #expect([llama.width, llama.feedForwardWidth, llama.layers, llama.heads, llama.keyValueHeads] == [4096, 11008, 32, 32, 32])
    #expect(llama.headWidth == 128 && llama.contextLength == 2048 && llama.ropeTheta == 500_000 && !llama.tiesEmbeddings)
    #expect([bert.width, bert.layers, bert.heads, bert.feedForwardWidth, bert.contextLength] == [768, 12, 12, 3072, 512])
    #expect(bert.activation == .gelu && bert.normEpsilon == 1e-12 && bert.hiddenDropout == 0.1)
  }

  @Test func headsAndTokensAreRead() throws {
    let eos = try config(#"{"model_type": "gpt2", "vocab_size": 9, "bos_token_id": 1, "eos_token_id": [2, 3], "pad_token_id": null}"#)
    #expect(eos.specialTokens == SpecialTokenIDs(beginning: 1, ends: [2, 3]) && eos.head == .causal)
    #expect(try config(#"{"model_type": "bert", "vocab_size": 9}"#).head == .masked)
    let classifier = #"{"model_type": "bert", "vocab_size": 9, "architectures": ["BertForSequenceClassification"]"#
    #expect(try config(classifier + "}").head == .classifier(labels: ["LABEL_0", "LABEL_1"], problem: .singleLabel))
    #expect(try config(classifier + #", "num_labels": 1}"#).head == .classifier(labels: ["LABEL_0"], problem: .regression))
    let labels = #", "id2label": {"0": "a", "1": "b"}, "problem_type": "multi_label_classification"}"#
    #expect(try config(classifier + labels).head == .classifier(labels: ["a", "b"], problem: .multiLabel))
  }

  /// As `transformers` 5.24 reads them.
  @Test(arguments: [
    (#""rope_theta": 1e4, "rope_parameters": {"rope_type": "default", "rope_theta": 50}"#, 50.0),
    (#""rope_theta": 1e4, "rope_scaling": {"rope_type": "default", "rope_theta": 50}"#, 50),
    (#""rope_parameters": {"rope_theta": 50}, "rope_scaling": {"type": "default", "rope_theta": 60}"#, 60),
    (#""rope_theta": 70, "rope_parameters": {"rope_theta": 50}, "rope_scaling": {"rope_type": "default"}"#, 70),
    (#""rope_theta": 70, "rope_parameters": {"rope_theta": 50}, "rope_scaling": {}"#, 50),
    (#""rope_theta": 70, "rope_parameters": {}, "rope_scaling": null"#, 70), (#""rope_theta": null"#, 10000), (#""vocab_size": 9"#, 10000),
  ])
  func theBaseOfPositionsIsThatOfTheInnerObject(_ keys: String, _ base: Double) throws {
    let size = keys.hasPrefix("\"vocab") ? "" : #""vocab_size": 9, "#
    let given = try config(#"{"model_type": "llama", \#(size)\#(keys)}"#)
    let llama = try #require(given.config as? LlamaConfig)
    #expect(llama.ropeTheta == base)
  }

  @Test func everyEndOfTextIsKept() throws {
    let text = #"{"model_type": "llama", "vocab_size": 9, "bos_token_id": 1, "eos_token_id": [2, 4], "pad_token_id": -1}"#
    let json = try JSON.parse(text, path: "config.json")
    let generation = SpecialTokenIDs(beginning: 1, ends: [2, 4, 7])
    let read = try PretrainedConfig(huggingFace: json, path: "config.json", generationTokens: generation)
    #expect(read.specialTokens == SpecialTokenIDs(beginning: 1, ends: [2, 4], padding: -1) && read.generationTokens == generation)
    let (config, written) = (try read.huggingFace(), try #require(read.huggingFaceGeneration()))
    #expect(config["eos_token_id"] == [2, 4] && config["bos_token_id"] == 1 && config["pad_token_id"] == -1)
    #expect(written["eos_token_id"] == [2, 4, 7] && written["bos_token_id"] == 1 && written["pad_token_id"] == .null)
    #expect(try PretrainedConfig(huggingFace: json, path: "c").huggingFaceGeneration()?["eos_token_id"] == [2, 4])
  }

  @Test(arguments: ["\"x\"", "1.5", "9223372036854775807", "[1, null]", "{}", "true"])
  func anIdThatIsNoneIsNamed(_ value: String) throws {
    for key in ["bos_token_id", "eos_token_id", "pad_token_id"] {
      let error = #expect(throws: Diagnostics.self) { try config(#"{"model_type": "gpt2", "vocab_size": 9, "\#(key)": \#(value)}"#) }
      #expect(error?.list.first?.message.hasPrefix(key) == true)
    }
  }

  @Test(arguments: [
    (#"{"model_type": "gptj", "vocab_size": 9}"#, "model_type"),
    (#"{"model_type": "bert", "vocab_size": 9, "architectures": ["BertForSequenceClassification"], "num_labels": 0}"#, "num_labels"),
    (
      #"{"model_type": "bert", "vocab_size": 9, "architectures": ["BertForSequenceClassification"], "num_labels": 9000000000000}"#,
      "num_labels"
    ),
    (#"{"vocab_size": 9}"#, "model_type"),
    (#"{"model_type": "gpt2"}"#, "vocab_size"),
    (#"{"model_type": "gpt2", "vocab_size": 9, "scale_attn_by_inverse_layer_idx": true}"#, "scale_attn_by_inverse_layer_idx"),
    (#"{"model_type": "gpt2", "vocab_size": 9, "scale_attn_weights": false}"#, "scale_attn_weights"),
    (#"{"model_type": "gpt2", "vocab_size": 9, "activation_function": "mish"}"#, "activation_function"),
    (#"{"model_type": "gpt2", "vocab_size": 9, "architectures": ["GPT2ForTokenClassification"]}"#, "architectures"),
    (#"{"model_type": "llama", "vocab_size": 9, "rope_scaling": {"type": "linear", "factor": 2.0}}"#, "rope_scaling"),
    (#"{"model_type": "llama", "vocab_size": 9, "rope_parameters": {"rope_type": "llama3", "rope_theta": 1e4}}"#, "rope_parameters"),
    (#"{"model_type": "llama", "vocab_size": 9, "hidden_act": "gelu"}"#, "hidden_act"),
    (#"{"model_type": "llama", "vocab_size": 9, "partial_rotary_factor": 0.5}"#, "partial_rotary_factor"),
    (#"{"model_type": "bert", "vocab_size": 9, "position_embedding_type": "relative_key"}"#, "position_embedding_type"),
    (#"{"model_type": "bert", "vocab_size": 9, "classifier_dropout": 0.3}"#, "classifier_dropout"),
    (#"{"model_type": "bert", "vocab_size": 9, "is_decoder": true}"#, "is_decoder"),
  ])
  func whatIsNotKnownIsRefused(_ text: String, _ key: String) throws {
    let error = #expect(throws: Diagnostics.self) { try config(text) }
    let finding = try #require(error?.list.first)
    #expect(finding.code == .unsupportedModel && finding.message.hasPrefix(key))
  }

  @Test func valuesThatMakeNoModelAreRefusedAtTheirPlace() {
    let error = #expect(throws: Diagnostics.self) { try config(#"{"model_type": "gpt2", "vocab_size": 9, "n_embd": 30, "n_head": 4}"#) }
    #expect(error?.list.first?.place == .file(path: "config.json", line: 1, column: 51))
  }

  @Test func aMeanOfTokensHasNoCounterpart() throws {
    let pretrained = try PretrainedConfig(
      block: ["type": "bert", "pooling": "mean", "vocab_size": 9], head: .classifier(labels: ["a", "b"], problem: .singleLabel))
    #expect(throws: Diagnostics.self) { try pretrained.huggingFace() }
  }
}

/// Files that differ from what `transformers` writes today, in ways that it tolerates.
@Suite struct PretrainedWeightsTests {
  private func logits(_ golden: TransformerGolden, _ weights: SafeTensors) throws -> [UInt32] {
    try LoadedTransformer(golden.pretrained(), weights).logits(golden.tokens(), .evaluation()).bits
  }

  private func tensors(_ weights: SafeTensors) throws -> [(String, Tensor)] {
    try weights.names.map { ($0, try #require(weights.tensor($0))) }
  }

  @Test(arguments: TransformerGolden.all) func thePrefixMayBeMissing(_ golden: TransformerGolden) throws {
    let weights = try golden.weights()
    let prefixes = ["transformer.", "model.", "bert."]
    let bare = weights.renamed { name in prefixes.first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) } ?? name }
    #expect(bare.names != weights.names)
    #expect(try logits(golden, bare) == logits(golden, weights))
  }

  @Test func constantsAreIgnored() throws {
    let extra: [String: [String]] = [
      "gpt2_tied": ["transformer.h.0.attn.bias", "transformer.h.1.attn.masked_bias"],
      "llama_tied": ["model.layers.0.self_attn.rotary_emb.inv_freq"],
      "bert_masked": ["bert.embeddings.position_ids", "bert.pooler.dense.weight", "cls.seq_relationship.bias"],
    ]
    for (name, names) in extra {
      let golden = TransformerGolden(name: name)
      let weights = try golden.weights()
      let more = SafeTensors(tensors: try tensors(weights) + names.map { ($0, .filled([2], 1)) })
      #expect(try logits(golden, more) == logits(golden, weights))
    }
  }

  @Test func oldNamesOfNormsAreKnown() throws {
    let golden = TransformerGolden(name: "bert_masked")
    let weights = try golden.weights()
    let old = weights.renamed { name in
      name.hasSuffix("LayerNorm.weight")
        ? name.dropLast(6) + "gamma" : name.hasSuffix("LayerNorm.bias") ? name.dropLast(4) + "beta" : name
    }
    #expect(old.names != weights.names)
    #expect(try logits(golden, old) == logits(golden, weights))
  }

  @Test(arguments: [
    ("gpt2_tied", "lm_head.weight", "transformer.wte.weight"), ("llama_tied", "lm_head.weight", "model.embed_tokens.weight"),
    ("bert_masked", "cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight"),
    ("bert_masked", "cls.predictions.decoder.bias", "cls.predictions.bias"),
  ])
  func aSharedHeadMayBeThereTwice(_ name: String, _ copy: String, _ original: String) throws {
    let golden = TransformerGolden(name: name)
    let weights = try golden.weights()
    let shared = try #require(weights.tensor(original))
    let twice = SafeTensors(tensors: try tensors(weights) + [(copy, shared)])
    #expect(try logits(golden, twice) == logits(golden, weights))
    let other = SafeTensors(tensors: try tensors(weights) + [(copy, shared + 1)])
    let error = #expect(throws: Diagnostics.self) { try logits(golden, other) }
    #expect(error?.list.first?.code == .contradictoryWeights)
  }

  /// `safetensors.torch.save_model` keeps one name of a tensor that has two, and says so in the metadata.
  @Test(arguments: [
    ("gpt2_tied", "lm_head.weight", "transformer.wte.weight"), ("llama_tied", "lm_head.weight", "model.embed_tokens.weight"),
    ("bert_masked", "cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight"),
    ("bert_masked", "cls.predictions.decoder.bias", "cls.predictions.bias"),
  ])
  func aSharedTensorMayHaveEitherName(_ name: String, _ copy: String, _ original: String) throws {
    let golden = TransformerGolden(name: name)
    let weights = try golden.weights()
    let saved = SafeTensors(
      tensors: try tensors(weights).map { ($0.0 == original ? copy : $0.0, $0.1) }, metadata: [("format", "pt"), (original, copy)])
    #expect(try logits(golden, saved) == logits(golden, weights))
    let kept = SafeTensors(tensors: try tensors(weights), metadata: [(copy, original)])
    #expect(try logits(golden, kept) == logits(golden, weights))
  }

  @Test func twoNamesOfOneParameterAreBothNamed() throws {
    let golden = TransformerGolden(name: "bert_masked")
    let norm = "bert.embeddings.LayerNorm."
    for (modern, old) in [("weight", "gamma"), ("bias", "beta")] {
      let all = try tensors(golden.weights())
      let twice = SafeTensors(tensors: all + [(norm + old, try #require(all.first { $0.0 == norm + modern }?.1))])
      let error = #expect(throws: Diagnostics.self) { try logits(golden, twice) }
      let message = try #require(error?.list.first).description
      #expect(message.contains(norm + modern) && message.contains(norm + old), "\(message)")
    }
  }

  @Test func aLongMismatchIsCutToAScreen() throws {
    let golden = TransformerGolden(name: "gpt2_tied")
    let extra = (0..<5000).map { ("stranger.\($0)", Tensor.filled([1], 0)) }
    let error = #expect(throws: WeightMismatch.self) { try logits(golden, SafeTensors(tensors: try tensors(golden.weights()) + extra)) }
    let message = try #require(error).description
    #expect(message.contains("stranger.9 and 4990 more") && message.utf8.count < 500, "\(message)")
  }

  @Test func strangersAreStillNamed() throws {
    let golden = TransformerGolden(name: "gpt2_tied")
    let more = SafeTensors(tensors: try tensors(golden.weights()) + [("transformer.h.7.ln_1.weight", .filled([8], 1))])
    let error = #expect(throws: WeightMismatch.self) { try logits(golden, more) }
    #expect(error?.unexpected == ["transformer.h.7.ln_1.weight"])
  }

  @Test func shardsJoin() throws {
    let golden = TransformerGolden(name: "llama_untied")
    let weights = try golden.weights()
    let first = weights.renamed { $0.contains("layers.0") ? $0 : nil }
    let second = weights.renamed { $0.contains("layers.0") ? nil : $0 }
    let shards = try [first, second].map { try SafeTensors(parsing: $0.bytes, path: "shard") }
    let joined = try #require(SafeTensors(joining: shards))
    #expect(try logits(golden, joined) == logits(golden, weights))
    #expect(SafeTensors(joining: [first, first]) == nil)
  }
}
