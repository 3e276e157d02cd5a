import TemperCore
import TemperData
import TemperJSON
import TemperNN

/// A transformer over the tokens of a text with its tokenizer, as a folder like `best/` holds it: from a run, or from an import.
public struct LanguageBundle {
  static let tokenizerName = "tokenizer.json"

  /// What it learned.
  public let task: TaskKind
  /// Which transformer it is.
  public let shape: TransformerConfig
  /// What text is cut into.
  public let tokenizer: Tokenizer
  /// The parameters.
  public let store: ParameterStore
  /// The step its weights are from.
  public let step: Int
  let model: any TokenModel
  /// The whole config it was trained by.
  private let settings: JSON
  /// The folder it lies in.
  public let path: String

  /// Reads the model in `path`: a folder like `best/`, or the directory of a run, whose `best/` is taken.
  public init(reading path: String) throws(Diagnostics) {
    try self.init(try ModelFolder(finding: path))
  }

  init(_ folder: ModelFolder) throws(Diagnostics) {
    (settings, step, path) = (folder.config, folder.step, folder.path)
    let parts = ["task", "model"].compactMap { name in folder.config[name].map { (name, $0) } }
    let (task, config) = try ModelFolder.stored { () throws(Diagnostics) in
      try FieldReader.read(.object(parts)) { c in
        let task = c.choice("task", TaskKind.self, doc: "What is learned.")
        return (task, c.object("model", doc: "The model.") { ModelConfig($0, task, isLoaded: true) })
      }.get().value
    }
    guard let shape = config.transformer, task.isLanguage, let vocabulary = folder.facts["vocab_size"]?.integer else {
      throw Diagnostics(
        .noLanguage, at: .wholeFile(path: folder.path), "holds no model of language, such as a run of the task language_modeling leaves.")
    }
    (self.task, self.shape) = (task, shape)
    tokenizer = try Self.tokenizer(of: folder)
    store = try folder.store()
    model = shape.languageModel(store.root, vocabulary: vocabulary)
    try folder.finishLoading(store)
    guard tokenizer.vocabularySize <= vocabulary else {
      throw ModelFolder.damaged(
        folder.path + "/" + Self.tokenizerName,
        "knows \(tokenizer.vocabularySize) tokens, and the model \(vocabulary). Take the tokenizer that the model was trained with.")
    }
  }

  /// The tokenizer that lies beside a model.
  static func tokenizer(of folder: ModelFolder) throws(Diagnostics) -> Tokenizer {
    guard folder.has(tokenizerName) else {
      throw Diagnostics(
        .noLanguage, at: .wholeFile(path: folder.path), "has no \(tokenizerName): its tokens are no text.")
    }
    let file = try folder.file(tokenizerName)
    return try ModelFolder.stored { () throws(Diagnostics) in try Tokenizer(json: file.bytes, path: file.name) }
  }

  /// Writes what a language model needs besides weights and config, and returns its facts.
  static func write(
    to folder: SealedFolder.Writer, tokenizer: Tokenizer?, vocabulary: Int, trainingTokens: Int
  ) throws(Diagnostics) -> [(String, JSON)] {
    if let tokenizer { try write(tokenizer, to: folder) }
    return [("vocab_size", .integer(vocabulary)), ("training_tokens", .integer(trainingTokens))]
  }

  /// Writes a tokenizer.
  static func write(_ tokenizer: Tokenizer, to folder: SealedFolder.Writer) throws(Diagnostics) {
    try folder.write(tokenizer.json, to: tokenizerName)
  }

  /// Judges the model on the text of `files`, or of folders with text.
  public func evaluate(_ files: [String]) throws(Diagnostics) -> Evaluation {
    return judge(batchSize: 16).evaluate(try tokenizer.tokens(of: try TextCorpus(paths: files)), betweenBatches: {})
  }

  /// Judges the model on one part of the text it was trained on, read again; nil if there is no such part, or no such text: an imported model has
  /// none.
  public func evaluate(part: DataPart) throws(Diagnostics) -> Evaluation? {
    guard settings["data"] != nil else { return nil }
    let file = try ConfigFile(stored: settings, path: path + "/" + ModelFolder.configName)
    let text = try PreparedText(file, contextLength: shape.contextLength, tokenizer: tokenizer)
    let judge = LanguageJudge(
      model: model, options: .init(), tokenBytes: tokenizer.byteCounts,
      layout: WindowLayout(rows: file.config.train.evalBatchSize, length: model.contextLength),
      objective: try text.objective(task, random: RandomStreams(seed: UInt64(file.config.seed))))
    return text.judged(part, contextLength: model.contextLength).map { judge.evaluate($0, betweenBatches: {}) }
  }

  private func judge(batchSize: Int) -> LanguageJudge {
    LanguageJudge(
      model: model, options: .init(), tokenBytes: tokenizer.byteCounts,
      layout: WindowLayout(rows: batchSize, length: model.contextLength), objective: .nextToken)
  }
}

extension Diagnostic.Code {
  /// A folder with a model that cannot do what is asked, for it is none of language.
  public static let noLanguage = Diagnostic.Code("E0132", "the model is none of language")
}
