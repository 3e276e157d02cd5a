import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperMetrics
import TemperNN
import TemperTables

/// A task that learns the labels of rows.
protocol LabelLearning: Task {}

/// An objective trained on labelled rows of any kind: tables, texts, images.
final class Supervised<Encoder: RowEncoder>: LabelLearning {
  let facts: TaskFacts
  private let rows: LoadedRows<Encoder>
  private let evaluator: Evaluator<Encoder.Inputs>
  private let order: TrainingOrder

  /// Creates the model for `rows` with parameters in the store of `setup`. Throws if rows, objective and config are incompatible.
  init(_ rows: LoadedRows<Encoder>, _ objective: any Objective.Type, _ setup: TaskSetup) throws(Diagnostics) {
    let (file, config) = (setup.file, setup.file.config)
    var rows = rows
    rows.addLabelNoise(config)
    let (encoder, count) = (rows.encoder, rows.train.count)
    let training = TargetCounts(rows.train.targets, of: encoder.target)
    let objective = try objective.init(config.loss, encoder.target, training)
    func model(_ scope: ParameterScope) -> any Model<Encoder.Inputs> {
      encoder.model(scope, config, outputs: objective.outputs, endsInSoftmax: objective.takesProbabilities)
    }
    let counted = ParameterStore.counting(frozen: config.train.frozen)
    let units = model(counted.root).units.reduce(0) { $0 + $1.count }
    try file.demand(counted, by: encoder.sizeKey(counted, outputs: objective.outputs, config))
    try file.demandBatch(
      rows: min(config.train.batchSize, count), numbers: encoder.activations(hiddenUnits: units) + 3 * Double(objective.outputs))
    let model = model(setup.store.root)
    if count < model.minimumBatchSize {
      throw Diagnostics(
        .invalidValue, at: .wholeFile(path: file.path),
        "model.norm: batch normalisation requires at least \(model.minimumBatchSize) training rows, found \(count)")
    }
    if let problem = objective.problem(with: model) { throw config.loss.unfit(problem) }
    evaluator = Evaluator(model, objective, training, batchSize: config.train.evalBatchSize)
    order = TrainingOrder(
      sampling: try config.train.sampling(classes: encoder.target.classes, counts: training.counts, file),
      augmentation: try config.train.augment.flatMap { augment throws(Diagnostics) in try encoder.augmentation(augment, file) })
    self.rows = rows
    facts = TaskFacts(
      summary: config.model.summary(inputs: encoder.width, outputs: objective.outputs), units: model.units,
      learnedDropout: model.learnedDropout,
      plan: BatchPlan(rows: count, batchSize: config.train.batchSize, smallest: model.minimumBatchSize),
      operationsPerRow: model.operationsPerRow(length: rows.train.meanLength), uniformClassCount: objective.uniformClassCount,
      splits: DataSplit.allCases.filter { rows.samples($0) != nil }, sources: rows.files.map(DataSource.init),
      noisyLabels: rows.noisyLabels,
      notes: rows.notes,
      warnings: rows.warnings + [Warning.loneClasses(encoder.target.classes, counts: training.counts)].compactMap { $0 })
  }

  func batches(random: RandomStreams, first: Int) -> TrainingBatches {
    let stream = BatchStream(rows.train.trainingBatches(facts.plan, order, random: random), first: first)
    return TrainingBatches { [evaluator] in
      let batch = stream.nextBatch()
      return (
        batch.rowIDs,
        { context, smoothing in
          evaluator.objective.smoothed(by: smoothing).trainingLoss(evaluator.model, batch.inputs, batch.targets, context)
        }
      )
    }
  }

  func evaluate<Problem: Error>(
    _ split: DataSplit, hooks: ActivationHooks?, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation? {
    guard let samples = rows.samples(split) else { return nil }
    return try evaluator.evaluate(samples, hooks: hooks, betweenBatches: betweenBatches)
  }

  func writeFiles(to folder: SealedFolder.Writer) throws(Diagnostics) -> [(String, JSON)] {
    try rows.encoder.write(to: folder)
    return [
      ("rows", .integer(rows.train.count)), ("target_rows", .array(evaluator.training.counts.map { .integer($0) })),
      (SupervisedReader.hashesName, .array(facts.sources.map { .string($0.sha256) })),
    ] + (evaluator.training.mean.map { [(SupervisedReader.meanName, .number($0))] } ?? [])
  }
}

extension TaskDefinition {
  /// The task of learning `objective` from labelled rows.
  public static func supervised(_ objective: any Objective.Type) -> TaskDefinition {
    TaskDefinition(
      objective.name, objective.doc, metrics: objective.metrics, defaultLoss: objective.defaultLoss, losses: objective.losses,
      defaultInput: CSVInput.type, target: objective.target,
      template: { ConfigDraft.table(target: objective.target) },
      make: { setup throws(Diagnostics) in
        guard let input = setup.file.config.data as? any LabelledInput else { fail("the task \(objective.name) requires labelled rows") }
        let rows = if let loaded = setup.data as? any TrainableRows { loaded } else { try input.load(setup) }
        return try rows.task(objective, setup)
      },
      load: { folder throws(Diagnostics) in try SupervisedReader.read(folder, objective) })
  }
}
