import TemperCore
import TemperFiles
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

  /// Reads the text of `file` and cuts it into tokens; by `tokenizer`, if there is one already. Throws what is wrong with either, and for a text
  /// with no token to foretell.
  init(_ file: ConfigFile, contextLength: Int, tokenizer known: Tokenizer? = nil) throws(Diagnostics) {
    switch file.config.data {
    case .text(let text):
      let (train, validation, test) = try Self.read(text, seed: file.config.seed)
      let sources = [train, validation, test].flatMap { $0?.files ?? [] }.map(DataSource.init)
      let tokenizer: Tokenizer
      if let known {
        tokenizer = known
      } else {
        tokenizer = try text.tokenizer.tokenizer(train: train, all: [train, validation, test].compactMap { $0 })
      }
      // Parts of one text come of the same files.
      let key = sources.map(\.sha256).joined(separator: ",")
      let cache = text.cache.map { TokenCache(folder: $0, contentKey: key) }
      self.tokenizer = tokenizer
      self.train = try tokenizer.tokens(of: train, cache: cache)
      self.validation = if let validation { try tokenizer.tokens(of: validation, cache: cache) } else { nil }
      self.test = if let test { try tokenizer.tokens(of: test, cache: cache) } else { nil }
      keepsToDocuments = text.keepsToDocuments
      self.sources = sources
      notes =
        [
          "\(self.train.count) tokens to learn from, \(self.validation?.count ?? 0) for validation, \(self.test?.count ?? 0) for the test"
        ] + [text.note(ofEnd: self.validation, after: self.train)].compactMap { $0 } + tokenizer.notes
    case .randomTokens(let count, let vocabulary):
      try file.demand(bytes: 8 * Double(count), for: "\(count) random tokens", by: "data.tokens")
      var random = RandomStreams(seed: UInt64(file.config.seed)).sequence("random.tokens")
      (tokenizer, validation, test, keepsToDocuments, sources, notes) = (nil, nil, nil, false, [], [])
      train = TokenStore((0..<count).map { _ in Int32(random.below(vocabulary)) }, vocabularySize: vocabulary)
    case .table, .texts, .idx, .random: fail("rows are no text to learn a language from")
    }
    for (name, store) in [("train", train as TokenStore?), ("validation", validation), ("test", test)] {
      if let store, store.count < 2 {
        throw Diagnostics(
          .noText, at: file.place(of: "data") ?? .wholeFile(path: file.path),
          "data: there is no text for the part \(name), or less than two tokens of it")
      }
    }
  }

  private static func read(_ config: TextConfig, seed: Int) throws(Diagnostics) -> (TextCorpus, TextCorpus?, TextCorpus?) {
    let options = TextOptions(separator: config.separator, field: config.field)
    func optional(_ paths: [String]?) throws(Diagnostics) -> TextCorpus? {
      if let paths { try TextCorpus(paths: paths, options: options) } else { nil }
    }
    switch config.source {
    case .single(let paths, let validation, let test, let order):
      var random = RandomStreams(seed: UInt64(seed)).sequence("split.text")
      let split = try TextCorpus(paths: paths, options: options).drawn(
        order, validation: validation ?? 0, test: test ?? 0, random: &random)
      // The files are those of the whole: they are named once.
      return (split.train, split.validation.nonEmpty?.withoutFiles, split.test.nonEmpty?.withoutFiles)
    case .parts(let train, let validation, let test):
      return (try TextCorpus(paths: train, options: options), try optional(validation), try optional(test))
    }
  }

  /// One of the parts; of the training text as much as there is of the validation text, or a few windows of `contextLength`: it is judged to be
  /// compared.
  func judged(_ part: DataPart, contextLength: Int) -> TokenStore? {
    switch part {
    case .train:
      let count = min(train.count, max(validation?.count ?? 0, 10 * contextLength))
      return count == train.count ? train : TokenStore(train[0..<count], vocabularySize: train.vocabularySize)
    case .validation: return validation
    case .test: return test
    }
  }

  /// How many tokens a model of `shape` has to know: as many as it says, or as many as the tokenizer has.
  func vocabularySize(for shape: TransformerConfig, _ file: ConfigFile) throws(Diagnostics) -> Int {
    guard let size = shape.vocabularySize else { return train.vocabularySize }
    if size < train.vocabularySize {
      throw file.mistake("model.vocab_size", "is \(size), and the tokenizer has \(train.vocabularySize) tokens; raise it, or remove it")
    }
    return size
  }

  /// What is asked of a model in the windows of `task`. Masks are drawn from `random`.
  func objective(_ task: TaskKind, random: RandomStreams) throws(Diagnostics) -> WindowObjective {
    try WindowObjective(task, tokenizer, vocabulary: train.vocabularySize, random: random)
  }
}

extension TextConfig {
  /// Says where the end of a text, which is held out, is of another kind than the rest: its tokens cost much more, or less, by their frequencies in
  /// the rest than those of any tenth of that do.
  fileprivate func note(ofEnd end: TokenStore?, after train: TokenStore) -> String? {
    guard case .single(_, _, _, .end) = source, let end, let (cost, own) = train.likeness(to: end) else { return nil }
    // The middle and the usual distance from it, which a tenth that is like the end does not change much.
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    let middle = median(own)
    guard abs(cost - middle) > max(9 * median(own.map { abs($0 - middle) }), 0.02 * middle) else { return nil }
    return
      "the end of the text, which is held out for validation, differs from the rest: by the tokens' frequencies there a token of it costs "
      + "\(fixed(cost, 3)) nats, and \(fixed(own.min(), 3)) to \(fixed(own.max(), 3)) in the tenths of the rest. data.split.order "
      + "\"shuffle_documents\" or \"shuffle_blocks\" draws what is held out from all of it."
  }
}

extension WindowObjective {
  /// What is asked of a model in the windows of `task`. Masks are drawn from `random`, and ids are below `vocabulary`.
  init(_ task: TaskKind, _ tokenizer: Tokenizer?, vocabulary: Int, random: RandomStreams) throws(Diagnostics) {
    guard task == .maskedLanguageModeling else {
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

extension TokenizerConfig {
  /// The tokenizer: of a file, or trained on the `train` text. Characters are an alphabet and nothing to be learned: they are those of `all` parts.
  fileprivate func tokenizer(train: TextCorpus, all: [TextCorpus]) throws(Diagnostics) -> Tokenizer {
    if case .characters = self { return try .characters(of: all) }
    return try tokenizer(trainedOn: train.documentFiles)
  }

  /// The tokenizer for texts of a table, of which a character that the training texts do not have is unknown.
  func tokenizer(texts: [[UInt8]], path: String) throws(Diagnostics) -> Tokenizer {
    try tokenizer(trainedOn: texts.map { FileBytes(name: path, bytes: $0) })
  }

  private func tokenizer(trainedOn texts: @autoclosure () -> [FileBytes]) throws(Diagnostics) -> Tokenizer {
    switch self {
    case .bytes: .bytes(special: Tokenizer.bertSpecialTokens)
    case .characters: try .characters(of: texts(), special: Tokenizer.bertSpecialTokens, unknown: "[UNK]")
    case .file(let path): try Tokenizer(json: FileBytes(reading: path).bytes, path: path)
    case .bytePairs(let vocabulary, let minFrequency):
      try .trainedBytePairs(
        on: texts(), TokenizerTraining(vocabularySize: vocabulary, minimumFrequency: minFrequency, special: ["<|endoftext|>"]))
    case .wordPieces(let vocabulary, let minFrequency):
      try .trainedWordPieces(
        on: texts(), TokenizerTraining(vocabularySize: vocabulary, minimumFrequency: minFrequency))
    }
  }
}

extension Diagnostic.Code {
  /// A part of a text without anything to foretell.
  public static let noText = Diagnostic.Code("E0273", "a part of the data has no text")
  /// A tokenizer without the token that hides others.
  public static let noMask = Diagnostic.Code("E0134", "the tokenizer has no mask token")
}
