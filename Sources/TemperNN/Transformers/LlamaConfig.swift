import TemperCore
import TemperJSON

/// The config of a LLaMA. Keys are those of Hugging Face's config.json.
public struct LlamaConfig: Sendable, Equatable {
  /// The width of a token between blocks.
  public let width: Int
  /// The hidden units of a block's feed-forward layer.
  public let feedForwardWidth: Int
  /// The number of blocks.
  public let layers: Int
  /// The query heads of a block.
  public let heads: Int
  /// The key and value heads; each is shared by the same number of query heads.
  public let keyValueHeads: Int
  /// The width of a head, an even number.
  public let headWidth: Int
  /// The maximum number of tokens in a sequence.
  public let contextLength: Int
  /// Added to the mean square in normalisation.
  public let normEpsilon: Double
  /// The base of the rotary embedding's wavelengths.
  public let ropeTheta: Double
  /// Whether the output layer is tied to the token embeddings.
  public let tiesEmbeddings: Bool
  /// Dropout of attention weights.
  public let attentionDropout: Double
  /// Whether the four linear layers of attention have biases.
  public let hasAttentionBias: Bool
  /// Whether the three linear layers of the feed-forward layer have biases.
  public let hasInnerBias: Bool
  /// The standard deviation of initial weights.
  public let initializerRange: Double
  /// Whether blocks are recomputed in the backward pass instead of storing their activations.
  public let recomputesBlocks: Bool
  /// The number of tokens; nil for that of the tokenizer.
  public let vocabularySize: Int?

  /// Reads the block.
  public init(_ c: FieldReader) {
    width = c.integer("hidden_size", default: 128, in: 1...100_000, doc: "Hidden size.")
    // Two thirds of four times the width, as a gated unit has three matrices instead of two (Shazeer 2020).
    feedForwardWidth =
      c.optionalInteger(
        "intermediate_size", in: 1...1_000_000,
        doc: "Hidden units of a block's feed-forward layer; `null`: 8/3 of `hidden_size`, rounded up to a multiple of 32.")
      ?? (8 * width + 95) / 96 * 32
    layers = c.integer("num_hidden_layers", default: 4, in: 1...1000, doc: "Number of blocks.")
    heads = c.integer("num_attention_heads", default: 4, in: 1...1000, doc: "Query heads of a block.")
    keyValueHeads =
      c.optionalInteger(
        "num_key_value_heads", in: 1...1000,
        doc: "Key and value heads, a divisor of `num_attention_heads`; `null`: the same number.") ?? heads
    let headWidth = c.optionalInteger(
      "head_dim", in: 2...100_000, doc: "Width of a head, an even number; `null`: `hidden_size` / `num_attention_heads`.")
    self.headWidth = headWidth ?? width / heads
    contextLength = c.integer("max_position_embeddings", default: 128, in: 1...1_000_000, doc: "Maximum sequence length in tokens.")
    normEpsilon = c.number("rms_norm_eps", default: 1e-6, in: .above(0), doc: "Added to the mean square in normalisation.")
    ropeTheta = c.number("rope_theta", default: 10000, in: .above(0), doc: "Base of the rotary embedding's wavelengths.")
    tiesEmbeddings = c.tieWordEmbeddings(default: false)
    attentionDropout = c.number("attention_dropout", default: 0, in: 0..<1, doc: "Dropout of attention weights.")
    hasAttentionBias = c.bool("attention_bias", default: false, doc: "Use biases in attention.")
    hasInnerBias = c.bool("mlp_bias", default: false, doc: "Use biases in the feed-forward layer.")
    initializerRange = c.initializerRange()
    recomputesBlocks = c.gradientCheckpointing()
    vocabularySize = c.vocabularySize()
    if heads % keyValueHeads != 0 {
      c.fail(
        "num_key_value_heads", .invalidValue, "is \(keyValueHeads), which does not divide num_attention_heads, \(heads)",
        with: ["num_attention_heads"])
    }
    if let headWidth, headWidth % 2 != 0 {
      c.fail("head_dim", .invalidValue, "is \(headWidth); rotary embeddings require an even number")
    } else if headWidth == nil, width % heads != 0 || self.headWidth % 2 != 0 {
      c.fail(
        "hidden_size", .invalidValue,
        "is \(width), not a multiple of twice num_attention_heads, \(heads); change one of them, or set head_dim",
        with: ["num_attention_heads", "head_dim"])
    }
  }
}

extension LlamaConfig: TransformerConfig {
  /// See ``TransformerConfig``.
  public static var type: String { "llama" }
  /// See ``TransformerConfig``.
  public static var doc: String { "LLaMA: a decoder with rotary positions, gated units and grouped-query attention." }
  /// See ``TransformerConfig``.
  public static var isCausal: Bool { true }
  /// See ``TransformerConfig``.
  public static var keys: (width: String, contextLength: String) { ("hidden_size", "max_position_embeddings") }

  /// See ``TransformerConfig``.
  public var dropoutRates: [(key: String, rate: Double, standard: Double)] { [("attention_dropout", attentionDropout, 0)] }

  /// See ``TransformerConfig``.
  public func languageModel(_ scope: ParameterScope, vocabulary: Int, dropout: TransformerDropout?) -> any TokenModel {
    Llama(scope, self, vocabulary: vocabulary, dropout: dropout)
  }
}
