import TemperCore
import TemperJSON

// What a folder for `transformers` holds beside weights and tokenizer.

extension PretrainedConfig {
  /// The content of config.json.
  ///
  /// - Throws: A classifier over the mean of all tokens has no counterpart there.
  public func huggingFace() throws(Diagnostics) -> JSON {
    var members: [(String, JSON)] = [
      ("architectures", [.string(architecture)]), ("dtype", "float32"), ("vocab_size", .integer(vocabularySize)),
    ]
    members += specialTokens.members
    switch config {
    case .gpt2(let config): members += Self.members(config)
    case .llama(let config): members += Self.members(config)
    case .bert(let config):
      if case .classifier = head, config.pooling == .mean {
        throw Diagnostics(
          .unsupportedModel, at: .option("pooling"),
          "the model sees the mean of all tokens; transformers' BertForSequenceClassification has only the first one's pooler. "
            + "Train with \"pooling\": \"cls\" for a model that can be exported.")
      }
      members += Self.members(config)
    }
    if case .classifier(let labels, let problem) = head {
      members += [
        ("id2label", .object(labels.enumerated().map { (String($0.offset), .string($0.element)) })),
        ("label2id", .object(labels.enumerated().map { ($0.element, .integer($0.offset)) })),
        ("problem_type", .string(problem.rawValue)),
      ]
    }
    return .object(members)
  }

  /// The content of generation_config.json; nil for a model that does not continue text.
  public func huggingFaceGeneration() -> JSON? {
    guard head == .causal else { return nil }
    return .object((generationTokens ?? specialTokens).members + [("use_cache", true)])
  }

  private var architecture: String {
    switch (config, head) {
    case (.gpt2, _): "GPT2LMHeadModel"
    case (.llama, _): "LlamaForCausalLM"
    case (.bert, .classifier): "BertForSequenceClassification"
    case (.bert, .none): "BertModel"
    case (.bert, _): "BertForMaskedLM"
    }
  }

  private static func members(_ config: GPT2Config) -> [(String, JSON)] {
    [
      ("model_type", "gpt2"), ("n_positions", .integer(config.contextLength)), ("n_embd", .integer(config.width)),
      ("n_layer", .integer(config.layers)), ("n_head", .integer(config.heads)), ("n_inner", .integer(config.innerWidth)),
      ("activation_function", .string(config.activation.huggingFaceName ?? "")), ("resid_pdrop", .number(config.residualDropout)),
      ("embd_pdrop", .number(config.embeddingDropout)), ("attn_pdrop", .number(config.attentionDropout)),
      ("layer_norm_epsilon", .number(config.normEpsilon)), ("initializer_range", .number(config.initializerRange)),
      ("tie_word_embeddings", .bool(config.tiesEmbeddings)), ("use_cache", true),
    ]
  }

  private static func members(_ config: LlamaConfig) -> [(String, JSON)] {
    [
      ("model_type", "llama"), ("hidden_size", .integer(config.width)), ("intermediate_size", .integer(config.innerWidth)),
      ("num_hidden_layers", .integer(config.layers)), ("num_attention_heads", .integer(config.heads)),
      ("num_key_value_heads", .integer(config.keyValueHeads)), ("head_dim", .integer(config.headWidth)), ("hidden_act", "silu"),
      ("max_position_embeddings", .integer(config.contextLength)), ("rms_norm_eps", .number(config.normEpsilon)),
      // The first form is that of transformers before version 5.
      ("rope_theta", .number(config.ropeTheta)),
      ("rope_parameters", .object([("rope_type", "default"), ("rope_theta", .number(config.ropeTheta))])),
      ("attention_bias", .bool(config.hasAttentionBias)), ("attention_dropout", .number(config.attentionDropout)),
      ("mlp_bias", .bool(config.hasInnerBias)),
      ("initializer_range", .number(config.initializerRange)), ("tie_word_embeddings", .bool(config.tiesEmbeddings)),
      ("use_cache", true),
    ]
  }

  private static func members(_ config: BertConfig) -> [(String, JSON)] {
    [
      ("model_type", "bert"), ("hidden_size", .integer(config.width)), ("num_hidden_layers", .integer(config.layers)),
      ("num_attention_heads", .integer(config.heads)), ("intermediate_size", .integer(config.innerWidth)),
      ("hidden_act", .string(config.activation.huggingFaceName ?? "")), ("hidden_dropout_prob", .number(config.hiddenDropout)),
      ("attention_probs_dropout_prob", .number(config.attentionDropout)), ("max_position_embeddings", .integer(config.contextLength)),
      ("type_vocab_size", .integer(config.tokenTypes)), ("layer_norm_eps", .number(config.normEpsilon)),
      ("initializer_range", .number(config.initializerRange)), ("tie_word_embeddings", true),
    ]
  }
}
