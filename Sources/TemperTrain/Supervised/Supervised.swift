import TemperCore
import TemperData
import TemperFiles
import TemperGuard
import TemperJSON
import TemperMetrics
import TemperNN
import TemperTables

/// A task that learns the labels of rows.
protocol LabelLearning: Task {}

/// An objective trained on labelled rows of any kind: tables, texts, images.
final class Supervised<Encoder: RowEncoder>: LabelLearning, Calibrating, CanaryPlanting {
  let facts: TaskFacts
  private let rows: LoadedRows<Encoder>
  /// Whether a temperature may divide the model's outputs.
  private let isSoftmax: Bool
  private var evaluator: Evaluator<Encoder.Inputs>
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
      encoder.model(scope, config, outputs: objective.outputLayer)
    }
    if let problem = encoder.problem(with: config.model) { throw file.mistake(problem.key, problem.text) }
    let counted = ParameterStore.counting(frozen: config.train.frozen)
    let planned = model(counted.root)
    if let problem = objective.problem(with: planned) { throw config.loss.unfit(problem) }
    try file.demandFreshClusters(of: planned)
    try file.demand(counted, by: encoder.sizeKey(counted, outputs: objective.outputs, config))
    try file.demandBatch(
      rows: min(config.train.batchSize, count),
      numbers: encoder.activations(hiddenUnits: planned.activationsPerRow) + 3 * Double(objective.outputs))
    let model = model(setup.store.root)
    Self.fit(model, to: rows.train)
    if count < model.minimumBatchSize {
      throw Diagnostics(
        .invalidValue, at: .wholeFile(path: file.path),
        "model.norm: batch normalisation requires at least \(model.minimumBatchSize) training rows, found \(count)")
    }
    if config.calibrates, rows.validation == nil {
      throw file.mistake(
        "calibrate", "requires validation rows, to which the temperature is fitted; set data.split.validation, or remove it")
    }
    isSoftmax = config.loss.isSoftmax
    evaluator = Evaluator(model, objective, training, batchSize: config.train.evalBatchSize)
    order = TrainingOrder(
      sampling: try config.train.sampling(classes: encoder.target.classes, counts: training.counts, file),
      augmentation: try config.train.augment.flatMap { augment throws(Diagnostics) in try encoder.augmentation(augment, file) })
    self.rows = rows
    facts = TaskFacts(
      summary: config.model.summary(inputs: encoder.width, outputs: objective.outputs), units: model.units, featureName: model.featureName,
      learnedDropout: model.learnedDropout,
      plan: BatchPlan(rows: count, batchSize: config.train.batchSize, smallest: model.minimumBatchSize),
      operationsPerRow: model.operationsPerRow(length: rows.train.meanLength), uniformClassCount: objective.uniformClassCount,
      splits: DataSplit.allCases.filter { rows.samples($0) != nil }, sources: rows.files.map(DataSource.init),
      noisyLabels: rows.noisyRows.count,
      notes: rows.notes,
      warnings: rows.warnings + [Warning.loneClasses(encoder.target.classes, counts: training.counts)].compactMap { $0 })
  }

  /// The training rows, evenly spaced, from which a model takes its initial state.
  private static var fittedRows: Int { 16_384 }

  /// Fits what a model takes from the training rows before the first step; where weights are loaded afterwards, they replace it.
  private static func fit(_ model: any Model<Encoder.Inputs>, to samples: Encoder.Encoded) {
    guard let model = model as? any FittedModel, model.readsRows else { return }
    func add(_ batches: some FiniteBatches<Batch<Encoder.Inputs>>) {
      let size = 16
      let chosen = ChosenBatches(batches, evenly: fittedRows / size)
      var (values, rows) = ([Float](), 0)
      chosen.forEachBatch { batch, _ in
        guard let inputs = (batch.inputs as? any FeatureBatch)?.features else { return }
        values += inputs.values
        rows += inputs.shape[0]
      }
      if rows > 0 { model.fit(to: Tensor([rows, values.count / rows], values)) }
    }
    add(samples.evaluationBatches(size: 16))
  }

  func batches(random: RandomStreams, first: Int) -> TrainingBatches {
    let mixup = order.augmentation?.mixupControl
    let stream = BatchStream(rows.train.trainingBatches(facts.plan, order, random: random), first: first, isAhead: mixup == nil)
    return TrainingBatches(mixup: mixup) { [evaluator] in
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
    _ selection: EvaluatedRows, hooks: ActivationHooks?, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation? {
    switch selection {
    case .all(let split):
      guard let samples = rows.samples(split) else { return nil }
      return try evaluator.evaluate(samples, hooks: hooks, betweenBatches: betweenBatches)
    case .sample(let split, let count):
      guard let samples = rows.samples(split) else { return nil }
      return try evaluator.evaluate(sample: count, of: samples, hooks: hooks, betweenBatches: betweenBatches)
    }
  }

  func checkReadable() throws(Diagnostics) {
    for split in DataSplit.allCases { try rows.samples(split)?.checkReadable() }
  }

  /// Rows with an injected label, which the model knows if it predicts that label.
  var canaryRows: Int { min(256, rows.noisyRows.count) }

  func memorizedCanaries<Problem: Error>(betweenBatches: () throws(Problem) -> Void) throws(Problem) -> Double? {
    let canaries = Array(rows.noisyRows.prefix(canaryRows))
    return try evaluator.evaluate(canaries, of: rows.train, betweenBatches: betweenBatches).metrics.first { $0.metric == .accuracy }?.value
  }

  var temperature: Double {
    get { evaluator.temperature }
    set { evaluator.temperature = newValue }
  }

  func fittedTemperature() -> TemperatureScaling? {
    guard let samples = rows.validation, isSoftmax else { return nil }
    return evaluator.fittedTemperature(to: samples)
  }

  func writeFiles(to folder: SealedFolder.Writer) throws(Diagnostics) -> [(String, JSON)] {
    try rows.encoder.write(to: folder)
    return [
      ("rows", .integer(rows.train.count)), ("target_rows", .array(evaluator.training.counts.map { .integer($0) })),
      (SupervisedReader.hashesName, .array(facts.sources.map { .string($0.sha256) })),
    ] + (temperature == 1 ? [] : [(SupervisedReader.temperatureName, .number(temperature))])
      + (evaluator.training.mean.map { [(SupervisedReader.meanName, .number($0))] } ?? [])
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
