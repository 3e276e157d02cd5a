import TemperData
import TemperJSON

/// The `data.tokenizer` block.
public enum TokenizerConfig: Sendable, Equatable {
  /// A token is a byte.
  case bytes
  /// A token is a character of the training text.
  case characters
  /// Tokens are frequent byte sequences of the training text.
  case bytePairs(vocabulary: Int, minFrequency: Int)
  /// Tokens are words and word pieces of the training text.
  case wordPieces(vocabulary: Int, minFrequency: Int)
  /// An existing tokenizer.
  case file(String)

  /// The keys of the block that hold paths.
  static let pathKeys = ["path"]

  /// The default for text classifiers.
  static let standardWordPieces = TokenizerConfig.wordPieces(vocabulary: 8192, minFrequency: 2)

  /// Reads the block, whose default type is `standard`.
  public init(_ c: FieldReader, standard: String = "chars") {
    func vocabulary(_ c: FieldReader) -> Int {
      c.integer("vocab_size", default: 8192, in: 300...1_000_000, doc: "Maximum number of tokens.")
    }
    func minFrequency(_ c: FieldReader) -> Int {
      c.integer("min_frequency", default: 2, in: 1...1_000_000_000, doc: "Minimum frequency of a pair to become a token.")
    }
    self = c.variant(
      "type", default: standard, doc: "Tokenizer type.",
      [
        .init("chars", "Each character of the training text is a token.") { _ in .characters },
        .init("bytes", "Each byte is a token.") { _ in .bytes },
        .init("bpe", "Byte-level byte pair encoding, trained on the training text.") { c in
          .bytePairs(vocabulary: vocabulary(c), minFrequency: minFrequency(c))
        },
        .init("wordpiece", "BERT's lower-case word pieces without accents, trained on the training text.") { c in
          .wordPieces(vocabulary: vocabulary(c), minFrequency: minFrequency(c))
        },
        .init("file", "A Hugging Face tokenizer.json.") { c in
          .file(c.string("path", doc: "The tokenizer.json; relative to this config."))
        },
      ])
  }
}
