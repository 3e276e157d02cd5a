import Glibc
import TemperCore
import TemperData
import TemperGuard
import TemperJSON
import TemperNN

/// Carries a config through to a trained model in a run directory. It keeps no state of the process: sweeps and tests are loops over it.
public enum Runner {
  /// How a run is started, besides its config.
  public struct Options: Sendable {
    /// Whether a run of the same name is replaced.
    public var overwrites = false
    /// The command line, for the manifest.
    public var arguments: [String] = []

    /// The usual way.
    public init(overwrites: Bool = false, arguments: [String] = []) {
      (self.overwrites, self.arguments) = (overwrites, arguments)
    }
  }

  /// Trains, saves and evaluates what `file` describes, and tells `events` how it goes.
  public static func run(
    _ file: ConfigFile, options: Options = Options(), events: (RunEvent) -> Void = { _ in }
  ) throws(Diagnostics) -> Outcome {
    let threads = file.config.threads ?? Machine.processors
    do {
      return try Engine.withThreads(threads) {
        try Run(file, threads: threads, options: options).carryOut(events)
      }
    } catch let error as Diagnostics {
      throw error
    } catch {
      fail("unexpected error: \(error)")
    }
  }
}

/// One run on its way. Data flows one way: config, data, trainer, directory.
private final class Run {
  private let config: RunConfig
  private let data: PreparedData
  private let resolved: JSON
  private let directory: RunDirectory
  private let manifest: Manifest
  private let store: ParameterStore
  private let judge: Judge
  private let summary: String
  private let trainer: Trainer
  private var stopping: EarlyStopping?
  private var best: (step: Int, arena: Tensor)?
  private var warnings: [String] = []
  private var lossSinceEvaluation = (sum: 0.0, steps: 0)
  private var normSinceEvaluation = 0.0
  private let start = ContinuousClock.now
  private var trainingSince = ContinuousClock.now

  init(_ file: ConfigFile, threads: Int, options: Runner.Options) throws(Diagnostics) {
    config = file.config
    let bench = try Workbench(file)
    (data, store, judge, trainer, summary) = (bench.data, bench.store, bench.judge, bench.trainer, bench.summary)

    // Without validation rows there is nothing to stop by.
    var resolved = file.resolved
    resolved.update("threads") { $0 = .integer(threads) }
    if data.validation == nil, config.earlyStopping != nil {
      if let place = file.earlyStoppingPlace {
        throw Diagnostics(
          .invalidValue, at: place,
          "early_stopping: there are no validation rows to watch. Give some by data.split.validation, or set early_stopping to null.")
      }
      resolved.update("early_stopping") { $0 = .null }
    }
    self.resolved = resolved
    stopping = data.validation == nil ? nil : config.earlyStopping.map(EarlyStopping.init)

    if data.validation == nil, let metric = trainer.monitors.min() {
      throw Diagnostics(
        .invalidValue, at: .wholeFile(path: file.path),
        "a schedule watches \(metric), but there are no validation rows. Give some by data.split.validation, or choose another schedule.")
    }

    directory = try RunDirectory(config.outputDirectory + "/" + config.name, overwrites: options.overwrites)
    manifest = Manifest(config: config, data: data, threads: threads, arguments: options.arguments)
    try directory.write(file.bytes, to: "config.json")
    try directory.write(resolved, to: "resolved.json")
    try directory.write(manifest.json(end: nil), to: "manifest.json")
  }

  func carryOut(_ events: (RunEvent) -> Void) throws(Diagnostics) -> Outcome {
    for note in data.notes { events(.note(note)) }
    events(.started(totalSteps: trainer.totalSteps, stepsPerEpoch: trainer.stepsPerEpoch, trainingRows: data.train.count))
    let first = try evaluate(events).validation?.loss ?? judge.evaluate(data.train).loss
    if let classes = judge.objective.equalClasses, let warning = Self.warning(firstLoss: first, classes: classes) {
      warnings.append(warning)
      events(.warning(warning))
    }

    var reason = StopReason.completed
    var divergence: Divergence?
    do {
      if try train(events) { reason = .earlyStopping }
    } catch let error as Divergence {
      (reason, divergence) = (.diverged, error)
    } catch let error as Diagnostics {
      throw error
    } catch {
      fail("unexpected error: \(error)")
    }
    return try finish(reason, divergence)
  }

  /// Trains to the end; true if early stopping came first.
  private func train(_ events: (RunEvent) -> Void) throws -> Bool {
    let interval = config.train.evalEvery.steps(perEpoch: trainer.stepsPerEpoch)
    trainingSince = .now
    while trainer.stepsTaken < trainer.totalSteps {
      let step = try trainer.step()
      if let loss = step.loss { lossSinceEvaluation = (lossSinceEvaluation.sum + loss, lossSinceEvaluation.steps + 1) }
      normSinceEvaluation = max(normSinceEvaluation, step.gradientNorm)
      events(.stepped(number: trainer.stepsTaken, step: step))
      if trainer.stepsTaken % interval == 0 || trainer.stepsTaken == trainer.totalSteps {
        if try evaluate(events).stops { return true }
      }
    }
    return false
  }

  /// Evaluates on the validation rows, notes the figures, and keeps the weights if they are the best so far.
  private func evaluate(_ events: (RunEvent) -> Void) throws(Diagnostics) -> (validation: Evaluation?, stops: Bool) {
    let step = trainer.stepsTaken
    let trainingSeconds = seconds(since: trainingSince)
    let (penalty, dropoutRates) = (trainer.penalty, trainer.learnedDropoutRates)
    // A moving average is what counts; training goes on from the weights themselves.
    trainer.average?.swap()
    defer { trainer.average?.swap() }
    let validation = data.validation.map { judge.evaluate($0) }
    // The evaluation before the first step shows where training starts; it is no candidate for the best.
    var verdict = EarlyStopping.Verdict.goesOn
    if step > 0, let validation {
      if var stopping {
        verdict = stopping.observe(value(of: stopping.config.monitor, validation: validation))
        self.stopping = stopping
      }
      if verdict.isBest { keepBest() }
    }
    let trainLoss = lossSinceEvaluation.steps > 0 ? lossSinceEvaluation.sum / Double(lossSinceEvaluation.steps) : nil
    let epoch = Double(step) / Double(trainer.stepsPerEpoch)
    let rows = Double(data.train.count) * Double(lossSinceEvaluation.steps) / Double(trainer.stepsPerEpoch)
    let rowsPerSecond = step > 0 && trainingSeconds > 0 ? rows / trainingSeconds : nil
    try directory.appendMetrics(
      .object([
        ("step", .integer(step)), ("epoch", .number(epoch)), ("learning_rate", .number(trainer.schedule(max(0, step - 1)))),
        (
          "train",
          .object(
            [
              ("loss", .number(trainLoss)), ("objective", .number(trainLoss.map { $0 + penalty })),
              ("gradient_norm_max", .number(step > 0 ? normSinceEvaluation : nil)),
            ] + (dropoutRates.isEmpty ? [] : [("dropout_rates", .array(dropoutRates.map { .number($0) }))]))
        ),
        ("validation", validation?.json ?? .null), ("best", .bool(verdict.isBest)),
      ]))
    try directory.appendTiming(
      .object([("step", .integer(step)), ("seconds", .number(seconds(since: start))), ("rows_per_second", .number(rowsPerSecond))]))
    events(
      .evaluated(
        .init(
          step: step, epoch: epoch, trainLoss: trainLoss, validation: validation, isBest: verdict.isBest, rowsPerSecond: rowsPerSecond)))
    if step > 0 { informSchedules(validation) }
    lossSinceEvaluation = (0, 0)
    normSinceEvaluation = 0
    trainingSince = .now
    return (validation, verdict.stops)
  }

  /// Hands schedules the metrics they watch, all of evaluation mode.
  private func informSchedules(_ validation: Evaluation?) {
    let monitors = trainer.monitors
    if monitors.isEmpty { return }
    let train =
      monitors.contains { $0.hasPrefix("train.") }
      ? judge.evaluate(data.train) : nil
    var metrics: [String: Double] = [:]
    for name in monitors { metrics[name] = value(of: name, train: train, validation: validation) }
    trainer.observe(metrics)
  }

  private func keepBest() {
    if let best {
      best.arena.pointer.update(from: store.arena.pointer, count: store.arena.count)
      self.best = (trainer.stepsTaken, best.arena)
    } else {
      best = (trainer.stepsTaken, store.arena.copy())
    }
  }

  /// Saves last and best weights, judges the model that the run reports on, and checks it against what was expected.
  private func finish(_ reason: StopReason, _ divergence: Divergence?) throws(Diagnostics) -> Outcome {
    trainer.average?.swap()
    let saved = store.saved().bytes.count
    try ModelBundle.write(to: directory.path + "/last", store: store, resolved: resolved, data: data, step: trainer.stepsTaken)
    let last = store.arena.copy()
    if let best { store.arena.pointer.update(from: best.arena.pointer, count: best.arena.count) }
    let bestStep = best?.step ?? trainer.stepsTaken
    try ModelBundle.write(to: directory.path + "/best", store: store, resolved: resolved, data: data, step: bestStep)
    if config.earlyStopping?.restoreBest == false { store.arena.pointer.update(from: last.pointer, count: last.count) }

    let monitor = DeadUnits(judge.model.units)
    func evaluate(_ dataset: Dataset, probing: Bool) -> Evaluation {
      judge.evaluate(dataset, taps: probing ? monitor.taps : nil)
    }
    let train = evaluate(data.train, probing: data.validation == nil)
    let validation = data.validation.map { evaluate($0, probing: true) }
    let test = data.test.map { evaluate($0, probing: false) }
    let checks = config.expectations.map { expectation in
      Expectation.Check(expectation: expectation, value: value(of: expectation.metric, train: train, validation: validation, test: test))
    }
    let outcome = Outcome(
      directory: directory.path, stopReason: reason, steps: trainer.stepsTaken,
      epochs: (trainer.stepsTaken + trainer.stepsPerEpoch - 1) / trainer.stepsPerEpoch, bestStep: bestStep,
      model: summary, parameters: store.trainableElements,
      bytes: saved, units: monitor.groups, train: train, validation: validation, test: test, checks: checks, warnings: warnings,
      divergence: divergence, seconds: seconds(since: start))
    try directory.write(manifest.json(end: (reason, ExitStatus(outcome).rawValue)), to: "manifest.json")
    return outcome
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

  private func seconds(since instant: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - instant) / .seconds(1)
  }
}
