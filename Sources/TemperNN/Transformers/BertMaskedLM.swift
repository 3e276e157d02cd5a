import TemperCore

/// BERT with a masked language modelling head: a dense layer, then the token embeddings and a bias. Equivalent to Hugging Face's
/// `BertForMaskedLM`.
///
/// Parameters: `bert.*`, `cls.predictions.transform.*` and `cls.predictions.bias`.
public struct BertMaskedLM: TokenModel {
  private let bert: Bert
  private let dense: Linear
  private let norm: LayerNorm
  private let bias: Parameter
  /// See ``Transformer``.
  public let vocabularySize: Int
  /// See ``Transformer``.
  public let parameterCount: Int

  /// Makes or loads the parameters of a model with `vocabulary` tokens; `dropout` replaces the rates of `config`.
  public init(_ scope: ParameterScope, _ config: BertConfig, vocabulary: Int, dropout: TransformerDropout? = nil) {
    let predictions = scope["cls"]["predictions"]
    let (parts, parameters) = scope.collecting {
      let bert = Bert(scope["bert"], config, vocabulary: vocabulary, DropoutPlaces(dropout))
      let bias = predictions.parameter("bias", [vocabulary], .zeros)
      let dense = Linear(
        predictions["transform"]["dense"], inputs: config.width, outputs: config.width, activation: config.activation,
        initializer: .normal(deviation: config.initializerRange))
      let norm = LayerNorm(predictions["transform"]["LayerNorm"], size: config.width, eps: Float(config.normEpsilon))
      return (bert, bias, dense, norm)
    }
    (bert, bias, dense, norm) = parts
    (vocabularySize, parameterCount) = (vocabulary, parameters.trainedElements)
  }

  /// See ``Transformer``.
  public var contextLength: Int { bert.config.contextLength }
  /// See ``Transformer``.
  public var width: Int { bert.config.width }
  /// See ``Transformer``.
  public var units: [HiddenUnits] { bert.units }
  /// See ``Transformer``.
  public var learnedDropout: [LearnedDropout] { bert.learnedDropout }
  /// See ``Transformer``.
  public var attentionShape: (layers: Int, columns: Int) { (bert.config.layers, bert.config.width) }
  /// See ``TokenModel``.
  public var isCausal: Bool { false }
  /// See ``TokenModel``.
  public var head: TokenHead { TokenHead(transform: { norm(dense($0)) }, weight: bert.words, bias: bias) }
  /// See ``TokenModel``.
  public func makeCache(capacity: Int) -> KeyValueCache? { nil }
  /// See ``Transformer``.
  public func hidden(_ tokens: TokenBatch, _ context: Context) -> Tensor { bert(tokens, context) }
}
