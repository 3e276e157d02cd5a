import TemperData
import TemperJSON

/// What `data.tokenizer` says.
public enum TokenizerConfig: Sendable, Equatable {
  /// A byte is a token.
  case bytes
  /// A character of the training text is a token.
  case characters
  /// Frequent sequences of bytes of the training text are tokens.
  case bytePairs(vocabulary: Int, minFrequency: Int)
  /// Words and pieces of words of the training text are tokens.
  case wordPieces(vocabulary: Int, minFrequency: Int)
  /// A tokenizer that exists.
  case file(String)

  /// The keys of the block that hold paths.
  static let pathKeys = ["path"]

  /// What a classifier of texts has unless said otherwise.
  static let standardWordPieces = TokenizerConfig.wordPieces(vocabulary: 8192, minFrequency: 2)

  /// Reads the block, whose type is `standard` where it says none.
  public init(_ c: FieldReader, standard: String = "chars") {
    func vocabulary(_ c: FieldReader) -> Int {
      c.integer("vocab_size", default: 8192, in: 300...1_000_000, doc: "How many tokens there are at most.")
    }
    func minFrequency(_ c: FieldReader) -> Int {
      c.integer("min_frequency", default: 2, in: 1...1_000_000_000, doc: "How often a pair must occur to become a token.")
    }
    self = c.variant(
      "type", default: standard, doc: "What text is cut into.",
      [
        .init("chars", "Each character of the training text is a token.") { _ in .characters },
        .init("bytes", "Each byte is a token.") { _ in .bytes },
        .init("bpe", "Byte-level byte pair encoding, trained on the training text.") { c in
          .bytePairs(vocabulary: vocabulary(c), minFrequency: minFrequency(c))
        },
        .init("wordpiece", "BERT's pieces of words without capitals and accents, trained on the training text.") { c in
          .wordPieces(vocabulary: vocabulary(c), minFrequency: minFrequency(c))
        },
        .init("file", "A Hugging Face tokenizer.json.") { c in
          .file(c.string("path", doc: "The tokenizer.json; relative to this config."))
        },
      ])
  }
}
