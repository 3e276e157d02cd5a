import TemperJSON

/// Warns about problems visible in the results of a run.
final class ResultChecks: Callback {
  static let name = "result_checks"

  init?(_ run: RunHandle) {}

  func atEnd(_ record: inout EndRecord, _ run: RunHandle) throws(Diagnostics) {
    // The last part is the one that is reported.
    guard record.divergence == nil, let (part, evaluation) = record.parts.last else { return }
    let tooLong =
      record.reason == .completed ? Warning.trainedTooLong(try run.directory.evaluations(), run.config.earlyStopping) : nil
    let found = [
      tooLong, .noBetterThanGuessing(evaluation, of: part), .neverPredicted(record.parts.map { ($0.part, $0.evaluation) }, run.config),
    ]
    for warning in found { if let warning { run.warn(warning) } }
  }
}
