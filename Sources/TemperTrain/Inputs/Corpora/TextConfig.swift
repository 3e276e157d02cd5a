import TemperCore
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
