import TemperCore
import TemperJSON

extension GPT2Config: PretrainedArchitecture {
  /// See ``PretrainedArchitecture``.
  public static var architectures: [(name: String, head: PretrainedHead.Kind)] {
    [("GPT2LMHeadModel", .causal), ("GPT2Model", .causal)]
  }

  /// See ``PretrainedArchitecture``.
  public static func translate(_ translation: inout ConfigTranslation) {
    translation.take("n_layer", default: 12)
    translation.take("n_head", default: 12)
    translation.take("n_embd", default: 768)
    translation.take("n_positions", default: translation.given("n_ctx") ?? 1024)
    translation.take("n_inner", default: .null)
    translation.takeActivation("activation_function", default: .geluTanh)
    translation.take("embd_pdrop", default: 0.1)
    translation.take("attn_pdrop", default: 0.1)
    translation.take("resid_pdrop", default: 0.1)
    translation.take("layer_norm_epsilon", default: 1e-5)
    translation.take("initializer_range", default: 0.02)
    translation.take("tie_word_embeddings", default: true)
    translation.insist("scale_attn_weights", on: true)
    translation.insist("scale_attn_by_inverse_layer_idx", on: false)
    translation.insist("add_cross_attention", on: false)
  }

  /// See ``PretrainedArchitecture``.
  public var huggingFaceMembers: [(String, JSON)] {
    [
      ("model_type", "gpt2"), ("n_positions", .integer(contextLength)), ("n_embd", .integer(width)),
      ("n_layer", .integer(layers)), ("n_head", .integer(heads)), ("n_inner", .integer(feedForwardWidth)),
      ("activation_function", .string(activation.huggingFaceName ?? "")), ("resid_pdrop", .number(residualDropout)),
      ("embd_pdrop", .number(embeddingDropout)), ("attn_pdrop", .number(attentionDropout)),
      ("layer_norm_epsilon", .number(normEpsilon)), ("initializer_range", .number(initializerRange)),
      ("tie_word_embeddings", .bool(tiesEmbeddings)), ("use_cache", true),
    ]
  }

  /// See ``PretrainedArchitecture``.
  public func tensorNames(_ head: PretrainedHead) -> PretrainedNames {
    PretrainedNames(
      prefix: "transformer.", outside: ["lm_head."], ignored: [".attn.bias", ".attn.masked_bias"],
      shared: tiesEmbeddings ? [("lm_head.weight", "transformer.wte.weight")] : [])
  }
}
