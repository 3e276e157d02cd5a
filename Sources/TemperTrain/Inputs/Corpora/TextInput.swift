import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperTables
import TemperText

/// An input of tokenized, unlabelled text.
protocol TokenInput: InputConfig {
  /// Reads the text of `file`, which contains this block; it is tokenized with `tokenizer`, if one exists already.
  func read(_ file: ConfigFile, tokenizer: Tokenizer?) throws(Diagnostics) -> PreparedText
}

/// Text files.
public struct TextInput: TokenInput {
  /// See ``InputConfig``.
  public static let type = "text"
  /// See ``InputConfig``.
  public static let doc = "Text for language modeling: files and folders of text or JSON lines."
  /// See ``InputConfig``.
  public static let pathKeys = TextConfig.pathKeys
  /// See ``InputConfig``.
  public static let targets: [TargetKind] = []

  /// The parsed block.
  let text: TextConfig

  /// See ``InputConfig``.
  public init(_ c: FieldReader, _ task: TaskDefinition) {
    text = TextConfig(c)
    // The few tokens of a sequence that are masked tell too little of it.
    if text.canaries > 0, !task.continuesTexts {
      c.fail("canaries", .invalidValue, "requires next-token prediction, and the task is \(task.name); remove it", with: ["task"])
    }
  }

  /// See ``InputConfig``.
  public var sampleKind: SampleKind? { nil }
  /// See ``InputConfig``.
  public var holdsOutValidation: Bool { text.holdsOutValidation }

  /// Options for reading text files.
  var options: TextOptions { TextOptions(separator: text.separator, field: text.field) }

  func read(_ file: ConfigFile, tokenizer known: Tokenizer?) throws(Diagnostics) -> PreparedText {
    let (train, validation, test) = try corpora(seed: file.config.seed)
    let sources = [train, validation, test].flatMap { $0?.files ?? [] }.map(DataSource.init)
    let tokenizer: Tokenizer
    if let known {
      tokenizer = known
    } else {
      tokenizer = try text.tokenizer.tokenizer(train: train, all: [train, validation, test].compactMap { $0 })
    }
    // Splits of one text come from the same files.
    let cache = text.cache.map { TokenCache(folder: $0, contentKey: sources.map(\.sha256).joined(separator: ",")) }
    func tokens(_ corpus: TextCorpus?) throws(Diagnostics) -> TokenStore? {
      if let corpus { try tokenizer.tokens(of: corpus, cache: cache) } else { nil }
    }
    let (stored, held) = (try tokenizer.tokens(of: train, cache: cache), try tokens(validation))
    let rest = try tokens(test)
    let canaries = try canaries(file, tokenizer)
    return try PreparedText(
      file, tokenizer: tokenizer, train: stored, validation: held, test: rest, canaries: canaries,
      keepsToDocuments: text.keepsToDocuments, sources: sources,
      notes: ["\(stored.count) tokens for training, \(held?.count ?? 0) for validation, \(rest?.count ?? 0) for the test"]
        + [text.note(ofEnd: held, after: stored), canaries?.note(seed: file.config.seed)].compactMap { $0 } + tokenizer.notes)
  }

  /// The sequences that the config asks to plant.
  private func canaries(_ file: ConfigFile, _ tokenizer: Tokenizer) throws(Diagnostics) -> Canaries? {
    if text.canaries == 0 { return nil }
    guard let shape = file.config.model as? any LanguageModelConfig else { fail("the model is not a language model") }
    let (length, ids) = (min(Canaries.length, shape.contextLength), tokenizer.ordinaryIDs)
    if length < 2 || ids.count < 2 {
      throw file.mistake("data.canaries", "requires a context and a vocabulary of at least two tokens; remove it")
    }
    return Canaries(
      text.canaries, length: length, from: ids, vocabularySize: tokenizer.vocabularySize,
      random: RandomStreams(seed: UInt64(file.config.seed)))
  }

  private func corpora(seed: Int) throws(Diagnostics) -> (TextCorpus, TextCorpus?, TextCorpus?) {
    func optional(_ paths: [String]?) throws(Diagnostics) -> TextCorpus? {
      if let paths { try TextCorpus(paths: paths, options: options) } else { nil }
    }
    switch text.source {
    case .single(let paths, let validation, let test, let order):
      var random = RandomStreams(seed: UInt64(seed)).sequence("split.text")
      let split = try TextCorpus(paths: paths, options: options).drawn(
        order, validation: validation ?? 0, test: test ?? 0, random: &random)
      // The splits share the same files, which are listed once.
      return (split.train, split.validation.nonEmpty?.withoutFiles, split.test.nonEmpty?.withoutFiles)
    case .parts(let train, let validation, let test):
      return (try TextCorpus(paths: train, options: options), try optional(validation), try optional(test))
    }
  }
}

extension Canaries {
  /// What was planted.
  fileprivate func note(seed: Int) -> String {
    let count = planted.documentStarts.count
    return "canaries: planted \(count) sequences of \(planted.count / count) random tokens into the training text (seed \(seed)); "
      + "validation and test text is unchanged"
  }
}

extension TextConfig {
  /// Returns a note if the held-out end of a text differs from the rest: by the token frequencies in the rest, its cross-entropy
  /// differs much more than that of any tenth of the rest.
  fileprivate func note(ofEnd end: TokenStore?, after train: TokenStore) -> String? {
    guard case .single(_, _, _, .end) = source, let end, let (cost, own) = train.likeness(to: end) else { return nil }
    // Median and median absolute deviation, which are robust to a tenth that is like the end.
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    let middle = median(own)
    guard abs(cost - middle) > max(9 * median(own.map { abs($0 - middle) }), 0.02 * middle) else { return nil }
    return
      "the end of the text, which is held out for validation, differs from the rest: its unigram cross-entropy is "
      + "\(fixed(cost, 3)) nats per token, but \(fixed(own.min(), 3)) to \(fixed(own.max(), 3)) in the tenths of the rest. To sample the "
      + "held-out text at random, set data.split.order to \"shuffle_documents\" or \"shuffle_blocks\"."
  }
}
