import TemperCore
import TemperJSON

/// The config of a BERT. Keys are those of Hugging Face's config.json, except `pooling`.
public struct BertConfig: Sendable, Equatable {
  /// How a classifier pools a sequence. The raw value is the name in a config.
  public enum Pooling: String, CaseIterable, Sendable {
    /// The first token, `[CLS]`, through BERT's pooler.
    case cls
    /// The mean of all tokens.
    case mean
  }

  /// The width of a token between blocks.
  public let width: Int
  /// The number of blocks.
  public let layers: Int
  /// The attention heads of a block.
  public let heads: Int
  /// The hidden units of a block's feed-forward layer.
  public let feedForwardWidth: Int
  /// The activation of these units.
  public let activation: Activation
  /// The dropout rate after the embeddings, after each half of a block and before a classifier.
  public let hiddenDropout: Double
  /// The dropout rate of attention weights.
  public let attentionDropout: Double
  /// The maximum number of tokens in a sequence.
  public let contextLength: Int
  /// How many segment types the file has embeddings for; all tokens are of the first.
  public let tokenTypes: Int
  /// Added to the variance in layer normalisation.
  public let normEpsilon: Double
  /// The standard deviation of initial weights.
  public let initializerRange: Double
  /// How a classifier pools a sequence.
  public let pooling: Pooling
  /// Whether blocks are recomputed in the backward pass instead of storing their activations.
  public let recomputesBlocks: Bool
  /// The number of tokens; nil for that of the tokenizer.
  public let vocabularySize: Int?

  private static let standardDropout = 0.1

  /// Reads the block.
  public init(_ c: FieldReader) {
    width = c.transformerWidth()
    layers = c.transformerLayers()
    heads = c.transformerHeads()
    feedForwardWidth = c.feedForwardWidth(width)
    activation = c.transformerActivation("hidden_act", default: .gelu, doc: "Activation of the hidden units.")
    hiddenDropout = c.number(
      "hidden_dropout_prob", default: Self.standardDropout, in: 0..<1,
      doc: "Dropout after the embeddings and half-blocks, and before a classifier.")
    attentionDropout = c.number(
      "attention_probs_dropout_prob", default: Self.standardDropout, in: 0..<1, doc: "Dropout of attention weights.")
    contextLength = c.integer("max_position_embeddings", default: 128, in: 1...1_000_000, doc: "Maximum sequence length in tokens.")
    tokenTypes = c.integer(
      "type_vocab_size", default: 2, in: 1...1000, doc: "Segment types that the weights have embeddings for; all tokens are of the first."
    )
    normEpsilon = c.number("layer_norm_eps", default: 1e-12, in: .above(0), doc: "Added to the variance in layer normalisation.")
    initializerRange = c.initializerRange()
    pooling = c.choice(
      "pooling", default: Pooling.cls, doc: "Input of a classifier: the first token (through BERT's pooler), or the mean of all tokens.")
    recomputesBlocks = c.gradientCheckpointing()
    vocabularySize = c.vocabularySize()
    c.demandWholeHeads(width: width, heads: heads)
  }
}

extension BertConfig: TransformerConfig {
  /// See ``TransformerConfig``.
  public static var type: String { "bert" }
  /// See ``TransformerConfig``.
  public static var doc: String { "BERT: a bidirectional encoder." }
  /// See ``TransformerConfig``.
  public static var isCausal: Bool { false }
  /// See ``TransformerConfig``.
  public static var keys: (width: String, contextLength: String) { ("hidden_size", "max_position_embeddings") }

  /// See ``TransformerConfig``.
  public var dropoutRates: [(key: String, rate: Double, standard: Double)] {
    [
      ("hidden_dropout_prob", hiddenDropout, Self.standardDropout),
      ("attention_probs_dropout_prob", attentionDropout, Self.standardDropout),
    ]
  }

  /// See ``TransformerConfig``.
  public func languageModel(_ scope: ParameterScope, vocabulary: Int, dropout: TransformerDropout?) -> any TokenModel {
    BertMaskedLM(scope, self, vocabulary: vocabulary, dropout: dropout)
  }
}
