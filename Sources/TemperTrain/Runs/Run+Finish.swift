import TemperCore
import TemperGuard
import TemperJSON
import TemperNN
import TemperOptim

extension Run {
  /// Saves last and best weights, evaluates the model that the run reports on, and checks it against what was expected.
  func finish(_ reason: StopReason, _ divergence: Divergence?) throws(Diagnostics) -> Ending {
    trainer.average?.swap()
    var lastStep = trainer.stepsTaken
    if let divergence, divergence.step <= lastStep || !store.arena.isFinite || losesAll() {
      store.arena.copy(from: finite.arena)
      lastStep = finite.step
    }
    let saved = weightsToStore().bytes.count
    try writeModel("last", step: lastStep)
    let last = store.arena.copy()
    if let best { store.arena.copy(from: best.arena) }
    let bestStep = best?.step ?? lastStep
    try writeModel("best", step: bestStep)
    if config.earlyStopping?.restoreBest == false { store.arena.copy(from: last) }

    let monitor = DeadUnits(task.units)
    let (train, validation, test): (Evaluation, Evaluation?, Evaluation?)
    do throws(EvaluationInterrupted) {
      guard let own = try task.evaluate(.train, taps: task.has(.validation) ? nil : monitor.taps, betweenBatches: heed) else {
        fail("a task has no training rows")
      }
      train = own
      validation = try task.evaluate(.validation, taps: monitor.taps, betweenBatches: heed)
      test = try task.evaluate(.test, taps: nil, betweenBatches: heed)
    } catch {
      // Resumed, the run comes here again.
      store.arena.copy(from: last)
      trainer.average?.swap()
      return try interrupt(hasStopped: reason == .earlyStopping, hasDiverged: divergence != nil)
    }
    var (reason, divergence) = (reason, divergence)
    let parts: [(DataPart, Evaluation?)] = [(.train, train), (.validation, validation), (.test, test)]
    if divergence == nil, let (part, _) = parts.first(where: { $0.1?.hasInfiniteLoss == true }) {
      (reason, divergence) = (.diverged, trainer.divergence(ofEvaluation: bestStep, "\(part.rawValue) loss"))
    }
    if divergence == nil { try warn(ofResults: parts.compactMap { part, evaluation in evaluation.map { (part, $0) } }, reason) }
    let checks = config.expectations.map { expectation in
      Expectation.Check(expectation: expectation, value: value(of: expectation.metric, train: train, validation: validation, test: test))
    }
    let outcome = Outcome(
      directory: directory.path, stopReason: reason, steps: trainer.stepsTaken, lastStep: lastStep,
      epochs: (trainer.stepsTaken + trainer.stepsPerEpoch - 1) / trainer.stepsPerEpoch, bestStep: bestStep,
      model: task.summary, parameters: store.trainableElements,
      bytes: saved, units: monitor.groups, train: train, validation: validation, test: test, checks: checks, warnings: warnings,
      isStrict: config.isStrict,
      divergence: divergence, seconds: seconds(since: start))
    try directory.write(.object(outcome.results), to: RunDirectory.resultsName)
    try directory.write(manifest.json(end: (reason, ExitStatus(outcome).rawValue)), to: RunDirectory.manifestName)
    return .finished(outcome)
  }

  /// Warns of what the results of the run's `parts` show, the last of which is judged by.
  private func warn(ofResults parts: [(part: DataPart, evaluation: Evaluation)], _ reason: StopReason) throws(Diagnostics) {
    guard let (part, evaluation) = parts.last else { return }
    if reason == .completed, let warning = Warning.trainedTooLong(try directory.evaluations(), config.earlyStopping) {
      warn(warning)
    }
    if let warning = Warning.noBetterThanGuessing(evaluation, of: part) { warn(warning) }
    if let warning = Warning.neverPredicted(parts) { warn(warning) }
  }

  /// Writes the model as it is now to the folder `name` of the run.
  private func writeModel(_ name: String, step: Int) throws(Diagnostics) {
    try directory.inPlace { () throws(Diagnostics) in
      try ModelFolder.write(
        to: directory.path + "/" + name, weights: weightsToStore(), config: resolved, step: step,
        orLink: checkpoints.latestWeights + [ModelFolder.weights(in: directory.path + "/last")]
      ) { (folder) throws(Diagnostics) in try task.writeFiles(to: folder) }
    }
  }

  /// Whether the present weights, finite as they are, give a loss that is not: then it was they that spoiled the step.
  private func losesAll() -> Bool {
    task.evaluate(task.has(.validation) ? .validation : .train, taps: nil, betweenBatches: {})?.hasInfiniteLoss ?? false
  }
}
