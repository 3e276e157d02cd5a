import TemperJSON

/// Which transformer, and its shape.
public enum TransformerConfig: Sendable, Equatable {
  /// GPT-2: a decoder with learned positions.
  case gpt2(GPT2Config)
  /// LLaMA: a decoder with rotary positions, gated units and shared heads of keys and values.
  case llama(LlamaConfig)
  /// BERT: an encoder that sees both sides.
  case bert(BertConfig)

  /// The variants of a config's `model`, to be listed with those that are no transformers.
  public static func variants<Model>(_ wrap: @escaping (TransformerConfig) -> Model) -> [FieldReader.Variant<Model>] {
    [
      .init("gpt2", "GPT-2: a decoder with learned positions.") { wrap(.gpt2(GPT2Config($0))) },
      .init("llama", "LLaMA: a decoder with rotary positions, gated units and shared heads of keys and values.") {
        wrap(.llama(LlamaConfig($0)))
      },
      .init("bert", "BERT: an encoder that sees both sides.") { wrap(.bert(BertConfig($0))) },
    ]
  }

  /// The most tokens a sequence may have.
  public var contextLength: Int {
    switch self {
    case .gpt2(let config): config.contextLength
    case .llama(let config): config.contextLength
    case .bert(let config): config.contextLength
    }
  }

  /// How many tokens there are; nil for as many as the tokenizer has.
  public var vocabularySize: Int? {
    switch self {
    case .gpt2(let config): config.vocabularySize
    case .llama(let config): config.vocabularySize
    case .bert(let config): config.vocabularySize
    }
  }

  /// Whether a token sees only those before it: a model that continues text, and not one that fills gaps.
  public var isCausal: Bool {
    if case .bert = self { false } else { true }
  }

  /// The model with a head for the tokens of a vocabulary: of the next token, or of masked ones.
  public func languageModel(_ scope: ParameterScope, vocabulary: Int) -> any TokenModel {
    switch self {
    case .gpt2(let config): GPT2(scope, config, vocabulary: vocabulary)
    case .llama(let config): Llama(scope, config, vocabulary: vocabulary)
    case .bert(let config): BertMaskedLM(scope, config, vocabulary: vocabulary)
    }
  }

  /// `gpt2 4 x 128, 4 heads`.
  public var summary: String {
    switch self {
    case .gpt2(let config): "gpt2 \(config.layers) x \(config.width), \(config.heads) heads"
    case .llama(let config): "llama \(config.layers) x \(config.width), \(config.heads) heads"
    case .bert(let config): "bert \(config.layers) x \(config.width), \(config.heads) heads"
    }
  }
}
