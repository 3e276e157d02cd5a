import TemperCore

/// The embedding of texts as bags of n-grams, like fastText (Joulin et al. 2016): the mean of the embeddings of a text's n-grams, their sum, or
/// the sum over the root of their number.
///
/// Parameters: `weight` `[buckets, width]`, initially zero.
public struct TextEmbedding {
  private let table: Parameter
  private let pooling: BagMode
  private let dropout: Dropout?
  /// The numbers that the texts of a row become.
  public let width: Int

  /// Makes or loads the table of `buckets` rows of `width` numbers, which are dropped at the rate `dropout`.
  public init(_ scope: ParameterScope, buckets: Int, width: Int, pooling: BagMode, dropout: Double = 0) {
    table = scope.parameter("weight", [buckets, width], .zeros, stored: .usedRows)
    (self.width, self.pooling) = (width, pooling)
    self.dropout = dropout > 0 ? Dropout(scope, rate: dropout) : nil
  }

  /// The pooled embeddings of each bag, `[bags, width]`. Gradients are sparse, by row.
  public func callAsFunction(_ bags: TokenBags, _ context: Context) -> Tensor {
    let pooled = embeddingBag(table.value, bags, mode: pooling)
    return dropout?(pooled, context) ?? pooled
  }
}
