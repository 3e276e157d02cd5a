import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperText

/// The tokenized text of a run, split into parts.
struct PreparedText {
  /// The tokenizer; nil for random tokens.
  let tokenizer: Tokenizer?
  /// The training text, canaries included.
  let train: TokenStore
  /// The validation text.
  let validation: TokenStore?
  /// The test text.
  let test: TokenStore?
  /// The sequences planted into the training text; nil for none.
  let canaries: Canaries?
  /// Whether each window stays within one document.
  let keepsToDocuments: Bool
  /// The files that were read.
  let sources: [DataSource]
  /// Notes on automatic decisions, a line each.
  let notes: [String]

  /// Creates it from tokenized text, and plants `canaries` into the training text. Throws if a split requested by the `data` block of
  /// `file` has no token to predict.
  init(
    _ file: ConfigFile, tokenizer: Tokenizer?, train: TokenStore, validation: TokenStore? = nil, test: TokenStore? = nil,
    canaries: Canaries? = nil, keepsToDocuments: Bool = false, sources: [DataSource] = [], notes: [String] = []
  ) throws(Diagnostics) {
    (self.tokenizer, self.validation, self.test) = (tokenizer, validation, test)
    (self.canaries, self.keepsToDocuments, self.sources, self.notes) = (canaries, keepsToDocuments, sources, notes)
    for (name, store) in [("train", train as TokenStore?), ("validation", validation), ("test", test)] {
      if let store, store.count < 2 {
        throw Diagnostics(
          .noText, at: file.place(of: "data") ?? .wholeFile(path: file.path),
          "data: the \(name) split has no text, or fewer than two tokens")
      }
    }
    self.train = canaries?.plant(in: train, endOfDocument: tokenizer?.specialTokens.end) ?? train
  }

  /// Reads the text of `file`; it is tokenized with `tokenizer`, if one exists already.
  init(of file: ConfigFile, tokenizer: Tokenizer? = nil) throws(Diagnostics) {
    guard let input = file.config.data as? any TokenInput else { fail("the input provides rows, not text") }
    self = try input.read(file, tokenizer: tokenizer)
  }

  /// One of the splits.
  func tokens(_ split: DataSplit) -> TokenStore? {
    switch split {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }

  /// One of the splits; of the training text only as much as there is validation text, or a few windows of `contextLength`, for comparison.
  func evaluated(_ split: DataSplit, contextLength: Int) -> TokenStore? {
    guard split == .train else { return tokens(split) }
    let count = min(train.count, max(validation?.count ?? 0, 10 * contextLength))
    return count == train.count ? train : TokenStore(train[0..<count], vocabularySize: train.vocabularySize)
  }

  /// The vocabulary size of a model of `shape`: as configured, or that of the tokenizer.
  func vocabularySize(for shape: any LanguageModelConfig, _ file: ConfigFile) throws(Diagnostics) -> Int {
    guard let size = shape.vocabularySize else { return train.vocabularySize }
    if size < train.vocabularySize {
      throw file.mistake("model.vocab_size", "is \(size), but the tokenizer has \(train.vocabularySize) tokens; raise it, or remove it")
    }
    return size
  }
}

extension WindowObjective {
  /// The objective of a model that takes windows of `kind`. Masks are drawn from `random`, and ids are below `vocabulary`.
  init(_ kind: SampleKind?, _ tokenizer: Tokenizer?, vocabulary: Int, random: RandomStreams) throws(Diagnostics) {
    guard kind == .maskedTokens else {
      self = .nextToken
      return
    }
    let special = tokenizer?.specialTokens.all.filter { $0 < vocabulary } ?? []
    guard let mask = tokenizer?.specialTokens.mask, special.contains(mask) else {
      throw Diagnostics(
        .noMask, at: .option("data.tokenizer"),
        "masked language modeling requires a mask token such as [MASK], but the tokenizer has none; use wordpiece, or another file"
      )
    }
    self = .masked(TokenMasking(mask: mask, special: special, vocabularySize: vocabulary, random: random))
  }
}

extension Diagnostic.Code {
  /// A split of a text without any token to predict.
  public static let noText = Diagnostic.Code("E0273", "a split of the data has no text")
  /// A tokenizer without a mask token.
  public static let noMask = Diagnostic.Code("E0134", "the tokenizer has no mask token")
}
