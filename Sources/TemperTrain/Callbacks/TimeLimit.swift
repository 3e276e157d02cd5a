import TemperJSON
import TemperNN

/// Ends the run after the step in which it reaches `train.max_minutes`: it is then evaluated and saved like one that is complete.
final class TimeLimit: Callback {
  static let name = "time_limit"

  /// The limit, in seconds.
  private let limit: Double
  /// Seconds used before this process, up to the checkpoint that it resumes from.
  private var secondsBefore = 0.0
  /// When this process began.
  private let start: ContinuousClock.Instant

  init?(_ run: RunHandle) {
    guard let minutes = run.config.train.maxMinutes else { return nil }
    (limit, start) = (60 * minutes, run.start)
  }

  private var seconds: Double { secondsBefore + (ContinuousClock.now - start) / .seconds(1) }

  /// A run that has used its time stays stopped, unless the limit has been raised; an evaluation that it owes is made first.
  func beforeTraining(_ run: RunHandle) {
    if secondsBefore >= limit { run.stop(.timeLimit) }
  }

  func afterStep(_ step: Trainer.Step, _ run: RunHandle) {
    if seconds >= limit { run.stop(.timeLimit) }
  }

  var state: JSON { .object([("seconds", .exact(seconds))]) }

  func restore(_ state: JSON) throws(MalformedState) {
    // The run may have had no limit before.
    if state.isNull { return }
    guard let seconds = state["seconds"]?.number, seconds >= 0 else { throw MalformedState(of: "time_limit") }
    secondsBefore = seconds
  }
}
