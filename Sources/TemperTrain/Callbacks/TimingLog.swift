import TemperJSON

/// Writes timing.jsonl: when each evaluation finished, and how fast the steps before it were. It is not a result, and nothing depends
/// on it.
final class TimingLog: Callback {
  static let name = "timing_log"

  private let file: LogFile
  private var rows = 0
  private var trainingSince = ContinuousClock.now
  private var trainingSeconds = 0.0

  init?(_ run: RunHandle) { file = LogFile(run.directory, RunDirectory.timingName) }

  func beforeTraining(_ run: RunHandle) throws(Diagnostics) {
    try file.open(through: run.resumed?.step)
    trainingSince = .now
  }

  func afterStep(_ step: Trainer.Step, _ run: RunHandle) { rows += step.rows }

  func beforeEvaluation(_ run: RunHandle) { trainingSeconds = run.seconds(since: trainingSince) }

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) throws(Halt) {
    let measure = run.measure
    record.speed = record.step > 0 && trainingSeconds > 0 ? Double(rows * measure.perRow) / trainingSeconds : nil
    let line = JSON.object([
      ("step", .integer(record.step)), ("seconds", .number(run.seconds(since: run.start))),
      ("\(measure.name)_per_second", .number(record.speed)),
    ])
    try Halt.onError { [file] () throws(Diagnostics) in try file.append(line) }
    (rows, trainingSince) = (0, .now)
  }

  func beforeCheckpoint() { file.sync() }
}
