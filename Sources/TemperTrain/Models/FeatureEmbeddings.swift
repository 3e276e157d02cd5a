import TemperJSON
import TemperNN

/// The embeddings of numbers, categories and texts before the first layer of a model.
public struct FeatureEmbeddings: Sendable {
  /// Of numeric columns; nil for none.
  public let numbers: NumericEmbeddingConfig?
  /// Of categorical columns; nil for none.
  public let categories: CategoryEmbeddingConfig?
  /// Of text columns; nil for features of their words.
  public let texts: TextEmbeddingConfig?

  /// Reads the keys of a model's block; `areDefault` says whether there are embeddings without them.
  init(_ c: FieldReader, areDefault: Bool) {
    numbers = c.object("numeric_embedding", doc: "Embedding of numeric columns, before the first layer.") {
      NumericEmbeddingConfig.read($0, isDefault: areDefault)
    }
    categories = c.object("category_embedding", doc: "Embedding of categorical columns, before the first layer.") {
      CategoryEmbeddingConfig.read($0, isDefault: areDefault)
    }
    texts = c.object("text_embedding", doc: "Embedding of text columns, beside the features.") { TextEmbeddingConfig.read($0) }
  }
}
