import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperMetrics
import TemperNN
import TemperText

/// Causal or masked language modeling on tokenized text.
final class LanguageModeling: TextSampling, CanaryPlanting {
  let facts: TaskFacts
  private let text: PreparedText
  private let evaluator: LanguageEvaluator
  private let layout: WindowLayout
  /// Generates the text samples at evaluations; nil for none.
  private let sampler: (generator: TextGenerator, config: SampleConfig)?
  private let seed: Int
  /// The ids that begin and end a text in the initial model.
  private let specialTokens: (config: SpecialTokenIDs?, generation: SpecialTokenIDs?)

  /// Reads the text of `setup` and creates the model, with parameters in its store.
  init(_ setup: TaskSetup) throws(Diagnostics) {
    let (file, config, store) = (setup.file, setup.file.config, setup.store)
    guard let shape = config.model as? any LanguageModelConfig else { fail("the model is not a language model") }
    text = if let loaded = setup.data as? PreparedText { loaded } else { try PreparedText(of: file) }
    let vocabulary = try text.vocabularySize(for: shape, file)
    let counted = ParameterStore.counting(frozen: config.train.frozen)
    let dropout = config.regularization.transformerDropout
    let blueprint = shape.languageModel(counted.root, vocabulary: vocabulary, dropout: dropout)
    try file.demand(counted, by: shape.sizeKey(counted, width: blueprint.width, vocabulary: vocabulary))
    let perToken = 6 + shape.activations(width: blueprint.width, layers: blueprint.attentionShape.layers)
    try file.demandBatch(
      rows: config.train.batchSize, numbers: Double(blueprint.contextLength) * perToken,
      by: blueprint.contextLength > 32 * config.train.batchSize ? shape.contextKey : "train.batch_size")
    let model = shape.languageModel(store.root, vocabulary: vocabulary, dropout: dropout)
    evaluator = LanguageEvaluator(
      model: model, options: try config.loss.tokenOptions(), tokenBytes: text.tokenizer?.byteCounts,
      layout: WindowLayout(rows: config.train.evalBatchSize, length: model.contextLength),
      objective: try WindowObjective(
        config.task.sampleKind, text.tokenizer, vocabulary: text.train.vocabularySize, random: store.random))
    specialTokens = try Self.specialTokens(config, text.tokenizer)
    sampler = try Self.sampler(file, model, text.tokenizer, specialTokens)
    seed = config.seed
    layout = WindowLayout(
      rows: config.train.batchSize, length: model.contextLength, crossesDocuments: !text.keepsToDocuments)
    let windows = max(1, text.train.count / (model.contextLength * config.train.batchSize))
    var splits: [DataSplit] = [.train]
    if text.validation != nil { splits.append(.validation) }
    if text.test != nil { splits.append(.test) }
    facts = TaskFacts(
      summary: shape.summary + ", context \(model.contextLength), \(vocabulary) tokens", units: model.units,
      featureName: model.featureName, learnedDropout: model.learnedDropout,
      plan: BatchPlan(rows: windows * config.train.batchSize, batchSize: config.train.batchSize),
      measure: RowMeasure(name: "tokens", perRow: layout.length),
      operationsPerRow: model.operationsPerToken(length: layout.length) * layout.length, uniformClassCount: vocabulary,
      splits: splits, sources: text.sources,
      notes: text.notes)
  }

  func batches(random: RandomStreams, first: Int) -> TrainingBatches {
    let stream = BatchStream(RandomWindows(text.train, layout, objective: evaluator.objective, random: random), first: first)
    return TrainingBatches { [evaluator] in
      let batch = stream.nextBatch()
      return (
        batch.rowIDs,
        { context, smoothing in
          var options = evaluator.options
          if let smoothing { options.labelSmoothing = Float(smoothing) }
          return evaluator.model.loss(batch.inputs, labels: batch.labels, context, options: options)
        }
      )
    }
  }

  func evaluate<Problem: Error>(
    _ rows: EvaluatedRows, hooks: ActivationHooks?, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation? {
    switch rows {
    case .all(let split):
      guard let tokens = text.evaluated(split, contextLength: layout.length) else { return nil }
      return try evaluator.evaluate(tokens, hooks: hooks, betweenBatches: betweenBatches)
    case .sample(let split, let windows):
      guard let tokens = text.tokens(split) else { return nil }
      return try evaluator.evaluate(sample: windows, of: tokens, hooks: hooks, betweenBatches: betweenBatches)
    }
  }

  /// Windows with as many tokens as the planted sequences and the references.
  var canaryRows: Int {
    guard let canaries = text.canaries else { return 0 }
    return max(1, (canaries.planted.count + canaries.references.count) / layout.length)
  }

  func memorizedCanaries<Problem: Error>(betweenBatches: () throws(Problem) -> Void) throws(Problem) -> Double? {
    guard let canaries = text.canaries else { return nil }
    return try evaluator.memorized(canaries, betweenBatches: betweenBatches)
  }

  /// The special tokens of the initial model; nothing if it has another tokenizer, for which its ids mean nothing.
  private static func specialTokens(
    _ config: RunConfig, _ tokenizer: Tokenizer?
  ) throws(Diagnostics) -> (config: SpecialTokenIDs?, generation: SpecialTokenIDs?) {
    guard case .run(let path)? = config.start?.source, let tokenizer else { return (nil, nil) }
    // When a run is resumed, its initial model may be gone, but its own model has copied the ids.
    for path in [path, config.outputDirectory + "/" + config.name] {
      guard let folder = try? ModelFolder(finding: path, config.components), folder.facts[LanguageModel.configTokensName] != nil else {
        continue
      }
      guard try LanguageModel.tokenizer(of: folder).json == tokenizer.json else { return (nil, nil) }
      return try LanguageModel.specialTokens(of: folder)
    }
    return (nil, nil)
  }

  /// Throws for prompts that cannot be tokenized.
  private static func sampler(
    _ file: ConfigFile, _ model: any TokenModel, _ tokenizer: Tokenizer?,
    _ specialTokens: (config: SpecialTokenIDs?, generation: SpecialTokenIDs?)
  ) throws(Diagnostics) -> (TextGenerator, SampleConfig)? {
    guard let config = file.config.log.samples else { return nil }
    guard let tokenizer else { throw file.mistake("log.samples", "is not supported with random tokens; remove it") }
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

  func writeFiles(to folder: SealedFolder.Writer) throws(Diagnostics) -> [(String, JSON)] {
    try LanguageModel.write(
      to: folder, tokenizer: text.tokenizer, vocabulary: evaluator.model.vocabularySize, trainingTokens: text.train.count,
      specialTokens: specialTokens)
  }
}

extension TaskDefinition {
  /// Next-token prediction.
  static let languageModeling = language(
    "language_modeling", "the next token of a text", .nextTokens, continuesTexts: true, tokenizer: ["type": "chars"],
    model: ["type": "gpt2", "n_layer": 4, "n_head": 4, "n_embd": 128, "n_positions": 128])

  /// Masked-token prediction.
  static let maskedLanguageModeling = language(
    "masked_language_modeling", "hidden tokens of a text", .maskedTokens, continuesTexts: false,
    tokenizer: ["type": "wordpiece", "vocab_size": 8192],
    model: [
      "type": "bert", "num_hidden_layers": 4, "num_attention_heads": 4, "hidden_size": 128, "intermediate_size": 512,
      "max_position_embeddings": 128,
    ])

  /// A task on text; its template is a small transformer that trains on a megabyte of text in minutes.
  private static func language(
    _ name: String, _ doc: String, _ kind: SampleKind, continuesTexts: Bool, tokenizer: JSON, model: JSON
  ) -> TaskDefinition {
    TaskDefinition(
      name, doc, metrics: LanguageReport.metricNames, defaultLoss: "sparse_categorical_crossentropy", defaultInput: TextInput.type,
      sampleKind: kind, continuesTexts: continuesTexts,
      template: {
        [
          ("data", ["path": "text.txt", "tokenizer": tokenizer]), ("model", model),
          ("optimizer", ["learning_rate": 1e-3, "weight_decay": 0.1]), ("schedule", ["type": "cosine", "warmup_steps": 100]),
          ("train", ["max_steps": 2000, "batch_size": 16, "eval_every_steps": 200, "max_grad_norm": 1]),
        ]
      },
      make: { setup throws(Diagnostics) in try LanguageModeling(setup) },
      load: { folder throws(Diagnostics) in try LanguageModel(folder) })
  }
}
