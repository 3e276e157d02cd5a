import TemperCore
import TemperData
import TemperJSON
import TemperNN

/// What a config comes to before the first step: data, a model with its first weights, and the trainer. Runs, benchmarks and tables of
/// schedules all start here.
struct Workbench {
  let data: PreparedData
  let store: ParameterStore
  let judge: Judge
  let trainer: Trainer
  /// The file that the first weights are from, if any.
  let weights: PreparedData.Source?
  /// The model in a few words: `mlp 64-128-10`.
  let summary: String

  /// Loads the data of `file` and builds its model; throws what is wrong with either. A run that is resumed goes
  /// on after the steps of its `checkpoint`, which has the weights. `tables` are those of the data, if they have been read already.
  init(_ file: ConfigFile, resuming checkpoint: Checkpoint? = nil, tables: SourceTables? = nil) throws(Diagnostics) {
    let config = file.config
    data = try PreparedData(config, tables: tables)
    let objective = try Objective(config.loss, data.preprocessor.target, counts: data.targetRows, rows: data.train.count)
    let random = RandomStreams(seed: UInt64(config.seed))
    let first = checkpoint == nil ? try config.start?.read() : nil
    store = first.map { ParameterStore(loading: $0.tensors, random: random) } ?? ParameterStore(random: random)
    let model = config.model.model(
      store.root, inputs: data.preprocessor.width, outputs: objective.outputs, dropout: config.regularization.dropout,
      endsInSoftmax: objective.takesProbabilities)
    try first?.finishLoading(store)
    weights = first?.source
    if data.train.count < model.smallestBatch {
      throw Diagnostics(
        .invalidValue, at: .wholeFile(path: file.path),
        "model.norm: batch normalisation needs \(model.smallestBatch) training rows at least, there is \(data.train.count)")
    }
    judge = Judge(model: model, objective: objective, batchSize: config.train.evalBatchSize)
    let rows = TrainingRows(
      data.train, sampling: try config.train.sampling(classes: data.preprocessor.classes, counts: data.targetRows, file),
      augmentation: try config.train.augment?.augmentation(of: data, file))
    trainer = Trainer(model, store, rows: rows, objective: objective, config: config, after: checkpoint?.step ?? 0)
    if let metric = trainer.numbers.monitors.sorted().first(where: { !config.task.has($0) }) {
      throw Diagnostics(.invalidValue, at: .wholeFile(path: file.path), "a schedule watches \(metric) and " + config.task.unknown(metric))
    }
    summary = config.model.summary(inputs: data.preprocessor.width, outputs: objective.outputs)
  }
}

/// A schedule's values over a run, to look at or to plot.
public enum ScheduleTable {
  /// The rows `step,value` of all steps of the run that `file` describes, or of the first `steps`, as CSV. What watches a metric stays at its
  /// first value. Throws where the config's dropout has no schedule.
  public static func csv(_ file: ConfigFile, of number: ScheduledNumber, steps: Int?) throws(Diagnostics) -> String {
    if number == .dropout, let name = file.config.regularization.dropout.nameWithoutSchedule {
      throw Diagnostics(
        .invalidValue, at: .option("--of \(number.rawValue)"),
        "dropout of the type \"\(name)\" follows no schedule: its rates come of the units or of training. Types that have one: "
          + "constant, early, late, curriculum, gap_controlled.")
    }
    let trainer = try Workbench(file).trainer
    return scheduleCSV(steps: steps ?? trainer.totalSteps) { trainer.numbers.value(of: number, at: $0) ?? 0 }
  }
}
