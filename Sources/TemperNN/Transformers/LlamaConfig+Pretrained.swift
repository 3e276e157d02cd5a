import TemperCore
import TemperJSON

extension LlamaConfig: PretrainedArchitecture {
  /// See ``PretrainedArchitecture``.
  public static var architectures: [(name: String, head: PretrainedHead.Kind)] {
    [("LlamaForCausalLM", .causal), ("LlamaModel", .causal)]
  }

  /// See ``PretrainedArchitecture``.
  public static func translate(_ translation: inout ConfigTranslation) {
    translation.take("hidden_size", default: 4096)
    translation.take("intermediate_size", default: 11008)
    translation.take("num_hidden_layers", default: 32)
    translation.take("num_attention_heads", default: 32)
    translation.take("num_key_value_heads", default: .null)
    translation.take("head_dim", default: .null)
    translation.take("max_position_embeddings", default: 2048)
    translation.take("rms_norm_eps", default: 1e-6)
    translation.readRope()
    translation.take("tie_word_embeddings", default: false)
    translation.take("attention_dropout", default: 0.0)
    translation.take("attention_bias", default: false)
    translation.take("mlp_bias", default: false)
    translation.take("initializer_range", default: 0.02)
    translation.insist("hidden_act", on: "silu")
    translation.insist("partial_rotary_factor", on: 1.0)
  }

  /// See ``PretrainedArchitecture``.
  public var huggingFaceMembers: [(String, JSON)] {
    [
      ("model_type", "llama"), ("hidden_size", .integer(width)), ("intermediate_size", .integer(feedForwardWidth)),
      ("num_hidden_layers", .integer(layers)), ("num_attention_heads", .integer(heads)),
      ("num_key_value_heads", .integer(keyValueHeads)), ("head_dim", .integer(headWidth)), ("hidden_act", "silu"),
      ("max_position_embeddings", .integer(contextLength)), ("rms_norm_eps", .number(normEpsilon)),
      // The first form is that of `transformers` before version 5.
      ("rope_theta", .number(ropeTheta)),
      ("rope_parameters", .object([("rope_type", "default"), ("rope_theta", .number(ropeTheta))])),
      ("attention_bias", .bool(hasAttentionBias)), ("attention_dropout", .number(attentionDropout)),
      ("mlp_bias", .bool(hasInnerBias)),
      ("initializer_range", .number(initializerRange)), ("tie_word_embeddings", .bool(tiesEmbeddings)),
      ("use_cache", true),
    ]
  }

  /// See ``PretrainedArchitecture``.
  public func tensorNames(_ head: PretrainedHead) -> PretrainedNames {
    PretrainedNames(
      prefix: "model.", outside: ["lm_head."], ignored: [".rotary_emb.inv_freq"],
      shared: tiesEmbeddings ? [("lm_head.weight", "model.embed_tokens.weight")] : [])
  }
}
