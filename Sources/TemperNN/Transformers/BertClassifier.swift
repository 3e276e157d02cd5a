import TemperCore

/// BERT with a linear layer over one vector per row: the pooled first token, or the mean of all tokens. The former is equivalent to Hugging
/// Face's `BertForSequenceClassification`.
///
/// Parameters: `bert.*`, `bert.pooler.dense.*` where the first token is used, and `classifier.*`.
public struct BertClassifier: Transformer, HeadedModel {
  private let bert: Bert
  private let pooler: Linear?
  private let dropout: AnyDropout
  /// The layer to the classes.
  public let head: Head
  /// See ``Transformer``.
  public let vocabularySize: Int
  /// See ``Transformer``.
  public let parameterCount: Int

  /// Makes or loads the parameters of a model with `vocabulary` tokens and `outputs` logits or values per row; `dropout` replaces the rates of
  /// `config`, and with `clusters` the last layer is that of an adaptive softmax.
  public init(
    _ scope: ParameterScope, _ config: BertConfig, vocabulary: Int, outputs: Int, clusters: ClassClusters? = nil,
    dropout: TransformerDropout? = nil
  ) {
    let dropouts = DropoutPlaces(dropout)
    let initializer = Initializer.normal(deviation: config.initializerRange)
    let (parts, parameters) = scope.collecting {
      let bert = Bert(scope["bert"], config, vocabulary: vocabulary, dropouts)
      let pooler = config.pooling == .cls ? BertEncoder.pooler(scope, config) : nil
      let head = Head(scope["classifier"], inputs: config.width, outputs: outputs, clusters: clusters, initializer: initializer)
      let dropout = dropouts.make(
        .residual, scope["classifier"], own: config.hiddenDropout, layer: config.layers - 1, units: config.width, of: head.weight)
      return (bert, pooler, head, dropout)
    }
    (bert, pooler, head, self.dropout) = parts
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
  /// See ``Transformer``.
  public func hidden(_ tokens: TokenBatch, _ context: Context) -> Tensor { bert(tokens, context) }

  /// The vector of each row before dropout.
  public var featureName: String? { "features" }
  /// See ``Model``.
  public var minimumBatchSize: Int { 1 }
  /// See ``Model``.
  public func operationsPerRow(length: Int) -> Int { operationsPerToken(length: length) * length }

  /// The logits of each row, `[rows, outputs]`.
  public func callAsFunction(_ tokens: TokenBatch, _ context: Context) -> Tensor { head(features(tokens, context)) }

  /// The vector of each row that goes into the classifier, `[rows, width]`.
  public func features(_ tokens: TokenBatch, _ context: Context) -> Tensor {
    let x = hidden(tokens, context)
    let pooled =
      if let pooler {
        pooler(gather(x.reshaped([tokens.rows * tokens.length, width]), rows: (0..<tokens.rows).map { Int32($0 * tokens.length) }))
      } else {
        sequenceMean(x, lengths: tokens.lengths)
      }
    context.hooks?("features", pooled)
    return dropout(pooled, context)
  }
}
