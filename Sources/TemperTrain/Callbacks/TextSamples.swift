import TemperJSON

/// Generates texts with a language model at every evaluation, if the config asks for them.
final class TextSamples: Callback {
  static let name = "text_samples"

  init?(_ run: RunHandle) {}

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) throws(Halt) {
    record.samples = ((run.task as? any TextSampling)?.samples() ?? [])
    if !record.samples.isEmpty { record.members.append(("samples", .array(record.samples.map(\.json)))) }
    try run.heed()
  }
}
