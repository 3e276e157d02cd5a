import TemperCore
import TemperData
import TemperJSON
import TemperNN

// Between the folders of other programs and Temper's own.

extension PretrainedModel {
  /// The model in `path`, the directory of a run or a folder like its `best/`, as other programs see it.
  public init(ofBundle path: String) throws(Diagnostics) {
    let folder = try ModelFolder(finding: path)
    let bundle = try LanguageBundle(folder)
    let special = bundle.tokenizer.specialTokens
    // A config may leave the number of tokens to the tokenizer.
    let vocabulary = JSON.Member("vocab_size", .integer(bundle.model.vocabularySize))
    let block = (folder.config["model"]?.members ?? []).filter { $0.name != vocabulary.name } + [vocabulary]
    let config = try ModelFolder.stored { () throws(Diagnostics) in
      try PretrainedConfig(
        block: JSON(.object(block)), head: bundle.model.isCausal ? .causal : .masked,
        specialTokens: SpecialTokenIDs(
          beginning: special.beginning.map(Int.init), end: special.end.map(Int.init), padding: special.padding.map(Int.init)))
    }
    self.init(config: config, store: bundle.store, tokenizer: bundle.tokenizer.json)
  }

  /// Writes the model as a run would leave it in its `best/`, whole or not at all; `path` is what it was read from.
  ///
  /// - Throws: A model without a tokenizer, or with one that has more tokens than it; a classifier, which is no model of language.
  public func writeBundle(to output: String, readFrom path: String) throws(Diagnostics) {
    let task: TaskKind
    switch head {
    case .causal: task = .languageModeling
    case .masked: task = .maskedLanguageModeling
    case .classifier:
      throw Diagnostics(
        .unsupportedModel, at: .wholeFile(path: path),
        "is a classifier of texts; what can be imported are models of language, such as GPT2LMHeadModel, LlamaForCausalLM and BertForMaskedLM"
      )
    }
    guard let json = tokenizer else {
      throw Diagnostics(
        .noPretrainedModel, at: .wholeFile(path: path),
        "has no \(Self.tokenizerName), without which a model can read no text. Save it beside the model with transformers' fast tokenizers; "
          + "for a checkpoint of llama2.c name its tokenizer's file by --tokenizer.")
    }
    let tokenizer = try Tokenizer(json: Array(json.serialized().utf8), path: path + "/" + Self.tokenizerName)
    guard tokenizer.vocabularySize <= config.vocabularySize else {
      throw Diagnostics(
        .contradictoryWeights, at: .wholeFile(path: path),
        "has a tokenizer of \(tokenizer.vocabularySize) tokens and a model of \(config.vocabularySize). Take the tokenizer that the model was trained with."
      )
    }
    try demandAbsence(of: output)
    let settings = JSON.object([("task", .string(task.rawValue)), ("model", config.block)])
    try ModelFolder.write(to: output, weights: store.saved(metadata: [("format", "pt")]), config: settings, step: 0) {
      (folder) throws(Diagnostics) in
      try LanguageBundle.write(to: folder, tokenizer: tokenizer, vocabulary: config.vocabularySize, trainingTokens: 0)
    }
  }

  /// `llama 5 x 64, 8 heads: 260032 parameters, 512 tokens`.
  public var summary: String {
    "\(config.config.summary): \(store.trainableElements) parameters, \(config.vocabularySize) tokens"
  }

  private var head: PretrainedHead { config.head }

  func demandAbsence(of output: String) throws(Diagnostics) {
    guard !Files.exists(output) else {
      throw Diagnostics(.outputExists, at: .wholeFile(path: output), "exists already. Give another --output, or remove it.")
    }
  }
}
