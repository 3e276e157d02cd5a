import TemperJSON
import TemperNN

/// Writes metrics.jsonl: a line per evaluation, the same for the same seed.
final class MetricsLog: Callback {
  static let name = "metrics_log"

  private let file: LogFile
  /// Sums since the last evaluation.
  private var gathered = StepSums()
  private var (dropoutRates, prunedShares): ([Double], [Double]) = ([], [])
  private var terms: [LossTerms.Value] = []
  private var penalty = 0.0
  /// The learning rate of the last step in this process.
  private var learningRate: Double?

  init?(_ run: RunHandle) { file = LogFile(run.directory, RunDirectory.metricsName) }

  func beforeTraining(_ run: RunHandle) throws(Diagnostics) { try file.open(resuming: run.resumed) }

  func afterStep(_ step: Trainer.Step, _ run: RunHandle) {
    gathered.add(step)
    learningRate = step.learningRate
  }

  /// Penalties are computed from the trained weights, whatever weights are evaluated.
  func beforeEvaluation(_ run: RunHandle) {
    penalty = run.trainer.penalty
    dropoutRates = run.learnedDropout.values(of: .rate).map(\.value)
    prunedShares = run.learnedDropout.values(of: .prunedShare).map(\.value)
    terms = gathered.meanTerms + run.trainer.parameterTerms
  }

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) throws(Halt) {
    record.trainLoss = gathered.meanLoss
    var train: [(String, JSON)] = [
      ("loss", .number(gathered.meanLoss)),
      ("objective", .number(gathered.meanLoss.map { $0 + terms.reduce(penalty) { $0 + $1.value } })),
      ("gradient_norm_max", .number(record.step > 0 ? gathered.greatestNorm : nil)),
    ]
    if !dropoutRates.isEmpty { train.append(("dropout_rates", .array(dropoutRates.map { .number($0) }))) }
    if !prunedShares.isEmpty { train.append(("pruned_weights", .array(prunedShares.map { .number($0) }))) }
    if !terms.isEmpty { train.append(("loss_terms", .object(terms.map { ($0.name, .number($0.value)) }))) }
    let line: [(String, JSON)] = [
      ("step", .integer(record.step)), ("epoch", .number(record.epoch)),
      ("learning_rate", .number(learningRate ?? run.trainer.lastLearningRate)),
      ("train", .object(train)), ("validation", record.validation?.json ?? .null), ("best", .bool(record.isBest)),
    ]
    let monitors = record.monitors.isEmpty ? [] : [("monitors", JSON.object(record.monitors.map { ($0.name, .number($0.value)) }))]
    record.line = .object(line + monitors + record.members.map { ($0.name, $0.value) })
    try Halt.onError { [file, record] () throws(Diagnostics) in try file.append(record.line) }
    gathered = StepSums()
  }

  func beforeCheckpoint() { file.sync() }

  var state: JSON { .object([("file", file.place), ("since_evaluation", gathered.state)]) }

  func restore(_ state: JSON) throws(MalformedState) {
    try gathered.restore(state["since_evaluation"] ?? .null)
    file.restore(state["file"] ?? .null)
  }
}
