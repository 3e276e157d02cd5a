import TemperJSON
import TemperText

/// What `data` of the type `text` says: text to learn a language from, and the tokens it is made of.
public struct TextConfig: Sendable {
  /// Where text comes from.
  public enum Source: Sendable, Equatable {
    /// One text, whose end is held out.
    case single([String], validation: Double?, test: Double?, order: TextSplitOrder)
    /// A text for each part.
    case parts(train: [String], validation: [String]?, test: [String]?)
  }

  /// The files and folders.
  public let source: Source
  /// The field of JSON lines that has the text.
  public let field: String
  /// What separates the documents of a text file; nil where a file is one.
  public let separator: String?
  /// What text is cut into.
  public let tokenizer: TokenizerConfig
  /// Whether the windows of training keep to one document each.
  public let keepsToDocuments: Bool
  /// The folder that tokens are kept in from run to run; nil for nowhere.
  public let cache: String?

  /// Whether some of the text is for validation.
  var holdsOutValidation: Bool {
    switch source {
    case .single(_, let share, _, _): share != nil
    case .parts(_, let files, _): files != nil
    }
  }

  /// The keys of the block that hold paths.
  static let pathKeys = ["path", "train", "validation", "test", "cache"]

  /// Reads the block.
  public init(_ c: FieldReader) {
    let paths = ValueReader<[String]>.oneOrMany(.string, count: 1...100_000)
    let path = c.optional(
      "path", paths,
      doc:
        "The text: files, or folders of .txt, .md and .jsonl files. Its end is held out for validation, or what data.split says; relative to this config."
    )
    let train = c.optional("train", paths, doc: "The text to learn from, if it has files of its own.")
    let validation = c.presence("validation", paths, doc: "The files of the validation text; `null` for none.")
    let test = c.optional("test", paths, doc: "The files of the test text.")
    let split = c.optionalObject("split", doc: "How much of `path` is held out.") { c in
      (
        c.presence(
          "validation", .number(in: .above(0, below: 1)), doc: "Share of the text for validation; a tenth by default, `null` for none."),
        c.optionalNumber("test", in: .above(0, below: 1), doc: "Share of the text for the test, before that for validation."),
        c.choice(
          "order", default: TextSplitOrder.end,
          doc:
            "What is held out: the `end` of the text; documents (`shuffle_documents`) or blocks of 4 kB (`shuffle_blocks`) drawn by the seed, "
            + "for a text whose end is of another kind.")
      )
    }
    if path != nil, train != nil {
      c.fail("train", .contradiction, "contradicts data.path: give one text to split, or train, validation and test files", with: ["path"])
    } else if path == nil, train == nil {
      c.fail("", .missingKey, "needs \"path\", the text to learn from, or \"train\" and other files", with: ["path", "train"])
    } else if path != nil, let extra = ["validation", "test"].first(where: { c.has($0) }) {
      c.fail(extra, .contradiction, "is a file beside data.train; with data.path use data.split", with: ["path"])
    } else if train != nil, c.has("split") {
      c.fail("split", .contradiction, "splits the text of data.path, and data.train gives files for each part", with: ["train"])
    }
    if let train {
      var files: [String]?
      if case .value(let paths) = validation { files = paths }
      source = .parts(train: train, validation: files, test: test)
    } else {
      var share: Double? = 0.1
      switch split?.0 {
      case .value(let value)?: share = value
      case .null?: share = nil
      case .absent?, nil: break
      }
      if let share, let test = split?.1, share + test >= 1 {
        c.fail("split", .invalidValue, "holds all of the text out and leaves nothing to learn from; lower validation or test")
      }
      source = .single(path ?? [], validation: share, test: split?.1, order: split?.2 ?? .end)
    }
    field = c.string("field", default: "text", doc: "The field of JSON lines that has the text.")
    separator = c.optionalString(
      "separator", doc: "What separates the documents of a text file, such as `<|endoftext|>`; by default a file is one document.")
    if let separator, separator.isEmpty { c.fail("separator", .invalidValue, "is empty; name what stands between documents, or remove it") }
    tokenizer = c.object("tokenizer", doc: "What text is cut into.") { TokenizerConfig($0) }
    keepsToDocuments = c.bool(
      "within_documents", default: false,
      doc: "Whether the windows of training keep to one document each; by default documents follow one another in them.")
    cache = c.optionalString(
      "cache", doc: "A folder that tokens are kept in from run to run; relative to this config. By default text is tokenized anew.")
  }
}

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

/// What `data` of a table says of the column with texts to tell apart.
public struct TextColumnConfig: Sendable {
  /// The column with the texts.
  public let column: String
  /// What texts are cut into; nil for models that need no tokens.
  public let tokenizer: TokenizerConfig?
  /// The most tokens of a text; nil for as many as the model takes.
  public let maxLength: Int?

  /// Reads the keys of a table's data block; nil where no column of texts is named.
  static func read(_ c: FieldReader) -> TextColumnConfig? {
    let column = c.optionalString(
      "text", doc: "The column with texts, for models that read them, `bert` and `ngram_linear`; other columns are not looked at then.")
    let tokenizer = c.optionalObject(
      "tokenizer", doc: "What texts are cut into for `bert`; by default pieces of words, trained on the training texts."
    ) { TokenizerConfig($0, standard: "wordpiece") }
    let maxLength = c.optionalInteger(
      "max_length", in: 4...1_000_000,
      doc: "Tokens of the longest text for `bert`; by default all its positions. Of a longer one the first are taken.")
    guard let column else {
      if let key = ["tokenizer", "max_length"].first(where: { c.isSet($0) }) {
        c.fail(key, .invalidValue, "is about texts, and data.text names no column; name it, or remove \(key)", with: ["text"])
      }
      return nil
    }
    let features = ["columns", "normalize", "impute", "missing_values", "rare", "unknown", "normalize_target"]
    if let key = features.first(where: { c.isSet($0) }) {
      c.fail(key, .invalidValue, "is about columns of features, and with data.text no other column is looked at; remove it", with: ["text"])
    }
    return TextColumnConfig(column: column, tokenizer: tokenizer, maxLength: maxLength)
  }

  /// The same for `model`: one that reads tokens has a tokenizer.
  func fitted(to model: ModelConfig, _ c: FieldReader) -> TextColumnConfig {
    guard model.transformer == nil else {
      return TextColumnConfig(column: column, tokenizer: tokenizer ?? .standardWordPieces, maxLength: maxLength)
    }
    if tokenizer != nil || maxLength != nil {
      c.fail(
        tokenizer == nil ? "data.max_length" : "data.tokenizer", .invalidValue, "is not read by a model that needs no tokens; remove it",
        with: ["model.type"])
    }
    return self
  }
}
