import TemperCore

/// BERT without a head, with or without its pooler: Hugging Face's `BertModel` as it is stored, for a model with a new head to begin with.
///
/// Parameters: `bert.*`, `bert.pooler.dense.*` where there is a pooler.
public struct BertEncoder {
  private let bert: Bert
  private let pooler: Linear?

  /// Makes or loads the parameters of an encoder of `vocabulary` tokens.
  public init(_ scope: ParameterScope, _ config: BertConfig, vocabulary: Int, hasPooler: Bool) {
    bert = Bert(scope["bert"], config, vocabulary: vocabulary)
    pooler = hasPooler ? Self.pooler(scope, config) : nil
  }

  /// The layer over the state of the first token.
  static func pooler(_ scope: ParameterScope, _ config: BertConfig) -> Linear {
    Linear(
      scope["bert"]["pooler"]["dense"], inputs: config.width, outputs: config.width, activation: .tanh,
      initializer: .normal(deviation: config.initializerRange))
  }
}
