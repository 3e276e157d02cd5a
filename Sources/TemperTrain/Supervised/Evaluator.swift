import TemperCore
import TemperData
import TemperMetrics
import TemperNN

/// Evaluates a model of rows, during or after training.
struct Evaluator<Inputs> {
  let model: any Model<Inputs>
  let objective: any Objective
  /// Statistics of the training targets.
  let training: TargetCounts
  private let batchSize: Int

  /// Creates an evaluator with at most `batchSize` rows per batch.
  init(_ model: any Model<Inputs>, _ objective: any Objective, _ training: TargetCounts, batchSize: Int) {
    (self.model, self.objective, self.training) = (model, objective, training)
    // Outputs for very many classes are processed in small chunks. Above the number of classes whose metrics are exact to the last bit,
    // chunks fit into the processor cache.
    let most = objective.outputs > ClassificationAccumulator.classLimit ? 1 << 20 : 1 << 23
    self.batchSize = min(batchSize, max(1, most / max(1, objective.outputs)))
  }

  /// Evaluates the model on `samples`. An error from `betweenBatches` ends it.
  func evaluate<Problem: Error>(
    _ samples: some SampleSet<Inputs>, hooks: ActivationHooks? = nil, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation {
    let context = Context.evaluation(hooks: hooks)
    let batches = samples.evaluationBatches(size: batchSize)
    var results = objective.accumulator(rows: samples.count, training: training)
    var (sum, weight) = (0.0, 0.0)
    try batches.forEachBatch { (batch, index) throws(Problem) in
      try betweenBatches()
      let outputs = model(batch.inputs, context)
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
      let part = objective.predictions(model(batch.inputs, .evaluation()))
      let width = part.count / max(1, batch.count)
      if all.isEmpty { all = Array(repeating: 0, count: samples.count * width) }
      for (row, place) in batches.places(index).enumerated() {
        for i in 0..<width { all[place * width + i] = part[row * width + i] }
      }
    }
    return all
  }
}
