import TemperData
import TemperFiles
import TemperGuard
import TemperJSON
import TemperMetrics
import TemperNN
import TemperOptim
import TemperTables

/// A run in progress: steps and evaluations, with the callbacks at each event.
final class Run {
  let handle: RunHandle
  let setup: RunSetup

  init(
    _ file: ConfigFile, threads: Int, options: Runner.Options, files: (any Sendable)? = nil, _ events: @escaping (RunEvent) -> Void
  ) throws(Diagnostics) {
    setup = try RunSetup(file, threads: threads, options: options, files: files, events)
    handle = setup.handle
  }

  var trainer: Trainer { handle.trainer }

  /// Trains and returns the result; nil if the run was interrupted.
  func carryOut() throws(Diagnostics) -> SingleResult? {
    announce()
    let (reason, divergence) = try train()
    if reason != .interrupted, let outcome = try finish(reason, divergence) { return outcome }
    try interrupt(divergence)
    return nil
  }

  private func announce() {
    for note in handle.task.facts.notes { handle.note(note) }
    for warning in setup.warnings { handle.warn(warning) }
    handle.events(
      .started(
        totalSteps: trainer.totalSteps, stepsTaken: trainer.stepsTaken, stepsPerEpoch: trainer.stepsPerEpoch,
        trainingRows: trainer.plan.rows, measure: handle.measure))
    if trainer.stepsTaken > 0 { handle.note("resuming after step \(trainer.stepsTaken)") }
  }

  /// Trains until the run ends, and returns the reason.
  private func train() throws(Diagnostics) -> (StopReason, Divergence?) {
    do {
      // A run interrupted before its first step still needs its first evaluation.
      if trainer.stepsTaken == 0, handle.owesEvaluation || handle.resumed == nil { _ = try evaluate() }
      while handle.owesEvaluation || handle.stopReason == nil && trainer.stepsTaken < trainer.totalSteps { try advance() }
      return (handle.stopReason ?? .completed, nil)
    } catch {
      switch error {
      case .failed(let diagnostics): throw diagnostics
      case .diverged(let divergence): return (.diverged, divergence)
      case .interrupted:
        do { try trainer.demandFinite() } catch { return (.diverged, error) }
        return (.interrupted, nil)
      }
    }
  }

  /// Takes a step, and evaluates if due.
  private func advance() throws(Halt) {
    try handle.heed()
    let owes = handle.owesEvaluation
    if !owes {
      let step: Trainer.Step
      do { step = try trainer.step() } catch { throw .diverged(error) }
      for callback in handle.callbacks { try callback.afterStep(step, handle) }
    }
    // A run that a callback ends after a step is evaluated there.
    let isDue = owes || trainer.isEvaluated(after: trainer.stepsTaken) || handle.stopReason != nil
    let record = isDue ? try evaluate() : nil
    for callback in handle.callbacks { try callback.betweenSteps(record, handle) }
  }

  /// Evaluates on the validation rows; an abandoned evaluation is repeated when the run is resumed.
  private func evaluate() throws(Halt) -> EvaluationRecord {
    handle.owesEvaluation = true
    for callback in handle.callbacks { try callback.beforeEvaluation(handle) }
    let step = trainer.stepsTaken
    if step > 0 { try handle.demandFinite() }
    // The average is evaluated; training continues with the weights themselves.
    defer { trainer.hideAverage() }
    let candidates = try candidates()
    let chosen = candidates.best
    var record = EvaluationRecord(
      step: step, epoch: Double(step) / Double(trainer.stepsPerEpoch), validation: chosen.validation, weights: chosen.weights,
      metrics: chosen.metrics)
    record.members = candidates.members
    for callback in handle.callbacks { try callback.afterEvaluation(&record, handle) }
    handle.owesEvaluation = false
    return record
  }

  /// Evaluates the average, or the weights if there is none, and where the config compares both, both; the model then has the better.
  private func candidates() throws(Halt) -> Candidates {
    guard let monitor = handle.comparedMetric, trainer.average?.hasBegun == true else {
      trainer.showAverage()
      return Candidates(try candidate(), comparing: handle.comparedMetric)
    }
    var candidates = Candidates(try candidate(), comparing: monitor)
    trainer.showAverage()
    let isBetter = candidates.add(try candidate(), better: handle.config.earlyStopping?.mode.direction(of: monitor))
    if !isBetter { trainer.hideAverage() }
    return candidates
  }

  /// Evaluates the weights that the model has.
  private func candidate() throws(Halt) -> Candidates.Candidate {
    let step = trainer.stepsTaken
    let validation = try handle.evaluate(.validation)
    if step > 0, validation?.hasInfiniteLoss == true { throw .diverged(trainer.divergence(ofEvaluation: step, "validation loss")) }
    return (trainer.weightSource, validation, try monitored(validation))
  }

  /// The metrics that callbacks monitor, all in evaluation mode; warns about undefined ones.
  private func monitored(_ validation: Evaluation?) throws(Halt) -> [String: Double] {
    let names = handle.callbacks.reduce(into: Set<String>()) { $0.formUnion($1.monitors) }
    let needsTrain = trainer.stepsTaken > 0 && names.contains { $0.hasPrefix("train.") }
    let train = needsTrain ? try handle.evaluate(.train) : nil
    var metrics: [String: Double] = [:]
    for name in names.sorted() {
      metrics[name] = Evaluation.value(of: name, in: [(.train, train), (.validation, validation)])
      let isDefined = metrics[name].map { !$0.isNaN } ?? false
      if !isDefined, needsTrain || !name.hasPrefix("train.") { handle.warn(.undefined(name)) }
    }
    return metrics
  }
}
