import TemperCore
import TemperJSON
import TemperText

/// A `data` block of the type `text`: the text for language modeling, and its tokenizer.
public struct TextConfig: Sendable {
  /// The source of the text.
  public enum Source: Sendable, Equatable {
    /// One text, part of which is held out.
    case single([String], validation: Double?, test: Double?, order: TextSplitOrder)
    /// A text for each split.
    case parts(train: [String], validation: [String]?, test: [String]?)
  }

  /// The files and folders.
  public let source: Source
  /// The field of JSON lines that contains the text.
  public let field: String
  /// The separator between documents of a text file; nil if each file is one document.
  public let separator: String?
  /// The tokenizer.
  public let tokenizer: TokenizerConfig
  /// Whether each training window stays within one document.
  public let keepsToDocuments: Bool
  /// The number of random sequences planted into the training text.
  public let canaries: Int
  /// The folder in which tokens are cached between runs; nil for none.
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
        "Text files, or folders of .txt, .md and .jsonl files; the end is held out by default (see data.split). Relative to this config."
    )
    let train = c.optional("train", paths, doc: "Files of the training text, if it is separate.")
    let validation = c.presence("validation", paths, doc: "Files of the validation text; `null` for none.")
    let test = c.optional("test", paths, doc: "Files of the test text.")
    let split = c.optionalObject("split", doc: "Held-out parts of `path`.") { c in
      (
        c.presence(
          "validation", .number(in: .above(0, below: 1)), doc: "Fraction of the text for validation; a tenth by default, `null` for none."),
        c.optionalNumber("test", in: .above(0, below: 1), doc: "Fraction of the text for the test, before that for validation."),
        c.choice(
          "order", default: TextSplitOrder.end,
          doc:
            "What is held out: the `end` of the text; random documents (`shuffle_documents`) or blocks of 4 kB (`shuffle_blocks`), "
            + "for a text whose end differs from the rest.")
      )
    }
    if path != nil, train != nil {
      c.fail(
        "train", .contradiction, "cannot be combined with data.path; use one text to split, or train, validation and test files",
        with: ["path"])
    } else if path == nil, train == nil {
      c.fail("", .missingKey, "requires \"path\", the text to train on, or \"train\" and other files", with: ["path", "train"])
    } else if path != nil, let extra = ["validation", "test"].first(where: { c.has($0) }) {
      c.fail(extra, .contradiction, "requires data.train; with data.path use data.split instead", with: ["path"])
    } else if train != nil, c.has("split") {
      c.fail(
        "split", .contradiction, "splits data.path, but data.train sets the files of each split; remove one of the two", with: ["train"])
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
        c.fail("split", .invalidValue, "leaves no text for training; lower validation or test")
      }
      source = .single(path ?? [], validation: share, test: split?.1, order: split?.2 ?? .end)
    }
    field = c.string("field", default: "text", doc: "Field of JSON lines that contains the text.")
    separator = c.optionalString(
      "separator", doc: "Separator between the documents of a text file, such as `<|endoftext|>`; by default a file is one document.")
    if let separator, separator.isEmpty { c.fail("separator", .invalidValue, "is empty; set the text between documents, or remove it") }
    tokenizer = c.object("tokenizer", doc: "Tokenizer.") { TokenizerConfig($0) }
    keepsToDocuments = c.bool(
      "within_documents", default: false,
      doc: "Keep each training window within one document; by default windows span documents.")
    canaries = c.integer(
      "canaries", default: 0, in: 0...1000,
      doc: "Sequences of random tokens planted into the training text, for the monitor canaries_memorized; other splits stay as they are.")
    cache = c.optionalString(
      "cache", doc: "Folder in which tokens are cached between runs; relative to this config. By default text is tokenized in each run.")
  }
}
