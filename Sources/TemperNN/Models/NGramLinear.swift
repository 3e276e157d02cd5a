import TemperCore

/// A linear classifier of hashed n-grams, like fastText (Joulin et al. 2016): the mean of the embeddings of a text's n-grams, or their sum over the
/// root of their number, then a linear layer to the classes. A strong baseline for topic and language classification that trains in seconds.
///
/// Parameters: `embeddings.weight` `[buckets, width]`, initially zero, so that the first loss is that of guessing, and `output.*`, whose
/// weight is initially uniform within 1 / √width. fastText does it the other way round; here an n-gram not seen in training adds nothing to
/// a text's sum, and a file holds only the rows of those seen. Activations: `embeddings`, their mean, and `output`, the logits.
public struct NGramLinear: HeadedModel {
  private let embedding: TextEmbedding
  /// The layer to the classes.
  public let head: Head
  /// The width of the embeddings.
  public var width: Int { embedding.width }

  /// Makes or loads the parameters, for ids below `buckets`; with `clusters` the last layer is that of an adaptive softmax.
  public init(_ scope: ParameterScope, buckets: Int, width: Int, pooling: BagMode = .mean, classes: Int, clusters: ClassClusters? = nil) {
    embedding = TextEmbedding(scope["embeddings"], buckets: buckets, width: width, pooling: pooling)
    let initializer = Initializer.uniform(bound: 1 / Double(width).squareRoot())
    head = Head(scope["output"], inputs: width, outputs: classes, clusters: clusters, initializer: initializer)
  }

  /// Empty: it has no hidden units that could die.
  public var units: [HiddenUnits] { [] }

  /// The pooled embeddings.
  public var featureName: String? { "embeddings" }

  /// Batches of one text can be trained on.
  public var minimumBatchSize: Int { 1 }

  /// Operations of a training step on a text of `length` n-grams: three products with the output layer, and each n-gram added once in
  /// either direction.
  public func operationsPerRow(length: Int) -> Int { 6 * head.weightsPerRow + 3 * length * width }

  /// The logits of each bag, `[bags, classes]`. Gradients of the embeddings are sparse, by row.
  public func callAsFunction(_ bags: TokenBags, _ context: Context) -> Tensor {
    let logits = head(features(bags, context))
    context.hooks?("output", logits)
    return logits
  }

  /// The pooled embeddings of each bag, `[bags, width]`.
  public func features(_ bags: TokenBags, _ context: Context) -> Tensor {
    let pooled = embedding(bags, context)
    context.hooks?("embeddings", pooled)
    return pooled
  }
}
