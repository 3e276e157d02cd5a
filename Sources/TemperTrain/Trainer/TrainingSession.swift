import TemperCore
import TemperJSON
import TemperNN
import TemperOptim
import TemperTables

/// What a config is turned into before the first step: its task, with data and an initialised model, and the trainer. Runs, benchmarks and
/// schedule tables all start here.
struct TrainingSession {
  let store: ParameterStore
  let task: any Task
  let trainer: Trainer
  /// The file of the initial weights, if any.
  let weights: DataSource?

  /// Loads the data of `file` and creates its model; throws if either is invalid. A resumed run continues after the steps of its
  /// `checkpoint`, which has the weights. `files` is the result of ``InputConfig/readFiles()``, `data` what was loaded for another
  /// task of the same config.
  init(
    _ file: ConfigFile, resuming checkpoint: Checkpoint? = nil, files: (any Sendable)? = nil, data: Any? = nil
  ) throws(Diagnostics) {
    let config = file.config
    let random = RandomStreams(seed: UInt64(config.seed))
    let first = checkpoint == nil ? try config.start?.read(config.components) : nil
    let frozen = config.train.frozen
    store = first?.store(random: random, frozen: frozen) ?? ParameterStore(random: random, frozen: frozen)
    task = try config.task.make(TaskSetup(file, store, files: files, data: data))
    try first?.finishLoading(store)
    try store.check(config, file)
    weights = first?.source
    trainer = Trainer(
      store, task.facts.plan, config: config, targetsPerRow: task.facts.measure.perRow, after: checkpoint?.step ?? 0,
      batches: task.batches(random:first:))
    try trainer.numbers.checkMonitors(file)
    if let average = trainer.average, !average.hasBegun(after: trainer.totalSteps) {
      throw file.mistake(
        "weight_average",
        "begins after the \(trainer.totalSteps) steps of the run, so that there is no average; let it start earlier, or train for longer")
    }
  }
}

extension ScheduledNumbers {
  /// Throws if a schedule monitors a metric that the task of `file` does not have.
  func checkMonitors(_ file: ConfigFile) throws(Diagnostics) {
    let task = file.config.task
    if let metric = monitors.sorted().first(where: { !task.has($0) }) {
      throw Diagnostics(.invalidValue, at: .wholeFile(path: file.path), "a schedule's monitor: " + task.unknown(metric))
    }
  }
}

extension ParameterStore {
  /// Throws if a pattern of the config matches no parameter, or if no parameter is left to train.
  fileprivate func check(_ config: RunConfig, _ file: ConfigFile) throws(Diagnostics) {
    func check(_ pattern: NamePattern, _ key: String, at place: Place? = nil) throws(Diagnostics) {
      if parameters.contains(where: { pattern.matches($0.name) }) { return }
      let names = parameters.prefix(5).map(\.name).joined(separator: ", ") + (parameters.count > 5 ? ", ..." : "")
      throw file.mistake(key, at: place, "no parameter matches \"\(pattern)\"; the model has \(names)")
    }
    for pattern in config.train.frozen { try check(pattern, "train.freeze") }
    for pattern in config.start?.fresh ?? [] { try check(pattern, "init.fresh") }
    for entry in config.optimizer.rateFactors.entries { try check(entry.pattern, "optimizer.learning_rate_factors", at: entry.place) }
    if trainable.isEmpty { throw file.mistake("train.freeze", "freezes all parameters, so there is nothing to train; list fewer") }
  }
}
