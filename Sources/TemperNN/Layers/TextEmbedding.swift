import TemperCore

/// The embedding of texts as bags of n-grams, like fastText (Joulin et al. 2016): the mean of the embeddings of a text's n-grams, their sum, or
/// the sum over the root of their number.
///
/// Parameters: `weight` `[buckets, width]`, initially zero.
public struct TextEmbedding {
  private let table: Parameter
  private let pooling: BagMode
  private let dropout: Dropout?
  private let rate: Float
  /// The numbers that the texts of a row become.
  public let width: Int

  /// Makes or loads the table of `buckets` rows of `width` numbers. In training the share `dropout` of the texts is left out.
  public init(_ scope: ParameterScope, buckets: Int, width: Int, pooling: BagMode, dropout: Double = 0) {
    table = scope.parameter("weight", [buckets, width], .zeros, stored: .usedRows)
    (self.width, self.pooling) = (width, pooling)
    (self.dropout, rate) = (dropout > 0 ? Dropout(scope, rate: dropout) : nil, Float(dropout))
  }

  /// The pooled embeddings of each bag, `[bags, width]`, those of texts that are left out zero. Gradients are sparse, by row.
  public func callAsFunction(_ bags: TokenBags, _ context: Context) -> Tensor {
    let pooled = embeddingBag(table.value, bags, mode: pooling)
    guard let dropout, context.isTraining else { return pooled }
    // What is left is not scaled up, as single numbers would be: without its text a row is not the mean of rows with theirs.
    let kept = [Float](repeating: 1 - rate, count: bags.count)
    return pooled * dropout(Tensor([bags.count, 1], kept), context)
  }
}
