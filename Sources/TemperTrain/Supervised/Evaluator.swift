import TemperCore
import TemperData
import TemperGuard
import TemperMetrics
import TemperNN

/// Evaluates a model of rows, during or after training.
struct Evaluator<Inputs> {
  let model: any Model<Inputs>
  let objective: any Objective
  /// Statistics of the training targets.
  let training: TargetCounts
  /// Divides the model's outputs; see ``TemperGuard/TemperatureScaling``.
  var temperature = 1.0
  private let batchSize: Int

  /// Creates an evaluator with at most `batchSize` rows per batch.
  init(_ model: any Model<Inputs>, _ objective: any Objective, _ training: TargetCounts, batchSize: Int) {
    (self.model, self.objective, self.training) = (model, objective, training)
    // Outputs for very many classes are processed in small chunks. Above the number of classes whose metrics are exact to the last bit,
    // chunks fit into the processor cache.
    let most = objective.outputs > ClassificationAccumulator.classLimit ? 1 << 20 : 1 << 23
    self.batchSize = min(batchSize, max(1, most / max(1, objective.outputs)))
  }

  private func outputs(_ inputs: Inputs, _ context: Context) -> Tensor {
    let outputs = model(inputs, context)
    return temperature == 1 ? outputs : outputs * Float(1 / temperature)
  }

  /// The temperature for the model as it is, fitted to the rows of `samples`, or to a sample of them where outputs are very many.
  func fittedTemperature(to samples: some SampleSet<Inputs>) -> TemperatureScaling? {
    var (logits, labels): ([Float], [Int32]) = ([], [])
    func add(_ batches: some FiniteBatches<Batch<Inputs>>) {
      let most = (1 << 22) / (objective.outputs * 16)
      ChosenBatches(batches, evenly: max(1, most)).forEachBatch { batch, _ in
        logits += model(batch.inputs, .evaluation()).values
        labels += batch.labels
      }
    }
    add(samples.evaluationBatches(size: 16))
    return TemperatureScaling(logits: logits, labels: labels, classes: objective.outputs)
  }

  /// Evaluates the model on `samples`. An error from `betweenBatches` ends it.
  func evaluate<Problem: Error>(
    _ samples: some SampleSet<Inputs>, hooks: ActivationHooks? = nil, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation {
    try evaluate(samples.evaluationBatches(size: batchSize), rows: samples.count, hooks: hooks, betweenBatches: betweenBatches)
  }

  /// Evaluates the model on about `rows` of `samples`, in evenly spaced batches that are small, so that rows in a sorted order are all represented.
  func evaluate<Problem: Error>(
    sample rows: Int, of samples: some SampleSet<Inputs>, hooks: ActivationHooks?, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation {
    let size = min(16, batchSize)
    func sampled(_ batches: some FiniteBatches<Batch<Inputs>>) throws(Problem) -> Evaluation {
      let chosen = ChosenBatches(batches, evenly: max(1, rows / size))
      return try evaluate(chosen, rows: chosen.rows, hooks: hooks, betweenBatches: betweenBatches)
    }
    return try sampled(samples.evaluationBatches(size: size))
  }

  /// Evaluates the model on the rows of `samples` at the positions `places`.
  func evaluate<Problem: Error>(
    _ places: [Int], of samples: some SampleSet<Inputs>, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation {
    func chosen(_ batches: some FiniteBatches<Batch<Inputs>>) throws(Problem) -> Evaluation {
      let wanted = Set(places)
      let chosen = ChosenBatches(batches, (0..<batches.count).filter { batches.places($0).contains(where: wanted.contains) })
      return try evaluate(chosen, rows: chosen.rows, betweenBatches: betweenBatches)
    }
    return try chosen(samples.evaluationBatches(size: 1))
  }

  private func evaluate<Problem: Error>(
    _ batches: some FiniteBatches<Batch<Inputs>>, rows: Int, hooks: ActivationHooks? = nil, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation {
    let context = Context.evaluation(hooks: hooks)
    var results = objective.accumulator(rows: rows, training: training)
    var (sum, weight) = (0.0, 0.0)
    try batches.forEachBatch { (batch, index) throws(Problem) in
      try betweenBatches()
      let outputs = outputs(batch.inputs, context)
      let loss = objective.loss(outputs, batch.targets)
      sum += Double(loss.sum.scalar)
      weight += loss.weight
      results.add(outputs, batch.targets, places: batches.places(index))
    }
    let (report, baseline) = results.results
    return Evaluation(loss: weight > 0 ? sum / weight : nil, report: report, baseline: baseline)
  }

  /// The predictions for `samples`, row-major and in order.
  func predictions(_ samples: some SampleSet<Inputs>) -> [Float] {
    let batches = samples.evaluationBatches(size: batchSize)
    var all: [Float] = []
    batches.forEachBatch { batch, index in
      let part = objective.predictions(outputs(batch.inputs, .evaluation()))
      let width = part.count / max(1, batch.count)
      if all.isEmpty { all = Array(repeating: 0, count: samples.count * width) }
      for (row, place) in batches.places(index).enumerated() {
        for i in 0..<width { all[place * width + i] = part[row * width + i] }
      }
    }
    return all
  }
}
