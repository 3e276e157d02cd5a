import Glibc
import TemperCore
import TemperData
import TemperGuard
import TemperJSON
import TemperNN

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
  var warnings: [String] = []
  /// What was gathered since the last evaluation.
  var gathered = StepSums()
  var checkpoints: CheckpointFolder
  private let resolved: JSON
  private let manifest: Manifest
  private let isInterrupted: () -> Bool
  private let events: (RunEvent) -> Void
  /// Whether early stopping had ended the run when the checkpoint was written that it goes on from.
  private var hadStopped = false
  private let start = ContinuousClock.now
  private var trainingSince = ContinuousClock.now

  init(
    _ file: ConfigFile, threads: Int, options: Runner.Options, tables: SourceTables? = nil, _ events: @escaping (RunEvent) -> Void
  ) throws(Diagnostics) {
    config = file.config
    self.events = events
    isInterrupted = options.isInterrupted
    let path = config.outputDirectory + "/" + config.name
    // A run that goes on is locked before its checkpoint is read; a new one takes its name only once data and model are fine.
    let resumption = options.existing == .resume ? try Resumption(of: path) : nil
    let checkpoint = resumption?.checkpoint
    let bench = try Workbench(file, resuming: checkpoint, tables: tables)
    (task, store, trainer) = (bench.task, bench.store, bench.trainer)
    finite = (0, store.arena.copy())
    resolved = try Self.resolved(file, task, threads: threads)
    stopping = !task.has(.validation) ? nil : config.earlyStopping.map(EarlyStopping.init)
    if !task.has(.validation), let metric = trainer.numbers.monitors.min() {
      throw Diagnostics(
        .invalidValue, at: .wholeFile(path: file.path),
        "a schedule watches \(metric), but there are no validation rows. Give some by data.split.validation, or choose another schedule.")
    }
    if let resumption {
      try resumption.check(resolved, file, task.sources, totalSteps: trainer.totalSteps)
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
      isUpward: config.earlyStopping.map { $0.mode.isUpward($0.monitor) } ?? false)
    if let checkpoint {
      hadStopped = try restore(checkpoint)
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
    events(
      .started(totalSteps: trainer.totalSteps, stepsPerEpoch: trainer.stepsPerEpoch, trainingRows: task.plan.rows, measure: task.measure))
    do {
      if trainer.stepsTaken > 0 {
        events(.note("goes on after step \(trainer.stepsTaken)"))
      } else if !checkpoints.has(0) {
        let first = try evaluate().validation?.loss ?? task.evaluate(.train, taps: nil)?.loss
        if config.start == nil, let classes = task.equalClasses, let warning = Self.warning(firstLoss: first, classes: classes) {
          warnings.append(warning)
          events(.warning(warning))
        }
      }
      let reason = try train()
      if reason == .interrupted { return try interrupt() }
      return .finished(try finish(reason, nil))
    } catch let error as Divergence {
      return .finished(try finish(.diverged, error))
    } catch let error as Diagnostics {
      throw error
    } catch {
      fail("unexpected error: \(error)")
    }
  }

  /// Trains until something ends it, and says what.
  private func train() throws -> StopReason {
    let interval = config.train.evalEvery.steps(perEpoch: trainer.stepsPerEpoch)
    if hadStopped, let stopping, stopping.wait >= stopping.config.patience { return .earlyStopping }
    trainingSince = .now
    while trainer.stepsTaken < trainer.totalSteps {
      if isInterrupted() { return .interrupted }
      let step = try trainer.step()
      gathered.add(step)
      events(.stepped(number: trainer.stepsTaken, step: step))
      let isLast = trainer.stepsTaken == trainer.totalSteps
      let evaluation = trainer.stepsTaken % interval == 0 || isLast ? try evaluate() : nil
      let stops = evaluation?.stops ?? false
      let monitored = stopping.flatMap { value(of: $0.config.monitor, validation: evaluation?.validation) }
      if stops || isLast
        ? config.checkpoint != nil : checkpoints.isDue(trainer.stepsTaken, evaluation: evaluation.map { _ in (monitored, .now) })
      {
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
    let validation = task.evaluate(.validation, taps: nil)
    if step > 0 {
      if validation?.hasInfiniteLoss == true { throw trainer.divergence(after: step, "validation loss") }
      keepFinite()
    }
    let samples = task.samples()
    // The evaluation before the first step shows where training starts; it is no candidate for the best.
    var verdict = EarlyStopping.Verdict.goesOn
    if step > 0, let validation {
      if var stopping {
        verdict = stopping.observe(value(of: stopping.config.monitor, validation: validation))
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
    if step > 0 { informSchedules(validation) }
    gathered = StepSums()
    trainingSince = .now
    return (validation, verdict.stops)
  }

  /// Hands schedules the metrics they watch, all of evaluation mode.
  private func informSchedules(_ validation: Evaluation?) {
    let monitors = trainer.numbers.monitors
    if monitors.isEmpty { return }
    let train =
      monitors.contains { $0.hasPrefix("train.") }
      ? task.evaluate(.train, taps: nil) : nil
    var metrics: [String: Double] = [:]
    for name in monitors { metrics[name] = value(of: name, train: train, validation: validation) }
    trainer.observe(metrics)
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

  /// Saves the state for `--resume`, and ends.
  private func interrupt() throws -> Ending {
    if !checkpoints.has(trainer.stepsTaken) { try writeCheckpoint(value: nil, hasStopped: false) }
    try directory.write(manifest.json(end: (.interrupted, ExitStatus.interrupted.rawValue)), to: RunDirectory.manifestName)
    return .interrupted(Interruption(directory: directory.path, steps: trainer.stepsTaken))
  }

  /// Saves last and best weights, judges the model that the run reports on, and checks it against what was expected.
  private func finish(_ reason: StopReason, _ divergence: Divergence?) throws(Diagnostics) -> Outcome {
    trainer.average?.swap()
    var lastStep = trainer.stepsTaken
    if let divergence, divergence.step <= lastStep || !store.arena.isFinite {
      store.arena.copy(from: finite.arena)
      lastStep = finite.step
    }
    let saved = store.saved().bytes.count
    try writeModel("last", step: lastStep)
    let last = store.arena.copy()
    if let best { store.arena.copy(from: best.arena) }
    let bestStep = best?.step ?? lastStep
    try writeModel("best", step: bestStep)
    if config.earlyStopping?.restoreBest == false { store.arena.copy(from: last) }

    let monitor = DeadUnits(task.units)
    guard let train = task.evaluate(.train, taps: task.has(.validation) ? nil : monitor.taps) else { fail("a task has no training rows") }
    let validation = task.evaluate(.validation, taps: monitor.taps)
    let test = task.evaluate(.test, taps: nil)
    var (reason, divergence) = (reason, divergence)
    let parts: [(DataPart, Evaluation?)] = [(.train, train), (.validation, validation), (.test, test)]
    if divergence == nil, let (part, _) = parts.first(where: { $0.1?.hasInfiniteLoss == true }) {
      (reason, divergence) = (.diverged, trainer.divergence(after: bestStep, "\(part.rawValue) loss"))
    }
    let checks = config.expectations.map { expectation in
      Expectation.Check(expectation: expectation, value: value(of: expectation.metric, train: train, validation: validation, test: test))
    }
    let outcome = Outcome(
      directory: directory.path, stopReason: reason, steps: trainer.stepsTaken, lastStep: lastStep,
      epochs: (trainer.stepsTaken + trainer.stepsPerEpoch - 1) / trainer.stepsPerEpoch, bestStep: bestStep,
      model: task.summary, parameters: store.trainableElements,
      bytes: saved, units: monitor.groups, train: train, validation: validation, test: test, checks: checks, warnings: warnings,
      divergence: divergence, seconds: seconds(since: start))
    try directory.write(manifest.json(end: (reason, ExitStatus(outcome).rawValue)), to: RunDirectory.manifestName)
    return outcome
  }

  /// Writes the model as it is now to the folder `name` of the run.
  private func writeModel(_ name: String, step: Int) throws(Diagnostics) {
    try directory.demandPlace()
    try ModelFolder.write(
      to: directory.path + "/" + name, weights: store.saved(metadata: [("format", "pt")]), config: resolved, step: step
    ) { (folder) throws(Diagnostics) in try task.writeFiles(to: folder) }
  }

  /// A figure by its full name, such as `validation.loss`.
  private func value(of name: String, train: Evaluation? = nil, validation: Evaluation?, test: Evaluation? = nil) -> Double? {
    for (part, evaluation) in [("train.", train), ("validation.", validation), ("test.", test)] where name.hasPrefix(part) {
      return evaluation?.figures.first { part + $0.name == name }?.value
    }
    return nil
  }

  /// An untrained classifier knows nothing, which costs ln(classes). Much more says that it starts out sure of wrong answers.
  private static func warning(firstLoss: Double?, classes: Int) -> String? {
    let expected = log(Double(classes))
    guard let firstLoss, firstLoss > 2 * expected + 1 else { return nil }
    return "the loss before training is \(fixed(firstLoss, 3)); an untrained model of \(classes) classes should be near ln(\(classes)) = "
      + "\(fixed(expected, 3)). Are the features on very different scales, or the first weights too large?"
  }

  /// From the run's beginning, or from where it went on.
  private func seconds(since instant: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - instant) / .seconds(1)
  }
}

/// What steps add up to between two evaluations.
struct StepSums: Equatable {
  /// The sum of their mean losses.
  var loss = 0.0
  /// How many had a loss.
  var steps = 0
  /// Rows they took.
  var rows = 0
  /// The greatest norm of a gradient before clipping.
  var greatestNorm = 0.0

  /// The mean loss of a step; nil before the first.
  var meanLoss: Double? { steps > 0 ? loss / Double(steps) : nil }

  mutating func add(_ step: Trainer.Step) {
    if let value = step.loss { (loss, steps) = (loss + value, steps + 1) }
    rows += step.rows
    greatestNorm = max(greatestNorm, step.gradientNorm)
  }
}
