import TemperCore
import TemperData
import TemperMetrics
import TemperNN
import TemperText

/// A language model with the settings of its evaluation.
struct LanguageEvaluator {
  let model: any TokenModel
  /// The loss options of training.
  let options: CrossEntropyOptions
  /// The number of bytes of text per token; nil if unknown.
  let tokenBytes: [Int]?
  /// The windows of an evaluation.
  let layout: WindowLayout
  let objective: WindowObjective

  /// Evaluates the model on all of `tokens`, in adjacent windows of the context length. The loss has no label smoothing, so that it
  /// matches the perplexity.
  func evaluate<Problem: Error>(
    _ tokens: TokenStore, hooks: ActivationHooks? = nil, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation {
    try evaluate(tokens.evaluationWindows(layout, objective: objective), hooks: hooks, betweenBatches: betweenBatches)
  }

  /// Evaluates the model on about so many windows of `tokens`, evenly spaced.
  func evaluate<Problem: Error>(
    sample windows: Int, of tokens: TokenStore, hooks: ActivationHooks?, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation {
    let single = WindowLayout(rows: 1, length: layout.length, crossesDocuments: layout.crossesDocuments)
    return try evaluate(
      ChosenBatches(tokens.evaluationWindows(single, objective: objective), evenly: windows), hooks: hooks, betweenBatches: betweenBatches)
  }

  /// The share of the planted sequences whose loss is below that of every reference: those of the greatest exposure.
  func memorized<Problem: Error>(_ canaries: Canaries, betweenBatches: () throws(Problem) -> Void) throws(Problem) -> Double {
    /// The losses of sequences that fill a window each.
    func losses(_ sequences: TokenStore) throws(Problem) -> [Double] {
      let single = WindowLayout(rows: 1, length: sequences.count / sequences.documentStarts.count, crossesDocuments: false)
      return try windowLosses(sequences, single, betweenWindows: betweenBatches).map(\.sum)
    }
    let (planted, references) = (try losses(canaries.planted), try losses(canaries.references))
    let least = references.min() ?? .infinity
    return Double(planted.filter { $0 < least }.count) / Double(planted.count)
  }

  /// The summed loss and the number of predicted tokens of each window of `tokens`, in turn; `single` has a row per batch.
  func windowLosses<Problem: Error>(
    _ tokens: TokenStore, _ single: WindowLayout, betweenWindows: () throws(Problem) -> Void
  ) throws(Problem) -> [(sum: Double, weight: Double)] {
    var losses: [(Double, Double)] = []
    try tokens.evaluationWindows(single, objective: objective).forEachBatch { (batch, _) throws(Problem) in
      try betweenWindows()
      let loss = model.loss(batch.inputs, labels: batch.labels, .evaluation())
      losses.append((Double(loss.sum.scalar), loss.weight))
    }
    return losses
  }

  private func evaluate<Problem: Error>(
    _ windows: some FiniteBatches<Batch<TokenBatch>>, hooks: ActivationHooks?, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation {
    let context = Context.evaluation(hooks: hooks)
    var (sum, count, bytes) = (0.0, 0, 0)
    try windows.forEachBatch { (batch, _) throws(Problem) in
      try betweenBatches()
      let loss = model.loss(batch.inputs, labels: batch.labels, context)
      sum += Double(loss.sum.scalar)
      count += Int(loss.weight)
      if let tokenBytes {
        for label in batch.labels where label != TokenBatch.ignoredLabel { bytes += tokenBytes[Int(label)] }
      }
    }
    let loss = count > 0 ? sum / Double(count) : nil
    let report = LanguageReport(lossSum: sum, count: count, bytes: tokenBytes.map { _ in bytes })
    return Evaluation(loss: loss, report: report, baseline: Baseline(uniform: model.vocabularySize, loss: loss, report))
  }
}
