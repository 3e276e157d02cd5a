import TemperCore
import TemperJSON

/// The shape of a BERT. Keys are those of Hugging Face's config.json, but for `pooling`.
public struct BertConfig: Sendable, Equatable {
  /// What a classifier sees of a sequence. The raw value is the name in a config.
  public enum Pooling: String, CaseIterable, Sendable {
    /// The first token, `[CLS]`, after a layer of its own, BERT's pooler.
    case cls
    /// The mean of all tokens.
    case mean
  }

  /// The width of a token between blocks.
  public let width: Int
  /// How many blocks there are.
  public let layers: Int
  /// The attention heads of a block.
  public let heads: Int
  /// The hidden units of a block's perceptron.
  public let innerWidth: Int
  /// The function of these units.
  public let activation: Activation
  /// The rate of dropout behind the embeddings, each half of a block and before a classifier.
  public let hiddenDropout: Double
  /// The rate at which attention weights are dropped.
  public let attentionDropout: Double
  /// The most tokens a sequence may have.
  public let contextLength: Int
  /// How many kinds of segments the file has an embedding for; all tokens are of the first.
  public let tokenTypes: Int
  /// Added to variances.
  public let normEpsilon: Double
  /// The deviation of first weights.
  public let initializerRange: Double
  /// What a classifier sees of a sequence.
  public let pooling: Pooling
  /// Whether a block is computed again for its derivative instead of keeping what happened in it.
  public let recomputesBlocks: Bool
  /// How many tokens there are; nil for as many as the tokenizer has.
  public let vocabularySize: Int?

  /// Reads the block.
  public init(_ c: FieldReader) {
    width = c.integer("hidden_size", default: 128, in: 1...100_000, doc: "Width of a token; a multiple of `num_attention_heads`.")
    layers = c.integer("num_hidden_layers", default: 4, in: 1...1000, doc: "Number of blocks.")
    heads = c.integer("num_attention_heads", default: 4, in: 1...1000, doc: "Attention heads of a block.")
    innerWidth =
      c.optionalInteger(
        "intermediate_size", in: 1...1_000_000, doc: "Hidden units of a block's perceptron; `null`: four times `hidden_size`.")
      ?? 4 * width
    activation = c.transformerActivation("hidden_act", default: .gelu, doc: "Function of the hidden units.")
    hiddenDropout = c.number(
      "hidden_dropout_prob", default: 0.1, in: 0..<1, doc: "Dropout behind the embeddings, each half of a block and before a classifier.")
    attentionDropout = c.number("attention_probs_dropout_prob", default: 0.1, in: 0..<1, doc: "Dropout of attention weights.")
    contextLength = c.integer("max_position_embeddings", default: 128, in: 1...1_000_000, doc: "Most tokens of a sequence.")
    tokenTypes = c.integer(
      "type_vocab_size", default: 2, in: 1...1000, doc: "Kinds of segments that weights have an embedding for; all tokens are of the first."
    )
    normEpsilon = c.number("layer_norm_eps", default: 1e-12, in: .above(0), doc: "Added to the variance in layer normalisation.")
    initializerRange = c.initializerRange()
    pooling = c.choice(
      "pooling", default: Pooling.cls, doc: "What a classifier sees: the first token (through BERT's pooler), or the mean of all tokens.")
    recomputesBlocks = c.gradientCheckpointing()
    vocabularySize = c.vocabularySize()
    if width % heads != 0 {
      c.fail("hidden_size", .invalidValue, "is \(width), no multiple of num_attention_heads, \(heads)", with: ["num_attention_heads"])
    }
  }
}

extension BertConfig: TransformerConfig {
  /// See ``TransformerConfig``.
  public static var type: String { "bert" }
  /// See ``TransformerConfig``.
  public static var doc: String { "BERT: an encoder that sees both sides." }
  /// See ``TransformerConfig``.
  public static var isCausal: Bool { false }
  /// See ``TransformerConfig``.
  public static var keys: (width: String, contextLength: String) { ("hidden_size", "max_position_embeddings") }

  /// See ``TransformerConfig``.
  public func languageModel(_ scope: ParameterScope, vocabulary: Int) -> any TokenModel {
    BertMaskedLM(scope, self, vocabulary: vocabulary)
  }
}
