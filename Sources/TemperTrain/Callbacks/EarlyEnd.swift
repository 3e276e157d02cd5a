import TemperJSON

/// Ends the run when whoever started it says so after an evaluation.
final class EarlyEnd: Callback {
  static let name = "early_end"

  private let endsEarly: @Sendable (EvaluationRecord) throws(Diagnostics) -> StopReason?

  init?(_ run: RunHandle) {
    guard let endsEarly = run.options.endsEarly else { return nil }
    self.endsEarly = endsEarly
  }

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) throws(Halt) {
    let record = record
    let reason = try Halt.onError { () throws(Diagnostics) in try endsEarly(record) }
    if let reason, run.stopReason == nil { run.stop(reason) }
  }
}
