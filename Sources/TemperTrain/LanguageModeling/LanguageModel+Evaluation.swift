import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperText

extension LanguageModel {
  /// Evaluates the model on the text of `files`, or of folders with text: read like its training text and evaluated like its test text,
  /// so the same file gives the same metrics as in the run. For an imported model the defaults apply.
  public func evaluate(_ files: [String]) throws(Diagnostics) -> Evaluation {
    let run = try storedRun()?.config
    var options = TextOptions()
    if let text = run?.data as? TextInput { options = text.options }
    let corpus = try TextCorpus(paths: files, options: options)
    let tokens = try tokenizer.tokens(of: corpus)
    try checkRows(of: tokens) { corpus.place($0) }
    return try evaluator(run).evaluate(tokens, betweenBatches: {})
  }

  /// See ``TrainedModel``.
  public func evaluate(input: String, labels: String?) throws(Diagnostics) -> Evaluation {
    if labels != nil {
      throw Diagnostics(.notRows, at: .option("--labels"), "the model is a language model, which needs no labels; leave --labels out")
    }
    return try evaluate([input])
  }

  /// See ``TrainedModel``; an imported model has no training text.
  public func evaluate(firstOf splits: [DataSplit]) throws(Diagnostics) -> (split: DataSplit, evaluation: Evaluation)? {
    guard let file = try storedRun() else { return nil }
    let text = try PreparedText(of: file, tokenizer: ownTokenizer)
    for split in splits {
      guard let tokens = text.evaluated(split, contextLength: model.contextLength) else { continue }
      try checkRows(of: tokens) { _ in .wholeFile(path: path + "/" + Self.tokenizerName) }
      return (split, try evaluator(file.config).evaluate(tokens, betweenBatches: {}))
    }
    return nil
  }

  /// The config of the run that trained the model; nil for an imported one.
  func storedRun() throws(Diagnostics) -> ConfigFile? {
    guard settings["data"] != nil else { return nil }
    return try ModelFolder.stored { () throws(Diagnostics) in
      try ConfigFile(stored: settings, path: path + "/" + ModelFolder.configName, components)
    }
  }

  /// The evaluator of `run`, which masks the same tokens as the run did.
  func evaluator(_ run: RunConfig?) throws(Diagnostics) -> LanguageEvaluator {
    LanguageEvaluator(
      model: model, options: .init(), tokenBytes: ownTokenizer?.byteCounts,
      layout: WindowLayout(rows: run?.train.evalBatchSize ?? 16, length: model.contextLength),
      objective: try WindowObjective(
        task.sampleKind, ownTokenizer, vocabulary: min(ownTokenizer?.vocabularySize ?? .max, model.vocabularySize),
        random: RandomStreams(seed: UInt64(run?.seed ?? 0))))
  }

  /// Throws `E0285` for the first of `tokens` without an embedding; `place` gives the position of a document.
  func checkRows(of tokens: TokenStore, place: (_ document: Int) -> Place) throws(Diagnostics) {
    // Most tokenizers have as many tokens as the model has rows, and need no check.
    guard tokens.vocabularySize > model.vocabularySize else { return }
    guard let index = tokens.firstIndex(notBelow: model.vocabularySize) else { return }
    let document = (tokens.documentStarts.firstIndex { $0 > index } ?? tokens.documentStarts.count) - 1
    throw Diagnostics(
      .noRow, at: place(max(0, document)), try tokenizer.mistake(ofID: tokens[index..<index + 1][0], rows: model.vocabularySize))
  }
}

extension Tokenizer {
  /// The message for an id without an embedding in a model with `rows` embeddings.
  func mistake(ofID id: Int32, rows: Int) -> String {
    "the token \(quoted(token(id) ?? "")) has the id \(id), but the model only has embeddings for ids below \(rows); remove it"
  }
}

extension Diagnostic.Code {
  /// A token beyond the model's embedding table.
  public static let noRow = Diagnostic.Code("E0285", "a token has no embedding in the model")
}
