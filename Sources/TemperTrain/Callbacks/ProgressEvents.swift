/// Reports every step and every evaluation to observers of the run, such as the progress bar.
final class ProgressEvents: Callback {
  static let name = "progress_events"

  init?(_ run: RunHandle) {}

  func afterStep(_ step: Trainer.Step, _ run: RunHandle) { run.events(.stepped(number: run.steps, step: step)) }

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) {
    run.events(
      .evaluated(
        .init(
          step: record.step, epoch: record.epoch, trainLoss: record.trainLoss, validation: record.validation, isBest: record.isBest,
          samples: record.samples, speed: record.speed)))
  }
}
