import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperTables
import TemperText

/// Texts of a table, with classes to tell apart.
final class TextTask: Task {
  let judge: TextJudge
  let summary: String
  let plan: BatchPlan
  let sources: [DataSource]
  let notes: [String]
  private let dataWarnings: [Warning]
  private let target: Target
  private let train: TextRows
  private let validation: TextRows?
  private let test: TextRows?

  /// Loads the texts of `file`, from `tables` if these have been read already, and makes the model with its parameters in `store`. Throws what
  /// is wrong with either.
  init(_ file: ConfigFile, _ texts: TextColumnConfig, _ store: ParameterStore, tables: SourceTables?) throws(Diagnostics) {
    let config = file.config
    guard let table = config.data.table else { fail("texts without a table") }
    let data = try LabelledTexts(table, text: texts.column, seed: UInt64(config.seed), tables: tables)
    target = data.target
    let counts = data.train.rows.classCounts(target.width)
    let objective = try Objective(config.loss, target, counts: counts, rows: data.train.rows.count)
    let tokenizer = try texts.tokenizer?.tokenizer(texts: data.train.texts, path: data.files.first?.name ?? "texts")
    if let tokenizer {
      for part in [data.train, data.validation, data.test] { try part?.checkKnown(to: tokenizer) }
    }
    let counted = ParameterStore.counting(frozen: config.train.frozen)
    let shape = try config.model.textClassifier(counted, tokenizer, texts, outputs: objective.outputs, file)
    try file.demand(counted, by: shape.sizeKey(config.model, counted))
    try file.demandBatch(
      rows: min(config.train.batchSize, data.train.rows.count), numbers: shape.activations(config.model) + 3 * Double(objective.outputs))
    let classifier = try config.model.textClassifier(store, tokenizer, texts, outputs: objective.outputs, file)
    func rows(_ part: LabelledTexts.Part?) -> TextRows? {
      part.map { classifier.rows($0.texts, labels: $0.rows.labels, rowIDs: $0.rows.rowIDs) }
    }
    train = classifier.rows(data.train.texts, labels: data.train.rows.labels, rowIDs: data.train.rows.rowIDs)
    (validation, test) = (rows(data.validation), rows(data.test))
    judge = TextJudge(
      classifier: classifier, objective: objective, training: TargetCounts(counts: counts, rows: train.count),
      batchSize: config.train.evalBatchSize)
    plan = BatchPlan(rows: train.count, batchSize: config.train.batchSize)
    sources = data.files.map(DataSource.init)
    dataWarnings = data.warnings
    notes = data.notes + (tokenizer?.notes ?? [])
    summary = config.model.summary(inputs: 0, outputs: objective.outputs)
  }

  var units: [Units] { judge.classifier.units }
  var measure: RowMeasure { .rows }
  var operationsPerRow: Int { judge.classifier.operationsPerRow(ids: train.ids.count / max(1, train.count)) }
  var isSquaredError: Bool { false }
  var equalClasses: Int? { judge.objective.equalClasses }
  var warnings: [Warning] {
    guard case .classes(_, let names) = target else { return dataWarnings }
    return dataWarnings + [Warning.loneClasses(names, counts: judge.training.counts)].compactMap { $0 }
  }
  var changedLabels: Int { 0 }

  func batches(random: RandomStreams, first: Int) -> BatchSource {
    let batches = RowBatches(train, plan, layout: judge.classifier.layout, random: random)
    let tokens = plan.batchSize * train.ids.count / max(1, train.count)
    let stream = TextBatchStream(batches, tokensPerBatch: tokens, first: first)
    return BatchSource { [judge] in
      let batch = stream.nextBatch()
      return (
        batch.rowIDs,
        { context, smoothing in
          judge.objective.smoothed(by: smoothing).loss(judge.classifier(batch, context), labels: batch.labels, values: [])
        }
      )
    }
  }

  func has(_ part: DataPart) -> Bool { rows(part) != nil }

  func evaluate<Problem: Error>(
    _ part: DataPart, taps: Taps?, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation? {
    guard let rows = rows(part) else { return nil }
    return try judge.evaluate(rows, taps: taps, betweenBatches: betweenBatches)
  }

  private func rows(_ part: DataPart) -> TextRows? {
    switch part {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }

  func writeFiles(to folder: SealedFolder.Writer) throws(Diagnostics) -> [(String, JSON)] {
    let counts = Dataset(features: [], width: 0, labels: train.labels, rowIDs: train.rowIDs).classCounts(target.width)
    if case .encoder(_, let tokenizer, _) = judge.classifier { try LanguageBundle.write(tokenizer, to: folder) }
    return try ModelBundle.write(
      to: folder, preprocessor: Preprocessor(columns: [], target: target), rows: train.count, targetRows: counts)
  }
}

extension ModelConfig {
  /// The classifier of texts with its parameters in `store`; its outputs are logits. Throws where it takes texts longer than its positions.
  func textClassifier(
    _ store: ParameterStore, _ tokenizer: Tokenizer?, _ texts: TextColumnConfig, outputs: Int, _ file: ConfigFile
  ) throws(Diagnostics) -> TextClassifier {
    switch self {
    case .ngramLinear(let config):
      return .ngrams(
        NGramLinear(store.root, buckets: config.ngrams.buckets, width: config.width, classes: outputs), NGramHasher(config.ngrams))
    case .transformer(.bert(let config)):
      guard let tokenizer else { fail("an encoder without a tokenizer") }
      let vocabulary = config.vocabularySize ?? tokenizer.vocabularySize
      if vocabulary < tokenizer.vocabularySize {
        throw file.mistake(
          "model.vocab_size", "is \(vocabulary), and the tokenizer has \(tokenizer.vocabularySize) tokens; raise it, or remove it")
      }
      let longest = texts.maxLength ?? config.contextLength
      if longest > config.contextLength {
        throw file.mistake(
          "data.max_length",
          "is \(longest), and the model has \(config.contextLength) positions; lower it, or raise "
            + "model.max_position_embeddings")
      }
      return .encoder(
        BertClassifier(store.root, config, vocabulary: vocabulary, outputs: outputs), tokenizer, longest: longest)
    case .mlp, .linear, .transformer: fail("a model of features, or of language, does not tell texts apart")
    }
  }
}

extension Dataset {
  /// How many rows each of `classes` classes has.
  func classCounts(_ classes: Int) -> [Int] {
    var counts = Array(repeating: 0, count: classes)
    for label in labels { counts[Int(label)] += 1 }
    return counts
  }
}
