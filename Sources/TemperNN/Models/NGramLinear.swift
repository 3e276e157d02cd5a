import TemperCore

/// A linear classifier of bags of hashed n-grams, as fastText is (Joulin et al. 2016): the mean of the embeddings of a text's n-grams, then a
/// linear layer to the classes. A strong baseline for topics and languages, and trained in seconds.
///
/// Parameters: `embeddings.weight` `[buckets, width]`, uniform within 1 / width as fastText has it, and `output.*`, which start at zero, so that
/// the first loss is that of guessing.
public struct NGramLinear {
  private let table: Parameter
  private let output: Linear
  /// How long a text's mean is.
  public let width: Int

  /// Makes or loads the parameters, for ids below `buckets`.
  public init(_ scope: ParameterScope, buckets: Int, width: Int, classes: Int) {
    table = scope["embeddings"].parameter("weight", [buckets, width], .uniform(bound: 1 / Double(width)))
    output = Linear(scope["output"], inputs: width, outputs: classes, initializer: .zeros)
    self.width = width
  }

  /// It has no hidden units that could die.
  public var units: [Units] { [] }

  /// One text is enough to train on.
  public var smallestBatch: Int { 1 }

  /// Operations of a training step on a text of `ngrams`: three products with the output layer, and each n-gram added once on either way.
  public func operationsPerRow(ngrams: Int) -> Int { 6 * output.weight.shape.count + 3 * ngrams * width }

  /// The logits of each bag, `[bags, classes]`. Gradients of the table are kept by rows.
  public func callAsFunction(_ bags: TokenBags, _ context: Context) -> Tensor {
    let mean = embeddingBag(table.value, bags, mode: .mean)
    context.taps?("embeddings", mean)
    return output(mean)
  }
}
