import TemperCore
import TemperFiles
import TemperJSON
import TemperNN
import TemperText

/// A transformer language model with its tokenizer, from a folder like `best/` of a run or from an import.
public struct LanguageModel: Generating, Exporting {
  static let tokenizerName = "tokenizer.json"

  /// The task it was trained for.
  public let task: TaskDefinition
  /// The config of the transformer.
  public let shape: any LanguageModelConfig
  /// The tokenizer; nil if the model was trained on random tokens.
  let ownTokenizer: Tokenizer?
  /// The parameters.
  public let store: ParameterStore
  /// The step its weights are from.
  public let step: Int
  let model: any TokenModel
  /// The ids in the config.json and the generation_config.json of an import; nil if it was not imported, or had no such file.
  let specialTokens: (config: SpecialTokenIDs?, generation: SpecialTokenIDs?)
  /// The whole config it was trained with.
  let settings: JSON
  /// Its folder.
  public let path: String
  /// The components that its config may name.
  let components: Components

  /// Reads the model in `path`: a folder like `best/`, or a run directory, whose `best/` is used.
  public init(reading path: String, components: Components = .standard) throws(Diagnostics) {
    try self.init(try ModelFolder(finding: path, components))
  }

  init(_ folder: ModelFolder) throws(Diagnostics) {
    (settings, step, path, components) = (folder.config, folder.step, folder.path, folder.components)
    let notLanguage = Diagnostics(
      .noLanguage, at: .wholeFile(path: folder.path), "is not a language model. Use a run of the task language_modeling.")
    guard let task = folder.task, let kind = task.sampleKind, folder.facts["vocab_size"] != nil else { throw notLanguage }
    let blocks = JSON.object(["model", "regularization"].map { ($0, folder.config[$0] ?? .object([])) })
    let (config, regularization) = try ModelFolder.stored { () throws(Diagnostics) in
      try FieldReader.read(blocks) { c in
        (
          c.object("model", doc: "Model.") { $0.model(taking: kind, folder.components, isLoaded: true) },
          c.object("regularization", doc: "Regularization.") { RegularizationConfig($0, metrics: folder.components.watchable) }
        )
      }.get().value
    }
    guard let shape = config as? any LanguageModelConfig else { throw notLanguage }
    if folder.facts[Self.headName]?.bool == false {
      throw Diagnostics(
        .noLanguage, at: .wholeFile(path: folder.path),
        "is an encoder without a head and cannot predict by itself. Fine-tune it as a classifier with init.run, with init.fresh "
          + "[\"classifier.*\"] for the new head.")
    }
    (self.task, self.shape) = (task, shape)
    ownTokenizer = folder.has(Self.tokenizerName) ? try Self.tokenizer(of: folder) : nil
    let vocabulary = try folder.count("vocab_size", in: 1...10_000_000)
    specialTokens = try Self.specialTokens(of: folder)
    store = try folder.store()
    model = shape.languageModel(store.root, vocabulary: vocabulary, dropout: regularization.transformerDropout)
    try folder.finishLoading(store)
  }

  /// The tokenizer. Throws if the model was not trained on text.
  public var tokenizer: Tokenizer {
    get throws(Diagnostics) {
      guard let ownTokenizer else { throw Self.noTokenizer(path) }
      return ownTokenizer
    }
  }

  /// The tokens that begin and end a text.
  var boundaries: TextBoundaries {
    get throws(Diagnostics) {
      TextBoundaries(try tokenizer, vocabulary: model.vocabularySize, specialTokens.config, generation: specialTokens.generation)
    }
  }

  private static func noTokenizer(_ path: String) -> Diagnostics {
    Diagnostics(.noLanguage, at: .wholeFile(path: path), "has no \(tokenizerName): the model was not trained on text.")
  }

  /// The tokenizer in a model's folder.
  static func tokenizer(of folder: ModelFolder) throws(Diagnostics) -> Tokenizer {
    guard folder.has(tokenizerName) else { throw noTokenizer(folder.path) }
    let file = try folder.file(tokenizerName)
    return try ModelFolder.stored { () throws(Diagnostics) in try Tokenizer(json: file.bytes, path: file.name) }
  }

  /// The fact that marks an encoder without a head.
  private static let headName = "head"

  static let (configTokensName, generationTokensName) = ("special_tokens", "generation_tokens")

  /// The special token ids in the files of an import.
  static func specialTokens(
    of folder: ModelFolder
  ) throws(Diagnostics) -> (config: SpecialTokenIDs?, generation: SpecialTokenIDs?) {
    (try folder.specialTokens(configTokensName), try folder.specialTokens(generationTokensName))
  }

  /// Writes what a language model needs besides weights and config, and returns its facts; for an import they include the ids in its files.
  static func write(
    to folder: SealedFolder.Writer, tokenizer: Tokenizer?, vocabulary: Int, trainingTokens: Int,
    specialTokens: (config: SpecialTokenIDs?, generation: SpecialTokenIDs?) = (nil, nil), hasHead: Bool = true
  ) throws(Diagnostics) -> [(String, JSON)] {
    if let tokenizer { try write(tokenizer, to: folder) }
    var facts: [(String, JSON)] = [("vocab_size", .integer(vocabulary)), ("training_tokens", .integer(trainingTokens))]
    if !hasHead { facts.append((headName, false)) }
    if let ids = specialTokens.config { facts.append((configTokensName, .object(ids.members))) }
    if let ids = specialTokens.generation { facts.append((generationTokensName, .object(ids.members))) }
    return facts
  }

  /// Writes a tokenizer.
  static func write(_ tokenizer: Tokenizer, to folder: SealedFolder.Writer) throws(Diagnostics) {
    try folder.write(tokenizer.json, to: tokenizerName)
  }
}

extension Diagnostic.Code {
  /// A folder whose model cannot do what is asked, because it is not a language model.
  public static let noLanguage = Diagnostic.Code("E0132", "the model is not a language model")
}
