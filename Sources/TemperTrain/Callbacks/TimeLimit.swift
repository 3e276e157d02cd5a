import TemperNN

/// Ends the run after the step in which it reaches `train.max_minutes`: it is then evaluated and saved like one that is complete.
final class TimeLimit: Callback {
  static let name = "time_limit"

  /// The limit, in seconds.
  private let limit: Double

  init?(_ run: RunHandle) {
    guard let minutes = run.config.train.maxMinutes else { return nil }
    limit = 60 * minutes
  }

  /// A run that has used its time stays stopped, unless the limit has been raised; an evaluation that it owes is made first.
  func beforeTraining(_ run: RunHandle) {
    if run.secondsBefore >= limit { run.stop(.timeLimit) }
  }

  func afterStep(_ step: Trainer.Step, _ run: RunHandle) {
    if run.secondsOfTraining >= limit { run.stop(.timeLimit) }
  }
}
