import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperText

/// The text of a run as tokens, in its parts.
struct PreparedText {
  /// What it was cut by; nil where tokens are made up.
  let tokenizer: Tokenizer?
  /// What is learned from.
  let train: TokenStore
  /// What is chosen by.
  let validation: TokenStore?
  /// What is reported on.
  let test: TokenStore?
  /// Whether windows keep to one document.
  let keepsToDocuments: Bool
  /// The files that were read.
  let sources: [DataSource]
  /// What was decided without being asked for, a line each.
  let notes: [String]

  /// Text that is in tokens. Throws for a part with no token to predict, which the block `data` of `file` asked for.
  init(
    _ file: ConfigFile, tokenizer: Tokenizer?, train: TokenStore, validation: TokenStore? = nil, test: TokenStore? = nil,
    keepsToDocuments: Bool = false, sources: [DataSource] = [], notes: [String] = []
  ) throws(Diagnostics) {
    (self.tokenizer, self.train, self.validation, self.test) = (tokenizer, train, validation, test)
    (self.keepsToDocuments, self.sources, self.notes) = (keepsToDocuments, sources, notes)
    for (name, store) in [("train", train as TokenStore?), ("validation", validation), ("test", test)] {
      if let store, store.count < 2 {
        throw Diagnostics(
          .noText, at: file.place(of: "data") ?? .wholeFile(path: file.path),
          "data: there is no text for the part \(name), or less than two tokens of it")
      }
    }
  }

  /// The text of `file`; cut by `tokenizer`, if there is one already.
  init(of file: ConfigFile, tokenizer: Tokenizer? = nil) throws(Diagnostics) {
    guard let input = file.config.data as? any TokenInput else { fail("rows are not text to learn a language from") }
    self = try input.read(file, tokenizer: tokenizer)
  }

  /// One of the parts; of the training text as much as there is of the validation text, or a few windows of `contextLength`: it is evaluated to be
  /// compared.
  func evaluated(_ split: DataSplit, contextLength: Int) -> TokenStore? {
    switch split {
    case .train:
      let count = min(train.count, max(validation?.count ?? 0, 10 * contextLength))
      return count == train.count ? train : TokenStore(train[0..<count], vocabularySize: train.vocabularySize)
    case .validation: return validation
    case .test: return test
    }
  }

  /// How many tokens a model of `shape` has to know: as many as it says, or as many as the tokenizer has.
  func vocabularySize(for shape: any LanguageModelConfig, _ file: ConfigFile) throws(Diagnostics) -> Int {
    guard let size = shape.vocabularySize else { return train.vocabularySize }
    if size < train.vocabularySize {
      throw file.mistake("model.vocab_size", "is \(size), and the tokenizer has \(train.vocabularySize) tokens; raise it, or remove it")
    }
    return size
  }
}

extension WindowObjective {
  /// What is asked of a model that takes windows of `kind`. Masks are drawn from `random`, and ids are below `vocabulary`.
  init(_ kind: SampleKind?, _ tokenizer: Tokenizer?, vocabulary: Int, random: RandomStreams) throws(Diagnostics) {
    guard kind == .maskedTokens else {
      self = .nextToken
      return
    }
    let special = tokenizer?.specialTokens.all.filter { $0 < vocabulary } ?? []
    guard let mask = tokenizer?.specialTokens.mask, special.contains(mask) else {
      throw Diagnostics(
        .noMask, at: .option("data.tokenizer"),
        "masked language modeling hides tokens behind a mask token such as [MASK], and the tokenizer has none; take wordpiece, or another file"
      )
    }
    self = .masked(TokenMasking(mask: mask, special: special, vocabularySize: vocabulary, random: random))
  }
}

extension Diagnostic.Code {
  /// A part of a text without anything to foretell.
  public static let noText = Diagnostic.Code("E0273", "a part of the data has no text")
  /// A tokenizer without the token that hides others.
  public static let noMask = Diagnostic.Code("E0134", "the tokenizer has no mask token")
}
