import TemperCore

/// BERT without a head, with or without its pooler: Hugging Face's `BertModel` as stored, from which a model with a new head can start.
///
/// Parameters: `bert.*`, and `bert.pooler.dense.*` with a pooler.
public struct BertEncoder {
  private let bert: Bert
  private let pooler: Linear?

  /// Makes or loads the parameters of an encoder with `vocabulary` tokens.
  public init(_ scope: ParameterScope, _ config: BertConfig, vocabulary: Int, hasPooler: Bool) {
    bert = Bert(scope["bert"], config, vocabulary: vocabulary)
    pooler = hasPooler ? Self.pooler(scope, config) : nil
  }

  /// The linear layer over the hidden state of the first token.
  static func pooler(_ scope: ParameterScope, _ config: BertConfig) -> Linear {
    Linear(
      scope["bert"]["pooler"]["dense"], inputs: config.width, outputs: config.width, activation: .tanh,
      initializer: .normal(deviation: config.initializerRange))
  }
}
