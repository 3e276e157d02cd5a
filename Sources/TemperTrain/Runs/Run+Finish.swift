import TemperCore
import TemperData
import TemperGuard
import TemperJSON
import TemperNN
import TemperOptim

extension Run {
  /// Saves last and best weights, evaluates the reported model, and checks the expectations; nil if the run was interrupted meanwhile.
  func finish(_ reason: StopReason, _ divergence: Divergence?) throws(Diagnostics) -> SingleResult? {
    let (store, config) = (trainer.store, handle.config)
    trainer.showAverage()
    var lastStep = trainer.stepsTaken
    if let divergence, divergence.step <= lastStep || !store.arena.isFinite || losesAll() {
      lastStep = handle.snapshots.use(.finite) ?? lastStep
    }
    let saved = handle.weightsToStore().bytes.count
    calibrate()
    try writeModel("last", step: lastStep)
    let last = store.arena.copy()
    let best = handle.snapshots[.best]
    let bestStep = handle.snapshots.use(.best) ?? lastStep
    if bestStep != lastStep { calibrate() }
    try writeModel("best", step: bestStep)
    if config.earlyStopping?.restoreBest == false, bestStep != lastStep {
      store.arena.copy(from: last)
      calibrate()
    }

    guard let parts = try evaluateParts() else {
      // When resumed, the run gets here again.
      store.arena.copy(from: last)
      trainer.hideAverage()
      return nil
    }
    var (reason, divergence) = (reason, divergence)
    if divergence == nil, let (part, _) = parts.first(where: { $0.evaluation.hasInfiniteLoss }) {
      (reason, divergence) = (.diverged, trainer.divergence(ofEvaluation: bestStep, "\(part.rawValue) loss"))
    }
    var end = EndRecord(reason: reason, evidence: handle.stopEvidence, divergence: divergence, parts: parts)
    for callback in handle.callbacks { try callback.atEnd(&end, handle) }
    func evaluation(_ part: DataSplit) -> Evaluation? { parts.first { $0.part == part }?.evaluation }
    guard let train = evaluation(.train) else { fail("a task has no training rows") }
    let checks = setup.expectations.map { expectation in
      Expectation.Check(
        expectation: expectation, value: Evaluation.value(of: expectation.metric, in: parts.map { ($0.part, $0.evaluation) }))
    }
    let outcome = SingleResult(
      directory: handle.directory.path, stopReason: reason, evidence: reason == .earlyStopping ? handle.stopEvidence : [],
      steps: trainer.stepsTaken, lastStep: lastStep,
      epochs: (trainer.stepsTaken + trainer.stepsPerEpoch - 1) / trainer.stepsPerEpoch,
      trainedEpochs: trainer.stepsTaken / trainer.stepsPerEpoch, bestStep: bestStep,
      bestWeights: best?.source ?? trainer.weightSource, model: handle.task.facts.summary, parameters: store.trainableElements,
      bytes: saved, units: end.units,
      learnedDropout: (handle.learnedDropout.values(of: .rate), handle.learnedDropout.values(of: .prunedShare)), train: train,
      validation: evaluation(.validation), test: evaluation(.test), checks: checks, warnings: handle.warnings, isStrict: config.isStrict,
      divergence: divergence, temperature: config.calibrates ? (handle.task as? any Calibrating)?.temperature : nil,
      guardReport: end.guardReport, seconds: handle.seconds(since: handle.start))
    try handle.directory.write(.object(outcome.results), to: RunDirectory.resultsName)
    try writeManifest(reason, outcome.status)
    return outcome
  }

  /// Fits the temperature of the current weights, if the config asks for it.
  private func calibrate() {
    guard handle.config.calibrates, let task = handle.task as? any Calibrating else { return }
    let fitted = task.fittedTemperature()?.temperature
    if fitted == nil {
      handle.note("calibrate: no temperature is best for the validation rows, as where every row is right; probabilities stay as they are")
    }
    task.temperature = fitted ?? 1
  }

  /// Ends the run so that it can be resumed.
  func interrupt(_ divergence: Divergence?) throws(Diagnostics) {
    var end = EndRecord(reason: .interrupted, evidence: [], divergence: divergence, parts: [])
    for callback in handle.callbacks { try callback.atEnd(&end, handle) }
    try writeManifest(.interrupted, .interrupted)
  }

  /// The evaluations of all available splits; nil if the run was interrupted meanwhile.
  private func evaluateParts() throws(Diagnostics) -> [(part: DataSplit, evaluation: Evaluation)]? {
    do throws(Halt) {
      var parts: [(part: DataSplit, evaluation: Evaluation)] = []
      for part in DataSplit.allCases where part != .test || !handle.options.isTrial {
        let hooks = ActivationHooks.all(handle.callbacks.compactMap { $0.hooks(for: part, handle) })
        if let evaluation = try handle.evaluate(part, hooks: hooks) { parts.append((part, evaluation)) }
      }
      return parts
    } catch {
      if case .failed(let diagnostics) = error { throw diagnostics }
      return nil
    }
  }

  private func writeManifest(_ reason: StopReason, _ status: ExitStatus) throws(Diagnostics) {
    try handle.directory.write(setup.manifest.json(end: (reason, status.rawValue)), to: RunDirectory.manifestName)
  }

  /// Writes the current model to the folder `name` of the run.
  private func writeModel(_ name: String, step: Int) throws(Diagnostics) {
    if handle.options.isTrial { return }
    let path = handle.directory.path
    try handle.directory.inPlace { () throws(Diagnostics) in
      try ModelFolder.write(
        to: path + "/" + name, weights: handle.weightsToStore(), config: setup.resolved, step: step,
        orLink: handle.latestWeights + [ModelFolder.weights(in: path + "/last")]
      ) { (folder) throws(Diagnostics) in try handle.task.writeFiles(to: folder) }
    }
  }

  /// Whether the current weights, though finite, give a loss that is not: then they caused the failed step.
  private func losesAll() -> Bool {
    handle.task.evaluate(.all(handle.hasValidation ? .validation : .train), hooks: nil, betweenBatches: {})?.hasInfiniteLoss ?? false
  }
}
