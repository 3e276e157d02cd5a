import TemperCore
import TemperJSON
import TemperText

/// The embedding of text columns beside the features of a table.
public struct TextEmbeddingConfig: Sendable {
  /// Which n-grams are used.
  public let ngrams: NGramConfig
  /// The numbers that the texts of a row become.
  public let width: Int
  /// How the embeddings of n-grams become one.
  public let pooling: BagMode
  /// The share of rows whose texts a training step leaves out.
  public let dropout: Double

  /// Reads the keys of a block with n-grams.
  init(ngrams c: FieldReader, hasDropout: Bool = false) {
    width = c.integer("dim", default: 16, in: 1...10_000, doc: "Embedding dimension of an n-gram.")
    pooling = c.choice(
      "pooling", default: BagMode.mean,
      doc:
        "What the sum of a text's embeddings is divided by: `mean` their number, `sqrt` its square root, `sum` nothing. With `sqrt` long texts "
        + "learn as fast as short ones.")
    ngrams = NGramConfig(c)
    dropout =
      hasDropout
      ? c.number(
        "dropout", default: 0, in: 0..<1, doc: "Share of rows whose texts a training step leaves out, so that the features are learned too."
      ) : 0
  }

  /// Reads the block of a model of features; nil for words as features.
  static func read(_ c: FieldReader) -> TextEmbeddingConfig? {
    c.variant(
      "type", default: "none", doc: "Kind of embedding; by default `none`.",
      [
        .init("none", "Weights of the most frequent words as features.") { _ in nil },
        .init("ngrams", "Learned vectors of hashed n-grams of words and characters, those of all text columns together.") {
          TextEmbeddingConfig(ngrams: $0, hasDropout: true)
        },
      ])
  }
}
