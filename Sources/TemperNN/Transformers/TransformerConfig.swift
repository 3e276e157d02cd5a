import TemperJSON

/// The shape of a transformer, as a config's `model` gives it.
public protocol TransformerConfig: Sendable, Equatable {
  /// The value of `model.type`.
  static var type: String { get }
  /// One line about it.
  static var doc: String { get }
  /// Whether a token sees only those before it: a model that continues text, and not one that fills gaps.
  static var isCausal: Bool { get }
  /// The keys of the width of a token and of the most tokens of a sequence.
  static var keys: (width: String, contextLength: String) { get }
  /// Reads the block.
  init(_ c: FieldReader)
  /// How many blocks there are.
  var layers: Int { get }
  /// The attention heads of a block.
  var heads: Int { get }
  /// The width of a token between blocks.
  var width: Int { get }
  /// The most tokens a sequence may have.
  var contextLength: Int { get }
  /// How many tokens there are; nil for as many as the tokenizer has.
  var vocabularySize: Int? { get }
  /// Whether a block is computed again for its derivative instead of keeping what happened in it.
  var recomputesBlocks: Bool { get }
  /// The model with a head for the tokens of a vocabulary: of the next token, or of masked ones.
  func languageModel(_ scope: ParameterScope, vocabulary: Int) -> any TokenModel
}

extension TransformerConfig {
  /// `gpt2 4 x 128, 4 heads`.
  public var summary: String { "\(Self.type) \(layers) x \(width), \(heads) heads" }
}

extension TransformerConfig {
  /// Whether `other` is a config of the same type that says the same.
  package func isEqual(to other: any TransformerConfig) -> Bool { (other as? Self) == self }
}
