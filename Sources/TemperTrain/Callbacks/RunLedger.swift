import TemperData
import TemperFiles
import TemperGuard
import TemperJSON
import TemperMetrics
import TemperNN

/// Keeps the ledger of the run, and writes guard.json when it ends: the same for the same seed.
final class RunLedger: Callback {
  static let name = "guard"

  /// The validation rows of a class from which on its recall is more than chance.
  private static let fewestRows = 10

  private let config: GuardConfig
  private var ledger: Ledger

  init?(_ run: RunHandle) {
    guard let config = run.config.guarding, !run.options.isTrial else { return nil }
    self.config = config
    let monitor = run.config.earlyStopping?.monitor ?? "validation.loss"
    let better = run.config.earlyStopping?.mode.direction(of: monitor) ?? .lower
    ledger = Ledger(monitor: monitor, better: better)
  }

  /// A run that goes on has not ended as the file says.
  func beforeTraining(_ run: RunHandle) throws(Diagnostics) { try Files.remove(run.directory.path + "/" + RunDirectory.guardName) }

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) {
    noteAdaptiveNumbers(run)
    guard record.step > 0 else { return }
    let validation = record.validation
    let metrics = (validation?.metrics ?? []).compactMap { metric in metric.value.map { ("validation.\(metric.name)", $0) } }
    let monitors = record.monitors.compactMap { monitor in monitor.value.map { (monitor.name, $0) } }
    ledger.observe(
      step: record.step, Evaluation.value(of: ledger.monitor, in: [(.validation, validation)]),
      isBest: run.config.earlyStopping == nil ? nil : record.isBest,
      metrics + (record.trainLoss.map { [("train.loss", $0)] } ?? []) + monitors)
    if let scores = (validation?.report as? any ClassReport)?.scores {
      ledger.observe(recalls: scores.filter { $0.support >= Self.fewestRows }.map { ($0.name, $0.recall) })
    }
  }

  /// The schedules, which come before in ``Callbacks/all``, have seen the evaluation.
  private func noteAdaptiveNumbers(_ run: RunHandle) {
    for number in run.trainer.numbers.adaptive {
      for (layer, value) in run.trainer.numbers.values(of: number, at: run.steps).enumerated() {
        ledger.note(layer == 0 ? number.rawValue : "\(number.rawValue)[\(layer)]", value, step: run.steps)
      }
    }
  }

  func atEnd(_ record: inout EndRecord, _ run: RunHandle) throws(Diagnostics) {
    guard record.reason != .interrupted else { return }
    let validation = record.parts.first { $0.part == .validation }?.evaluation
    let reported = run.config.earlyStopping?.restoreBest == false ? nil : run.snapshots[.best]?.step
    let calibrationError = validation?.metrics.first { $0.metric == .calibrationError }?.value
    let report = GuardReport(
      ledger,
      .init(
        steps: run.steps, reportedStep: reported ?? run.steps,
        trainLoss: record.parts.first { $0.part == .train }?.evaluation.loss, validationLoss: validation?.loss,
        validationRows: validation?.report.count ?? 0,
        calibrationError: calibrationError, remedy: remedy(validation, calibrationError, run),
        deadUnits: record.units.reduce(0) { $0 + $1.dead }, hiddenUnits: record.units.reduce(0) { $0 + $1.count }), config)
    let members: [(String, JSON)] = [
      ("stop_reason", .string(record.reason.rawValue)), ("stop_evidence", .array(record.evidence.map(\.json))),
    ]
    try run.directory.write(.object(members + report.members), to: RunDirectory.guardName)
    record.guardReport = report
  }

  /// What a temperature would make of a notable calibration error of the reported model, if it lowers it.
  private func remedy(_ validation: Evaluation?, _ error: Double?, _ run: RunHandle) -> (temperature: Double, calibrationError: Double)? {
    guard let error, let validation, !run.config.calibrates, let task = run.task as? any Calibrating,
      GuardReport.isNotable(calibrationError: error, rows: validation.report.count), let temperature = task.fittedTemperature()?.temperature
    else { return nil }
    task.temperature = temperature
    defer { task.temperature = 1 }
    let calibrated = task.evaluate(.all(.validation), hooks: nil, betweenBatches: {})
    guard let left = calibrated?.metrics.first(where: { $0.metric == .calibrationError })?.value, left < error else { return nil }
    return (temperature, left)
  }

  var state: JSON { ledger.state }
  func restore(_ state: JSON) throws(MalformedState) {
    // A checkpoint of an earlier version has none: the ledger then begins here.
    if !state.isNull { try ledger.restore(state) }
  }
}
