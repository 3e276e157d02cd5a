import TemperCore
import TemperJSON

/// The config of a GPT-2. Keys are those of the original and of Hugging Face's config.json.
public struct GPT2Config: Sendable, Equatable {
  /// The number of blocks.
  public let layers: Int
  /// The attention heads of a block.
  public let heads: Int
  /// The width of a token between blocks.
  public let width: Int
  /// The maximum number of tokens in a sequence.
  public let contextLength: Int
  /// The hidden units of a block's feed-forward layer.
  public let feedForwardWidth: Int
  /// The activation of these units.
  public let activation: Activation
  /// The dropout rate after the embeddings.
  public let embeddingDropout: Double
  /// The dropout rate of attention weights.
  public let attentionDropout: Double
  /// The dropout rate after each half of a block.
  public let residualDropout: Double
  /// Added to the variance in layer normalisation.
  public let normEpsilon: Double
  /// The standard deviation of initial weights.
  public let initializerRange: Double
  /// Whether the output layer is tied to the token embeddings.
  public let tiesEmbeddings: Bool
  /// Whether blocks are recomputed in the backward pass instead of storing their activations.
  public let recomputesBlocks: Bool
  /// The number of tokens; nil for that of the tokenizer.
  public let vocabularySize: Int?

  private static let standardDropout = 0.1

  /// Reads the block.
  public init(_ c: FieldReader) {
    layers = c.integer("n_layer", default: 4, in: 1...1000, doc: "Number of blocks.")
    heads = c.integer("n_head", default: 4, in: 1...1000, doc: "Attention heads of a block.")
    width = c.integer("n_embd", default: 128, in: 1...100_000, doc: "Hidden size; a multiple of `n_head`.")
    contextLength = c.contextLength("n_positions", earlier: "block_size")
    feedForwardWidth =
      c.optionalInteger("n_inner", in: 1...1_000_000, doc: "Hidden units of a block's feed-forward layer; `null`: four times `n_embd`.")
      ?? 4 * width
    activation = c.transformerActivation("activation_function", default: .geluTanh, doc: "Activation of the hidden units.")
    embeddingDropout = c.number("embd_pdrop", default: Self.standardDropout, in: 0..<1, doc: "Dropout after the embeddings.")
    attentionDropout = c.number("attn_pdrop", default: Self.standardDropout, in: 0..<1, doc: "Dropout of attention weights.")
    residualDropout = c.number("resid_pdrop", default: Self.standardDropout, in: 0..<1, doc: "Dropout after each half of a block.")
    normEpsilon = c.number("layer_norm_epsilon", default: 1e-5, in: .above(0), doc: "Added to the variance in layer normalisation.")
    initializerRange = c.initializerRange()
    tiesEmbeddings = c.tieWordEmbeddings(default: true)
    recomputesBlocks = c.gradientCheckpointing()
    vocabularySize = c.vocabularySize()
    if width % heads != 0 { c.fail("n_embd", .invalidValue, "is \(width), not a multiple of n_head, \(heads)", with: ["n_head"]) }
  }
}

extension GPT2Config: TransformerConfig {
  /// See ``TransformerConfig``.
  public static var type: String { "gpt2" }
  /// See ``TransformerConfig``.
  public static var doc: String { "GPT-2: a decoder with learned positions." }
  /// See ``TransformerConfig``.
  public static var isCausal: Bool { true }
  /// See ``TransformerConfig``.
  public static var keys: (width: String, contextLength: String) { ("n_embd", "n_positions") }

  /// See ``TransformerConfig``.
  public var dropoutRates: [(key: String, rate: Double, standard: Double)] {
    [
      ("embd_pdrop", embeddingDropout, Self.standardDropout), ("attn_pdrop", attentionDropout, Self.standardDropout),
      ("resid_pdrop", residualDropout, Self.standardDropout),
    ]
  }

  /// See ``TransformerConfig``.
  public func languageModel(_ scope: ParameterScope, vocabulary: Int, dropout: TransformerDropout?) -> any TokenModel {
    GPT2(scope, self, vocabulary: vocabulary, dropout: dropout)
  }
}
