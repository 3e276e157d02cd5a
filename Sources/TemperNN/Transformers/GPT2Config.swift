import TemperCore
import TemperJSON

/// The shape of a GPT-2. Keys are those of the original and of Hugging Face's config.json.
public struct GPT2Config: Sendable, Equatable {
  /// How many blocks there are.
  public let layers: Int
  /// The attention heads of a block.
  public let heads: Int
  /// The width of a token between blocks.
  public let width: Int
  /// The most tokens a sequence may have.
  public let contextLength: Int
  /// The hidden units of a block's perceptron.
  public let innerWidth: Int
  /// The function of these units.
  public let activation: Activation
  /// The rate of dropout behind the embeddings.
  public let embeddingDropout: Double
  /// The rate at which attention weights are dropped.
  public let attentionDropout: Double
  /// The rate of dropout behind each half of a block.
  public let residualDropout: Double
  /// Added to variances.
  public let normEpsilon: Double
  /// The deviation of first weights.
  public let initializerRange: Double
  /// Whether the table of tokens is the output layer's weight too.
  public let tiesEmbeddings: Bool
  /// Whether a block is computed again for its derivative instead of keeping what happened in it.
  public let recomputesBlocks: Bool
  /// How many tokens there are; nil for as many as the tokenizer has.
  public let vocabularySize: Int?

  /// Reads the block.
  public init(_ c: FieldReader) {
    layers = c.integer("n_layer", default: 4, in: 1...1000, doc: "Number of blocks.")
    heads = c.integer("n_head", default: 4, in: 1...1000, doc: "Attention heads of a block.")
    width = c.integer("n_embd", default: 128, in: 1...100_000, doc: "Width of a token; a multiple of `n_head`.")
    contextLength = c.contextLength("n_positions", earlier: "block_size")
    innerWidth =
      c.optionalInteger("n_inner", in: 1...1_000_000, doc: "Hidden units of a block's perceptron; `null`: four times `n_embd`.")
      ?? 4 * width
    activation = c.transformerActivation("activation_function", default: .geluTanh, doc: "Function of the hidden units.")
    embeddingDropout = c.number("embd_pdrop", default: 0.1, in: 0..<1, doc: "Dropout behind the embeddings.")
    attentionDropout = c.number("attn_pdrop", default: 0.1, in: 0..<1, doc: "Dropout of attention weights.")
    residualDropout = c.number("resid_pdrop", default: 0.1, in: 0..<1, doc: "Dropout behind each half of a block.")
    normEpsilon = c.number("layer_norm_epsilon", default: 1e-5, in: .above(0), doc: "Added to the variance in layer normalisation.")
    initializerRange = c.initializerRange()
    tiesEmbeddings = c.tieWordEmbeddings(default: true)
    recomputesBlocks = c.gradientCheckpointing()
    vocabularySize = c.vocabularySize()
    if width % heads != 0 { c.fail("n_embd", .invalidValue, "is \(width), no multiple of n_head, \(heads)", with: ["n_head"]) }
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
  public func languageModel(_ scope: ParameterScope, vocabulary: Int) -> any TokenModel { GPT2(scope, self, vocabulary: vocabulary) }
}
