import TemperCore
import TemperFiles
import TemperJSON
import TemperNN
import TemperText

// Conversion between the folders of other programs and Temper's own.

extension PretrainedModel {
  /// Converts a stored language model to the form of other programs.
  init(_ bundle: LanguageModel) throws(Diagnostics) {
    let tokenizer = try bundle.tokenizer
    let special = tokenizer.specialTokens
    // A config may leave the vocabulary size to the tokenizer.
    let vocabulary = JSON.Member("vocab_size", .integer(bundle.model.vocabularySize))
    let block = (bundle.settings["model"]?.members ?? []).filter { $0.name != vocabulary.name } + [vocabulary]
    let config = try ModelFolder.stored { () throws(Diagnostics) in
      try PretrainedConfig(
        block: JSON(.object(block)), head: bundle.model.isCausal ? .causal : .masked,
        specialTokens: bundle.specialTokens.config
          ?? SpecialTokenIDs(
            beginning: special.beginning.map(Int.init), ends: special.end.map { [Int($0)] } ?? [], padding: special.padding.map(Int.init)),
        generationTokens: bundle.specialTokens.generation)
    }
    var store = bundle.store
    if !bundle.model.learnedDropout.isEmpty {
      // Learned rates are of training alone, and other programs do not know them.
      store = ParameterStore(loading: store.saved())
      _ = bundle.shape.languageModel(store.root, vocabulary: bundle.model.vocabularySize)
    }
    self.init(config: config, store: store, tokenizer: tokenizer.json)
  }

  /// Writes the model as a run writes its `best/`, atomically; `path` is where it was read from. Returns notes, a line each.
  ///
  /// - Throws: For a model without a tokenizer, and for a classifier, which is not a language model.
  @discardableResult
  public func writeBundle(to output: String, readFrom path: String) throws(Diagnostics) -> [String] {
    let task: TaskDefinition
    switch head {
    case .causal: task = .languageModeling
    case .masked, .none: task = .maskedLanguageModeling
    case .classifier:
      throw Diagnostics(
        .unsupportedModel, at: .wholeFile(path: path),
        "is a text classifier; only language models can be imported, such as GPT2LMHeadModel, LlamaForCausalLM and BertForMaskedLM"
      )
    }
    guard let json = tokenizer else {
      throw Diagnostics(
        .noPretrainedModel, at: .wholeFile(path: path),
        "has no \(Self.tokenizerName), which is required. Save it beside the model with transformers' fast tokenizers; "
          + "for a llama2.c checkpoint, set --tokenizer to its tokenizer file.")
    }
    let tokenizer = try Tokenizer(json: Array(json.serialized().utf8), path: path + "/" + Self.tokenizerName)
    var notes = tokenizer.notes
    if tokenizer.vocabularySize > config.vocabularySize {
      let names = (config.vocabularySize..<tokenizer.vocabularySize).prefix(1000).compactMap { tokenizer.token(Int32($0)) }
      notes.append(
        "the model has embeddings for \(config.vocabularySize) tokens, but not for \(listed(names)): texts with them are rejected")
    }
    if head == .none {
      notes.append(
        "the model is an encoder without a head and cannot predict by itself: fine-tune it as a classifier with init.run, init.fresh "
          + "[\"classifier.*\"] and data.tokenizer {\"type\": \"file\", \"path\": \"\(output)/\(LanguageModel.tokenizerName)\"}")
    }
    if !ignoredTensors.isEmpty { notes.append("ignored tensors that the model does not use: \(listed(ignoredTensors))") }
    try demandAbsence(of: output)
    let settings = JSON.object([("task", .string(task.name)), ("model", config.block)])
    try ModelFolder.write(to: output, weights: store.saved(metadata: [("format", "pt")]), config: settings, step: 0) {
      (folder) throws(Diagnostics) in
      try LanguageModel.write(
        to: folder, tokenizer: tokenizer, vocabulary: config.vocabularySize, trainingTokens: 0,
        specialTokens: (config.specialTokens, config.generationTokens), hasHead: head != .none)
    }
    return notes
  }

  /// A short description such as `llama 5 x 64, 8 heads: 260032 parameters, 512 tokens`.
  public var summary: String {
    "\(config.config.summary): \(store.trainableElements) parameters, \(config.vocabularySize) tokens"
  }

  private var head: PretrainedHead { config.head }

  func demandAbsence(of output: String) throws(Diagnostics) {
    guard !Files.exists(output) else {
      throw Diagnostics(.outputExists, at: .wholeFile(path: output), "already exists. Use another --output, or remove it.")
    }
  }
}
