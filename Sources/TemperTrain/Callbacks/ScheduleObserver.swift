/// Passes the metrics of every evaluation to the schedules that depend on them.
final class ScheduleObserver: Callback {
  static let name = "schedule_observer"

  let monitors: Set<String>

  init?(_ run: RunHandle) { monitors = run.trainer.numbers.monitors }

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) {
    if record.step > 0 { run.trainer.observe(record.metrics) }
  }
}
