import TemperCore

/// A linear classifier of bags of hashed n-grams, as fastText is (Joulin et al. 2016): the mean of the embeddings of a text's n-grams, then a
/// linear layer to the classes. A strong baseline for topics and languages, and trained in seconds.
///
/// Parameters: `embeddings.weight` `[buckets, width]`, which starts at zero, so that the first loss is that of guessing, and `output.*`, whose
/// weight starts uniform within 1 / √width. fastText has it the other way round; here an n-gram that training has not met adds nothing to a
/// text's sum, and a file holds only the rows of those it has met. Activations: `embeddings`, the mean, and `output`, the logits.
public struct NGramLinear: Model {
  private let table: Parameter
  private let output: Linear
  /// How long a text's mean is.
  public let width: Int

  /// Makes or loads the parameters, for ids below `buckets`.
  public init(_ scope: ParameterScope, buckets: Int, width: Int, classes: Int) {
    table = scope["embeddings"].parameter("weight", [buckets, width], .zeros, stored: .usedRows)
    output = Linear(scope["output"], inputs: width, outputs: classes, initializer: .uniform(bound: 1 / Double(width).squareRoot()))
    self.width = width
  }

  /// It has no hidden units that could die.
  public var units: [HiddenUnits] { [] }

  /// One text is enough to train on.
  public var smallestBatch: Int { 1 }

  /// Operations of a training step on a text of `length` n-grams: three products with the output layer, and each n-gram added once on either way.
  public func operationsPerRow(length: Int) -> Int { 6 * output.weight.shape.count + 3 * length * width }

  /// The logits of each bag, `[bags, classes]`. Gradients of the table are kept by rows.
  public func callAsFunction(_ bags: TokenBags, _ context: Context) -> Tensor {
    let mean = embeddingBag(table.value, bags, mode: .mean)
    context.hooks?("embeddings", mean)
    let logits = output(mean)
    context.hooks?("output", logits)
    return logits
  }
}
