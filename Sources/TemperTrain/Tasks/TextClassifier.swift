import TemperCore
import TemperFiles
import TemperJSON
import TemperNN
import TemperText

/// How a text becomes ids, and ids become what a loss takes: an encoder over tokens, or a bag of hashed n-grams.
enum TextClassifier {
  /// BERT over the tokens of a text.
  case encoder(BertClassifier, Tokenizer, longest: Int)
  /// The mean of the embeddings of a text's n-grams.
  case ngrams(NGramLinear, NGramHasher)

  /// The setting that decides how large the weights are.
  func sizeKey(_ config: ModelConfig, _ counted: ParameterStore) -> String {
    guard case .encoder(let model, let tokenizer, _) = self, let shape = config.transformer else { return "model.buckets" }
    return shape.sizeKey(counted, width: model.width, vocabulary: shape.vocabularySize ?? tokenizer.vocabularySize)
  }

  /// Floats that a training step keeps for a text of average length at least: of an encoder, for its first token.
  func activations(_ config: ModelConfig) -> Double {
    guard case .encoder(let model, _, _) = self, let shape = config.transformer else { return 0 }
    return shape.activations(width: model.width, layers: model.attentionShape.layers)
  }

  /// How rows lie in a batch.
  var layout: TextRowLayout {
    switch self {
    case .encoder(_, let tokenizer, _): .padded(tokenizer.specialTokens.padding ?? 0)
    case .ngrams: .bags
    }
  }

  /// What texts are cut into; nil where they are hashed.
  var tokenizer: Tokenizer? {
    if case .encoder(_, let tokenizer, _) = self { tokenizer } else { nil }
  }

  var units: [Units] {
    switch self {
    case .encoder(let model, _, _): model.units
    case .ngrams(let model, _): model.units
    }
  }

  /// Multiplications and additions of a training step on a text of `ids` ids.
  func operationsPerRow(ids: Int) -> Int {
    switch self {
    case .encoder(let model, _, _): model.operationsPerToken(length: ids) * ids
    case .ngrams(let model, _): model.operationsPerRow(ngrams: ids)
    }
  }

  /// The ids of texts, with their classes and the numbers of their rows. Of a text that is too long the beginning is taken.
  func rows(_ texts: [[UInt8]], labels: [Int32], rowIDs: [Int32]) -> TextRows {
    switch self {
    case .encoder(_, let tokenizer, let longest):
      // The last token of a text is the one that ends it, where there is one.
      let kept = tokenizer.specialTokens.separator == nil ? 0 : 1
      return TextRows(labels: labels, rowIDs: rowIDs, longest: longest, keepingLast: kept) { index in
        tokenizer.encode(texts[index], addingSpecialTokens: true)
      }
    case .ngrams(_, let hasher):
      return TextRows(labels: labels, rowIDs: rowIDs) { index in texts[index].withUnsafeBufferPointer { hasher.ids($0) } }
    }
  }

  /// What the loss takes of a batch, `[rows, outputs]`.
  func callAsFunction(_ batch: TextBatch, _ context: Context) -> Tensor {
    switch self {
    case .encoder(let model, _, _): model.logits(batch.tokens, context)
    case .ngrams(let model, _): model(batch.bags, context)
    }
  }
}

/// A classifier of texts with what it takes to judge it.
struct TextJudge {
  let classifier: TextClassifier
  let objective: Objective
  /// The targets it was trained on.
  let training: TargetCounts
  /// Texts of a batch.
  let batchSize: Int

  /// Evaluates the classifier on `rows`. What `betweenBatches` throws ends it.
  func evaluate<Problem: Error>(
    _ rows: TextRows, taps: Taps? = nil, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation {
    let context = Context.evaluation(taps: taps)
    let batches = EvaluationRows(rows, batchSize: objective.evaluationRows(batchSize), layout: classifier.layout)
    var results = ResultGatherer(objective, training: training, rows: rows.count)
    var done = 0
    try batches.forEachBatch { (batch) throws(Problem) in
      try betweenBatches()
      let places = batches.order[done..<done + batch.count]
      results.add(classifier(batch, context), labels: batch.labels, values: [], places: places)
      done += batch.count
    }
    return results.evaluation
  }

  /// The probabilities of the classes for each of `rows`, in their order.
  func predictions(_ rows: TextRows) -> [Float] {
    let batches = EvaluationRows(rows, batchSize: objective.evaluationRows(batchSize), layout: classifier.layout)
    var all: [Float] = []
    var width = 1
    batches.forEachBatch { batch in
      let part = objective.predictions(classifier(batch, .evaluation(taps: nil)))
      width = part.count / max(1, batch.count)
      all += part
    }
    return batches.inRowOrder(all, width: width)
  }
}
