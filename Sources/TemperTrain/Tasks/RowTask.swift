import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperTables

/// Rows of features, with classes, numbers or labels to predict.
final class RowTask: Task {
  let data: PreparedData
  let judge: Judge
  let summary: String
  let plan: BatchPlan
  private let sampling: Sampling
  private let augmentation: Augmentation?

  /// Loads the data of `file`, from `tables` if these have been read already, and makes the model with its parameters in `store`. Throws what
  /// is wrong with either.
  init(_ file: ConfigFile, _ store: ParameterStore, tables: SourceTables?) throws(Diagnostics) {
    let config = file.config
    try file.demandRandomRows()
    data = try PreparedData(config, tables: tables)
    let objective = try Objective(config.loss, data.preprocessor.target, counts: data.targetRows, rows: data.train.count)
    let inputs = data.preprocessor.width
    func model(_ scope: ParameterScope) -> any Model {
      config.model.model(
        scope, inputs: inputs, outputs: objective.outputs, dropout: config.regularization.dropout,
        endsInSoftmax: objective.takesProbabilities)
    }
    let counted = ParameterStore.counting(frozen: config.train.frozen)
    let units = model(counted.root).units.reduce(0) { $0 + $1.count }
    try file.demand(counted, by: config.model.sizeKey(inputs: inputs, outputs: objective.outputs, config.data))
    try file.demandBatch(
      rows: min(config.train.batchSize, data.train.count), numbers: Double(inputs) + 2 * Double(units) + 3 * Double(objective.outputs))
    let model = model(store.root)
    if data.train.count < model.smallestBatch {
      throw Diagnostics(
        .invalidValue, at: .wholeFile(path: file.path),
        "model.norm: batch normalisation needs \(model.smallestBatch) training rows at least, there is \(data.train.count)")
    }
    judge = Judge(
      model: model, objective: objective, training: TargetCounts(counts: data.targetRows, rows: data.train.count),
      batchSize: config.train.evalBatchSize)
    plan = BatchPlan(rows: data.train.count, batchSize: config.train.batchSize, smallest: model.smallestBatch)
    sampling = try config.train.sampling(classes: data.preprocessor.classes, counts: data.targetRows, file)
    augmentation = try config.train.augment?.augmentation(of: data, file)
    summary = config.model.summary(inputs: inputs, outputs: objective.outputs)
  }

  var units: [Units] { judge.model.units }
  var measure: RowMeasure { .rows }
  var operationsPerRow: Int { judge.model.operationsPerRow }
  var isSquaredError: Bool { judge.objective.isSquaredError }
  var equalClasses: Int? { judge.objective.equalClasses }
  var sources: [DataSource] { data.sources }
  var notes: [String] { data.notes }
  var warnings: [Warning] {
    data.warnings + [Warning.loneClasses(data.preprocessor.classes, counts: judge.training.counts)].compactMap { $0 }
  }
  var changedLabels: Int { data.changedLabels }

  func batches(random: RandomStreams, first: Int) -> BatchSource {
    let stream = BatchStream(data.train, plan, sampling: sampling, augmentation: augmentation, random: random, first: first)
    return BatchSource { [judge] in
      let batch = stream.nextBatch()
      return (
        batch.rowIDs,
        { context, smoothing in judge.objective.smoothed(by: smoothing).loss(judge.model(batch.features, context), batch) }
      )
    }
  }

  func has(_ part: DataPart) -> Bool { data.part(part) != nil }

  func evaluate<Problem: Error>(
    _ part: DataPart, taps: Taps?, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation? {
    guard let rows = data.part(part) else { return nil }
    return try judge.evaluate(rows, taps: taps, betweenBatches: betweenBatches)
  }

  func writeFiles(to folder: SealedFolder.Writer) throws(Diagnostics) -> [(String, JSON)] {
    try ModelBundle.write(to: folder, preprocessor: data.preprocessor, rows: data.train.count, targetRows: data.targetRows)
  }
}
