import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperMetrics
import TemperNN
import TemperTables
import TemperTrain

/// Learns to repeat the features of rows: an autoencoder, where a hidden layer is narrower than they are. Labels are left aside.
final class Reconstruction: Task {
  let facts: TaskFacts
  private let rows: LoadedRows<FeatureEncoder>
  private let evaluator: ReconstructionEvaluator
  private let loss: RegressionLoss
  private let order: TrainingOrder

  init(_ setup: TaskSetup) throws(Diagnostics) {
    let (file, config) = (setup.file, setup.file.config)
    guard let rows = try config.rowsInput.load(setup) as? LoadedRows<FeatureEncoder> else {
      throw file.mistake("data.type", "has no features of a table, which the task \(config.task.name) repeats")
    }
    let width = rows.encoder.width
    let counted = ParameterStore.counting(frozen: config.train.frozen)
    _ = ReconstructionEvaluator(rows.encoder, config, counted)
    try file.demand(counted, by: "model.type")
    self.rows = rows
    evaluator = ReconstructionEvaluator(rows.encoder, config, setup.store)
    loss = try config.loss.regressionLoss()
    order = TrainingOrder(sampling: config.train.shuffles ? .shuffled : .inOrder)
    facts = TaskFacts(
      summary: config.model.summary(inputs: width, outputs: width), units: evaluator.model.units,
      plan: BatchPlan(rows: rows.train.count, batchSize: config.train.batchSize, smallest: evaluator.model.minimumBatchSize),
      operationsPerRow: evaluator.model.operationsPerRow(length: width), splits: DataSplit.allCases.filter { rows.samples($0) != nil },
      sources: rows.files.map(DataSource.init), notes: rows.notes, warnings: rows.warnings)
  }

  func batches(random: RandomStreams, first: Int) -> TrainingBatches {
    let stream = BatchStream(rows.train.trainingBatches(facts.plan, order, random: random), first: first)
    return TrainingBatches { [evaluator, loss] in
      let batch = stream.nextBatch()
      return (batch.rowIDs, { context, _ in loss(evaluator.model(batch.inputs, context), batch.inputs.values) })
    }
  }

  func evaluate<Problem: Error>(
    _ selection: EvaluatedRows, hooks: ActivationHooks?, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation? {
    let samples: Dataset?
    switch selection {
    case .all(let split), .sample(let split, _): samples = rows.samples(split)
    }
    guard let samples else { return nil }
    return try evaluator.evaluate(samples, loss, hooks: hooks, betweenBatches: betweenBatches)
  }

  func writeFiles(to folder: SealedFolder.Writer) throws(Diagnostics) -> [(String, JSON)] {
    try rows.encoder.write(to: folder)
    return [("rows", .integer(rows.train.count))]
  }
}

extension TaskDefinition {
  /// The features of a row, from themselves.
  static let reconstruction = TaskDefinition(
    "reconstruction", "the features of a row, from themselves", metrics: ReconstructionReport.metricNames, defaultLoss: "mse",
    defaultInput: "csv", target: .value,
    template: { [("data", ["path": "table.csv", "label": "label"]), ("model", ["hidden": [16, 2, 16], "activation": "tanh"])] },
    make: { setup throws(Diagnostics) in try Reconstruction(setup) },
    load: { folder throws(Diagnostics) in try StoredReconstruction(folder) })
}
