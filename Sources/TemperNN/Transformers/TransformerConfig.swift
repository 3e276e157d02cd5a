import TemperJSON

/// A config with the dropout rates of a transformer, which `regularization.dropout` replaces.
public protocol TransformerDropoutKeys {
  /// The constant dropout rates of the model's own keys, each with its default.
  var dropoutRates: [(key: String, rate: Double, standard: Double)] { get }
}

/// The config of a transformer, the block `model`.
public protocol TransformerConfig: TransformerDropoutKeys, Sendable, Equatable {
  /// The value of `model.type`.
  static var type: String { get }
  /// A one-line description.
  static var doc: String { get }
  /// Whether tokens attend only to earlier ones: for generating text rather than filling in masked tokens.
  static var isCausal: Bool { get }
  /// The keys of the hidden size and of the maximum sequence length.
  static var keys: (width: String, contextLength: String) { get }
  /// Reads the block.
  init(_ c: FieldReader)
  /// The number of blocks.
  var layers: Int { get }
  /// The attention heads of a block.
  var heads: Int { get }
  /// The width of a token between blocks.
  var width: Int { get }
  /// The maximum number of tokens in a sequence.
  var contextLength: Int { get }
  /// The number of tokens; nil for that of the tokenizer.
  var vocabularySize: Int? { get }
  /// Whether blocks are recomputed in the backward pass instead of storing their activations.
  var recomputesBlocks: Bool { get }
  /// The model with a head for a vocabulary: for the next token, or for masked ones. `dropout` replaces its own rates.
  func languageModel(_ scope: ParameterScope, vocabulary: Int, dropout: TransformerDropout?) -> any TokenModel
}

extension TransformerConfig {
  /// The model with its own dropout rates.
  public func languageModel(_ scope: ParameterScope, vocabulary: Int) -> any TokenModel {
    languageModel(scope, vocabulary: vocabulary, dropout: nil)
  }

  /// `gpt2 4 x 128, 4 heads`.
  public var summary: String { "\(Self.type) \(layers) x \(width), \(heads) heads" }
}

extension TransformerConfig {
  /// Whether `other` is an equal config of the same type.
  package func isEqual(to other: any TransformerConfig) -> Bool { (other as? Self) == self }
}
