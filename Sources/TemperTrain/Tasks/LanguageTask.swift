import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperMetrics
import TemperNN
import TemperText

/// Text whose tokens a transformer foretells: each from those before it, or hidden ones from all around them.
final class LanguageTask: Task {
  let text: PreparedText
  let judge: LanguageJudge
  let summary: String
  let plan: BatchPlan
  private let layout: WindowLayout
  /// What continues texts at evaluations, and which; nil for none.
  private let sampler: (generator: TextGenerator, config: SampleConfig)?
  private let seed: Int
  /// The ids that begin and end a text in the model that training begins with.
  private let specialTokens: (config: SpecialTokenIDs?, generation: SpecialTokenIDs?)

  /// Reads the text of `file` and makes the model with its parameters in `store`. Throws what is wrong with either.
  init(_ file: ConfigFile, _ shape: TransformerConfig, _ store: ParameterStore) throws(Diagnostics) {
    let config = file.config
    text = try PreparedText(file, contextLength: shape.contextLength)
    let vocabulary = try text.vocabularySize(for: shape, file)
    let counted = ParameterStore.counting(frozen: config.train.frozen)
    let blueprint = shape.languageModel(counted.root, vocabulary: vocabulary)
    try file.demand(counted, by: shape.sizeKey(counted, width: blueprint.width, vocabulary: vocabulary))
    let tokens = Double(blueprint.contextLength) * (6 + shape.activations(width: blueprint.width, layers: blueprint.attentionShape.layers))
    try file.demandBatch(
      rows: config.train.batchSize, numbers: tokens,
      by: blueprint.contextLength > 32 * config.train.batchSize ? shape.contextKey : "train.batch_size")
    let model = shape.languageModel(store.root, vocabulary: vocabulary)
    judge = LanguageJudge(
      model: model, options: try config.loss.tokenOptions(), tokenBytes: text.tokenizer?.byteCounts,
      layout: WindowLayout(rows: config.train.evalBatchSize, length: model.contextLength),
      objective: try text.objective(config.task, random: store.random))
    specialTokens = try Self.specialTokens(config, text.tokenizer)
    sampler = try Self.sampler(file, model, text.tokenizer, specialTokens)
    seed = config.seed
    layout = WindowLayout(
      rows: config.train.batchSize, length: model.contextLength, crossesDocuments: !text.keepsToDocuments)
    let windows = max(1, text.train.count / (model.contextLength * config.train.batchSize))
    plan = BatchPlan(rows: windows * config.train.batchSize, batchSize: config.train.batchSize)
    summary = shape.summary + ", context \(model.contextLength), \(vocabulary) tokens"
  }

  var units: [Units] { judge.model.units }
  var measure: RowMeasure { RowMeasure(name: "tokens", perRow: layout.length) }
  var operationsPerRow: Int { judge.model.operationsPerToken(length: layout.length) * layout.length }
  var isSquaredError: Bool { false }
  var equalClasses: Int? { judge.model.vocabularySize }
  var sources: [DataSource] { text.sources }
  var notes: [String] { text.notes }
  var changedLabels: Int { 0 }

  func batches(random: RandomStreams, first: Int) -> BatchSource {
    let windows = RandomWindows(text.train, layout, objective: judge.objective, random: random)
    let stream = TextBatchStream(windows, tokensPerBatch: layout.rows * layout.length, first: first)
    return BatchSource { [judge] in
      let batch = stream.nextBatch()
      return (
        batch.rowIDs,
        { context, smoothing in
          var options = judge.options
          if let smoothing { options.labelSmoothing = Float(smoothing) }
          return judge.model.loss(batch.tokens, labels: batch.labels, context, options: options)
        }
      )
    }
  }

  func has(_ part: DataPart) -> Bool { tokens(part) != nil }

  func evaluate<Problem: Error>(
    _ part: DataPart, taps: Taps?, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation? {
    guard let tokens = tokens(part) else { return nil }
    return try judge.evaluate(tokens, taps: taps, betweenBatches: betweenBatches)
  }

  /// What the model that training begins with says of special tokens; nothing where it has another tokenizer, to which its ids mean nothing.
  private static func specialTokens(
    _ config: RunConfig, _ tokenizer: Tokenizer?
  ) throws(Diagnostics) -> (config: SpecialTokenIDs?, generation: SpecialTokenIDs?) {
    guard case .run(let path)? = config.start?.source, let tokenizer else { return (nil, nil) }
    // When a run is resumed, the model that it began with may be gone, and its own has taken over what that said.
    for path in [path, config.outputDirectory + "/" + config.name] {
      guard let folder = try? ModelFolder(finding: path), folder.facts[LanguageBundle.configTokensName] != nil else { continue }
      guard try LanguageBundle.tokenizer(of: folder).json == tokenizer.json else { return (nil, nil) }
      return try LanguageBundle.specialTokens(of: folder)
    }
    return (nil, nil)
  }

  /// Throws for prompts that have no tokens.
  private static func sampler(
    _ file: ConfigFile, _ model: any TokenModel, _ tokenizer: Tokenizer?,
    _ specialTokens: (config: SpecialTokenIDs?, generation: SpecialTokenIDs?)
  ) throws(Diagnostics) -> (TextGenerator, SampleConfig)? {
    guard let config = file.config.log.samples else { return nil }
    guard let tokenizer else { throw file.mistake("log.samples", "continues texts, and random tokens are none; remove it") }
    let generator = TextGenerator(
      model: model, tokenizer: tokenizer,
      boundaries: TextBoundaries(
        tokenizer, vocabulary: model.vocabularySize, specialTokens.config, generation: specialTokens.generation))
    for (index, prompt) in config.prompts.enumerated() {
      if let mistake = generator.mistake(inPrompt: prompt) {
        throw file.mistake("log.samples.prompts", "prompt \(index + 1): \(mistake)")
      }
    }
    return (generator, config)
  }

  func samples() -> [TextSample] {
    guard let (generator, config) = sampler else { return [] }
    var options = config.options
    options.seed = seed
    return config.prompts.map { prompt in
      TextSample(prompt: prompt, text: String(decoding: generator.generate(prompt, options).text, as: UTF8.self))
    }
  }

  private func tokens(_ part: DataPart) -> TokenStore? { text.judged(part, contextLength: layout.length) }

  func writeFiles(to folder: SealedFolder.Writer) throws(Diagnostics) -> [(String, JSON)] {
    try LanguageBundle.write(
      to: folder, tokenizer: text.tokenizer, vocabulary: judge.model.vocabularySize, trainingTokens: text.train.count,
      specialTokens: specialTokens)
  }
}

/// A model of language with what it takes to judge it.
struct LanguageJudge {
  let model: any TokenModel
  /// Those of training.
  let options: CrossEntropyOptions
  /// How many bytes of text each token is; nil where tokens do not say.
  let tokenBytes: [Int]?
  /// The windows of an evaluation.
  let layout: WindowLayout
  let objective: WindowObjective

  /// Judges the model on all of `tokens`, in windows of the context side by side. The loss is without label smoothing, so that it says what the
  /// perplexity does.
  func evaluate<Problem: Error>(
    _ tokens: TokenStore, taps: Taps? = nil, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation {
    let context = Context.evaluation(taps: taps)
    var (sum, count, bytes) = (0.0, 0, 0)
    try tokens.evaluationWindows(layout, objective: objective).forEachBatch { (batch) throws(Problem) in
      try betweenBatches()
      let loss = model.loss(batch.tokens, labels: batch.labels, context)
      sum += Double(loss.sum.scalar)
      count += Int(loss.weight)
      if let tokenBytes {
        for label in batch.labels where label != TextBatch.ignoredLabel { bytes += tokenBytes[Int(label)] }
      }
    }
    let loss = count > 0 ? sum / Double(count) : nil
    let report = LanguageReport(lossSum: sum, count: count, bytes: tokenBytes.map { _ in bytes })
    return Evaluation(loss: loss, report: report, baseline: Baseline(uniform: model.vocabularySize, loss: loss, report))
  }
}
