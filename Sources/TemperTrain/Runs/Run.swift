import Glibc
import TemperCore
import TemperData
import TemperFiles
import TemperGuard
import TemperJSON
import TemperMetrics
import TemperNN
import TemperOptim
import TemperTables

/// One run on its way. Data flows one way: config, data, trainer, directory.
final class Run {
  let config: RunConfig
  let task: any Task
  let directory: RunDirectory
  let store: ParameterStore
  let trainer: Trainer
  var stopping: EarlyStopping?
  var best: (step: Int, arena: Tensor)?
  /// The model as it was when it was last seen to be finite: what is left of a run that diverges and notices it later.
  var finite: (step: Int, arena: Tensor)
  var warnings: [Warning] = []
  /// What looked wrong before the first step.
  private let preflight: [Warning]
  /// What was gathered since the last evaluation.
  var gathered = StepSums()
  var checkpoints: CheckpointFolder
  let resolved: JSON
  let manifest: Manifest
  private let isInterrupted: () -> Bool
  let events: (RunEvent) -> Void
  /// Whether early stopping had ended the run when the checkpoint was written that it goes on from.
  private var hadStopped = false
  /// Whether the step taken last is to be evaluated yet: the run was told to stop meanwhile.
  var owesEvaluation = false
  let start = ContinuousClock.now
  private var trainingSince = ContinuousClock.now

  init(
    _ file: ConfigFile, threads: Int, options: Runner.Options, tables: SourceTables? = nil, _ events: @escaping (RunEvent) -> Void
  ) throws(Diagnostics) {
    config = file.config
    self.events = events
    // Until there is a directory to go on from, nothing needs to be finished.
    Interruptions.mayEndAtOnce(true)
    isInterrupted = options.isInterrupted
    let path = config.outputDirectory + "/" + config.name
    // A run that goes on is locked before its checkpoint is read; a new one takes its name only once data and model are fine.
    let resumption = options.existing == .resume ? try Resumption(of: path) : nil
    let checkpoint = resumption?.checkpoint
    let bench = try Workbench(file, resuming: checkpoint, tables: tables)
    Interruptions.mayEndAtOnce(false)
    (task, store, trainer) = (bench.task, bench.store, bench.trainer)
    finite = (0, store.arena.copy())
    preflight = try Preflight.warnings(file, bench)
    resolved = try Self.resolved(file, task, threads: threads)
    stopping = !task.has(.validation) ? nil : config.earlyStopping.map(EarlyStopping.init)
    if !task.has(.validation), let metric = trainer.numbers.monitors.min() {
      throw Diagnostics(
        .invalidValue, at: .wholeFile(path: file.path),
        "a schedule watches \(metric), but there are no validation rows. Give some by data.split.validation, or choose another schedule.")
    }
    if let resumption {
      try resumption.check(resolved, file, task.sources)
      directory = resumption.directory
      if checkpoint == nil { try directory.startOver() }
    } else {
      directory = try RunDirectory(path, existing: options.existing)
    }
    manifest = Manifest(
      config: config, task: task, weights: bench.weights, threads: threads, arguments: options.arguments, earlier: resumption?.manifest,
      after: checkpoint?.step)
    checkpoints = CheckpointFolder(
      run: directory.path, config.checkpoint, stepsPerEpoch: trainer.stepsPerEpoch,
      better: config.earlyStopping.flatMap { $0.mode.direction(of: $0.monitor) } ?? .lower)
    if let checkpoint {
      hadStopped = try restore(checkpoint)
      try Files.remove(directory.path + "/" + RunDirectory.resultsName)
      try directory.restoreLogs(checkpoint)
      try checkpoints.prune()
    } else {
      try directory.write(resumption?.config ?? file.bytes, to: RunDirectory.configName)
    }
    try directory.openLogs()
    try directory.write(manifest.json(end: nil), to: RunDirectory.manifestName)
    // Written last: by this file a run is known.
    try directory.write(resolved, to: RunDirectory.resolvedName)
  }

  /// The config with what only the data and this machine decide.
  private static func resolved(_ file: ConfigFile, _ task: any Task, threads: Int) throws(Diagnostics) -> JSON {
    var resolved = file.resolved
    resolved.update("threads") { $0 = .integer(threads) }
    // Without validation rows there is nothing to stop by.
    if !task.has(.validation), file.config.earlyStopping != nil {
      if let place = file.place(of: "early_stopping") {
        throw Diagnostics(
          .invalidValue, at: place,
          "early_stopping: there are no validation rows to watch. Give some by data.split.validation, or set early_stopping to null.")
      }
      resolved.update("early_stopping") { $0 = .null }
    }
    return resolved
  }

  func carryOut() throws(Diagnostics) -> Ending {
    for note in task.notes { events(.note(note)) }
    for warning in preflight { warn(warning) }
    events(
      .started(
        totalSteps: trainer.totalSteps, stepsTaken: trainer.stepsTaken, stepsPerEpoch: trainer.stepsPerEpoch,
        trainingRows: task.plan.rows, measure: task.measure))
    if trainer.stepsTaken > 0 { events(.note("goes on after step \(trainer.stepsTaken)")) }
    do {
      do {
        if trainer.stepsTaken == 0, owesEvaluation || !checkpoints.has(0) { try evaluateFirst() }
        let reason = try train()
        if reason != .interrupted { return try finish(reason, nil) }
      } catch is EvaluationInterrupted {
        owesEvaluation = true
      }
      try trainer.demandFinite()
      return try interrupt()
    } catch let error as Divergence {
      return try finish(.diverged, error)
    } catch let error as Diagnostics {
      throw error
    } catch {
      fail("unexpected error: \(error)")
    }
  }

  /// Evaluates the weights that training starts from, and warns where they are worse than guessing.
  private func evaluateFirst() throws {
    // What may be given up comes before the line of metrics, which is written once.
    let train = task.has(.validation) ? nil : try task.evaluate(.train, taps: nil, betweenBatches: heed)?.loss
    let first = try evaluate().validation?.loss ?? train
    owesEvaluation = false
    if config.start == nil, let classes = task.equalClasses, let warning = Self.warning(firstLoss: first, classes: classes) {
      warn(warning)
    }
  }

  /// Gives an evaluation up where the run was told to stop.
  func heed() throws(EvaluationInterrupted) {
    if isInterrupted() { throw EvaluationInterrupted() }
  }

  /// Trains until something ends it, and says what.
  private func train() throws -> StopReason {
    let interval = config.train.evalEvery.steps(perEpoch: trainer.stepsPerEpoch)
    if hadStopped, let stopping, stopping.wait >= stopping.config.patience { return .earlyStopping }
    trainingSince = .now
    while trainer.stepsTaken < trainer.totalSteps || owesEvaluation {
      if isInterrupted() { return .interrupted }
      if !owesEvaluation {
        let step = try trainer.step()
        gathered.add(step)
        events(.stepped(number: trainer.stepsTaken, step: step))
      }
      let isLast = trainer.stepsTaken == trainer.totalSteps
      let evaluation = trainer.stepsTaken % interval == 0 || isLast ? try evaluate() : nil
      owesEvaluation = false
      let stops = evaluation?.stops ?? false
      let monitored = stopping.flatMap { value(of: $0.config.monitor, validation: evaluation?.validation) }
      if stops || isLast
        ? config.checkpoint != nil : checkpoints.isDue(trainer.stepsTaken, evaluation: evaluation.map { _ in (monitored, .now) })
      {
        // What is not finite is no state to go on from, and must not push out one that is.
        try trainer.demandFinite()
        try writeCheckpoint(value: monitored, hasStopped: stops)
      }
      if stops { return .earlyStopping }
    }
    return .completed
  }

  /// Evaluates on the validation rows, notes the figures, and keeps the weights if they are the best so far.
  private func evaluate() throws -> (validation: Evaluation?, stops: Bool) {
    let step = trainer.stepsTaken
    let trainingSeconds = seconds(since: trainingSince)
    let (penalty, dropoutRates) = (trainer.penalty, trainer.learnedDropoutRates)
    if step > 0 { try trainer.demandFinite() }
    // A moving average is what counts; training goes on from the weights themselves.
    trainer.average?.swap()
    defer { trainer.average?.swap() }
    let validation = try task.evaluate(.validation, taps: nil, betweenBatches: heed)
    if step > 0 {
      if validation?.hasInfiniteLoss == true { throw trainer.divergence(ofEvaluation: step, "validation loss") }
      keepFinite()
    }
    let watched = try watchedMetrics(validation)
    let samples = task.samples()
    try heed()
    // The evaluation before the first step shows where training starts; it is no candidate for the best.
    var verdict = EarlyStopping.Verdict.goesOn
    if step > 0, validation != nil {
      if var stopping {
        verdict = stopping.observe(watched[stopping.config.monitor])
        self.stopping = stopping
      }
      if verdict.isBest { keepBest() }
    }
    let trainLoss = gathered.meanLoss
    let epoch = Double(step) / Double(trainer.stepsPerEpoch)
    let measure = task.measure
    let speed = step > 0 && trainingSeconds > 0 ? Double(gathered.rows * measure.perRow) / trainingSeconds : nil
    try directory.appendMetrics(
      .object(
        [
          ("step", .integer(step)), ("epoch", .number(epoch)), ("learning_rate", .number(trainer.numbers.learningRate(max(0, step - 1)))),
          (
            "train",
            .object(
              [
                ("loss", .number(trainLoss)), ("objective", .number(trainLoss.map { $0 + penalty })),
                ("gradient_norm_max", .number(step > 0 ? gathered.greatestNorm : nil)),
              ] + (dropoutRates.isEmpty ? [] : [("dropout_rates", .array(dropoutRates.map { .number($0) }))]))
          ),
          ("validation", validation?.json ?? .null), ("best", .bool(verdict.isBest)),
        ] + (samples.isEmpty ? [] : [("samples", .array(samples.map(\.json)))])))
    try directory.appendTiming(
      .object([("step", .integer(step)), ("seconds", .number(seconds(since: start))), ("\(measure.name)_per_second", .number(speed))]))
    events(
      .evaluated(
        .init(
          step: step, epoch: epoch, trainLoss: trainLoss, validation: validation, isBest: verdict.isBest, samples: samples,
          speed: speed)))
    if step > 0 { trainer.observe(watched) }
    gathered = StepSums()
    trainingSince = .now
    return (validation, verdict.stops)
  }

  /// The metrics that early stopping and schedules watch, all of evaluation mode; warns of those that are undefined.
  private func watchedMetrics(_ validation: Evaluation?) throws(EvaluationInterrupted) -> [String: Double] {
    let scheduled = trainer.numbers.monitors
    let needsTrain = trainer.stepsTaken > 0 && scheduled.contains { $0.hasPrefix("train.") }
    let train = needsTrain ? try task.evaluate(.train, taps: nil, betweenBatches: heed) : nil
    var metrics: [String: Double] = [:]
    for name in scheduled.union(stopping.map { [$0.config.monitor] } ?? []).sorted() {
      metrics[name] = value(of: name, train: train, validation: validation)
      if !(metrics[name].map { !$0.isNaN } ?? false), needsTrain || !name.hasPrefix("train.") { warn(Self.warning(undefined: name)) }
    }
    return metrics
  }

  private func keepBest() {
    if let best {
      best.arena.copy(from: store.arena)
      self.best = (trainer.stepsTaken, best.arena)
    } else {
      best = (trainer.stepsTaken, store.arena.copy())
    }
  }

  private func keepFinite() {
    finite.arena.copy(from: store.arena)
    finite.step = trainer.stepsTaken
  }

  /// Saves the state for `--resume`, and ends; `hasStopped` says whether early stopping had ended training, `hasDiverged` that there is no
  /// state to go on from but that of the checkpoints there are.
  func interrupt(hasStopped: Bool = false, hasDiverged: Bool = false) throws(Diagnostics) -> Ending {
    if !hasDiverged, !checkpoints.has(trainer.stepsTaken) { try writeCheckpoint(value: nil, hasStopped: hasStopped) }
    try directory.write(manifest.json(end: (.interrupted, ExitStatus.interrupted.rawValue)), to: RunDirectory.manifestName)
    return .interrupted(Interruption(directory: directory.path, steps: trainer.stepsTaken))
  }

  /// A figure by its full name, such as `validation.loss`.
  func value(of name: String, train: Evaluation? = nil, validation: Evaluation?, test: Evaluation? = nil) -> Double? {
    for (part, evaluation) in [("train.", train), ("validation.", validation), ("test.", test)] where name.hasPrefix(part) {
      return evaluation?.figures.first { part + $0.name == name }?.value
    }
    return nil
  }

  /// From the run's beginning, or from where it went on.
  func seconds(since instant: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - instant) / .seconds(1)
  }
}
