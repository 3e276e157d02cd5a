import TemperCore
import TemperData
import TemperJSON
import TemperNN

/// How a text becomes ids, and ids become what a loss takes: an encoder over tokens, or a bag of hashed n-grams.
enum TextClassifier {
  /// BERT over the tokens of a text.
  case encoder(BertClassifier, Tokenizer, longest: Int)
  /// The mean of the embeddings of a text's n-grams.
  case ngrams(NGramLinear, NGramHasher)

  /// How rows lie in a batch.
  var layout: TextRowLayout {
    switch self {
    case .encoder(_, let tokenizer, _): .padded(tokenizer.specialTokens.padding ?? 0)
    case .ngrams: .bags
    }
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
  /// Texts of a batch.
  let batchSize: Int

  /// Judges the classifier on `rows`.
  func evaluate(_ rows: TextRows, taps: Taps? = nil) -> Evaluation {
    var (sum, weight) = (0.0, 0.0)
    var parts = ReportParts(objective)
    let context = Context.evaluation(taps: taps)
    EvaluationRows(rows, batchSize: batchSize, layout: classifier.layout).forEachBatch { batch in
      let outputs = classifier(batch, context)
      let loss = objective.loss(outputs, labels: batch.labels, values: [])
      sum += Double(loss.sum.scalar)
      weight += loss.weight
      parts.add(outputs, labels: batch.labels)
    }
    return Evaluation(loss: weight > 0 ? sum / weight : nil, report: parts.report(values: []))
  }

  /// The probabilities of the classes for each of `rows`, in their order.
  func predictions(_ rows: TextRows) -> [Float] {
    let context = Context.evaluation(taps: nil)
    let batches = EvaluationRows(rows, batchSize: batchSize, layout: classifier.layout)
    var all: [Float] = []
    var width = 1
    batches.forEachBatch { batch in
      let part = objective.predictions(classifier(batch, context))
      width = part.count / max(1, batch.count)
      all += part
    }
    return batches.inRowOrder(all, width: width)
  }
}
