import TemperData
import TemperGuard
import TemperJSON
import TemperMetrics
import TemperNN

/// Measures at evaluations what a loss does not show. What costs much is measured only where its ``WorkBudget`` admits it.
final class Monitors: Callback {
  static let name = "monitors"

  /// The rows of a sample, or as many tokens.
  private static let sampleRows = 256

  /// The monitors that cost much.
  private enum Costly: String, CaseIterable {
    /// The loss on a sample of the training rows.
    case trainingRows = "training_rows"
    /// The share of canaries that are known.
    case canaries
    /// The activity of hidden units on a sample of validation rows.
    case units
    /// The ranks of the features of these rows.
    case ranks
    /// The gradients of two further batches.
    case noise
  }

  private var budgets: [Costly: WorkBudget]
  private var noiseScale = GradientNoiseScale()
  private var noiseMeasurements = 0
  private var updateRatio: Double?
  /// What this evaluation has spent: it counts, as the noise scale does, once nothing can abandon the evaluation any more.
  private var spent: [Costly: Double] = [:]
  private var gradientNorms: (small: (rows: Double, squared: Double), large: (rows: Double, squared: Double))?

  init?(_ run: RunHandle) {
    guard let share = run.config.guarding?.monitorShare, !run.options.isTrial else { return nil }
    budgets = Costly.allCases.reduce(into: [:]) { $0[$1] = WorkBudget(share: share) }
    run.trainer.measuresUpdates = true
  }

  func afterStep(_ step: Trainer.Step, _ run: RunHandle) { updateRatio = step.updateRatio ?? updateRatio }

  /// The gradient is that of the trained weights, whatever weights are evaluated.
  func beforeEvaluation(_ run: RunHandle) {
    (spent, gradientNorms) = ([:], nil)
    if isDue(.noise, operations(rows: 2 * run.trainer.plan.batchSize, run), run) {
      gradientNorms = run.trainer.gradientNorms(measurement: noiseMeasurements)
    }
  }

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) throws(Halt) {
    let values =
      try [("weight_norm", run.trainer.store.weightNorm), ("update_ratio", updateRatio)] + generalizationGap(record, run) + canaries(run)
      + features(run)
    if spent[.noise] != nil { noiseMeasurements += 1 }
    if let (small, large) = gradientNorms { noiseScale.observe(small: small, large: large) }
    for (monitor, cost) in spent { budgets[monitor]?.spend(cost) }
    record.monitors = values + [("gradient_noise_scale", spent[.noise] == nil ? nil : noiseScale.value)]
  }

  /// The difference between validation and training loss, both without dropout.
  private func generalizationGap(_ record: EvaluationRecord, _ run: RunHandle) throws(Halt) -> [(String, Double?)] {
    guard let loss = record.validation?.loss else { return [] }
    let isDue = isDue(.trainingRows, operations(rows: sampleRows(run), run) / 3, run)
    let training = isDue ? try run.evaluate(.sample(.train, rows: sampleRows(run)))?.loss : nil
    return [("generalization_gap", training.map { loss - $0 })]
  }

  /// The share of the canaries in the training data that the model has memorised.
  private func canaries(_ run: RunHandle) throws(Halt) -> [(String, Double?)] {
    guard let task = run.task as? any CanaryPlanting, task.canaryRows > 0 else { return [] }
    let isDue = isDue(.canaries, operations(rows: task.canaryRows, run) / 3, run)
    return [("canaries_memorized", isDue ? try task.memorizedCanaries(betweenBatches: run.heed) : nil)]
  }

  /// The shares of hidden units that are dead and dormant on a sample, and the ranks of its features.
  private func features(_ run: RunHandle) throws(Halt) -> [(String, Double?)] {
    let (units, name) = (run.units, run.task.facts.featureName)
    if units.isEmpty && name == nil { return [] }
    let activity = UnitActivity(units)
    let rank = name.map { FeatureRank(of: $0, limit: Self.sampleRows) }
    let isDue = isDue(.units, operations(rows: sampleRows(run), run) / 3, run)
    if isDue {
      let hooks = ActivationHooks.all([activity.hooks] + [rank?.hooks].compactMap { $0 })
      _ = try run.evaluate(.sample(run.hasValidation ? .validation : .train, rows: sampleRows(run)), hooks: hooks)
    }
    let count = Double(units.reduce(0) { $0 + $1.count })
    func share(_ of: (UnitActivity.Group) -> Int) -> Double? { isDue ? Double(activity.groups.reduce(0) { $0 + of($1) }) / count : nil }
    var values: [(String, Double?)] = units.isEmpty ? [] : [("dead_units", share(\.dead)), ("dormant_units", share(\.dormant))]
    if let rank {
      let ranks = isDue && self.isDue(.ranks, rank.operations, run) ? rank.ranks : nil
      values += [("effective_rank", ranks?.effective), ("stable_rank", ranks?.stable)]
    }
    return values
  }

  /// Whether the budget of a monitor admits `cost` operations, which then are spent.
  private func isDue(_ monitor: Costly, _ cost: Double, _ run: RunHandle) -> Bool {
    let work = operations(rows: run.steps * run.trainer.plan.batchSize, run)
    guard run.steps > 0, budgets[monitor]?.affords(cost, after: work) ?? false else { return false }
    spent[monitor] = cost
    return true
  }

  /// The operations of training on so many rows.
  private func operations(rows: Int, _ run: RunHandle) -> Double { Double(rows) * Double(run.task.facts.operationsPerRow) }

  /// The rows of a sample: of text, windows.
  private func sampleRows(_ run: RunHandle) -> Int { max(1, Self.sampleRows / run.measure.perRow) }

  var state: JSON {
    .object([
      ("spent", .object(budgets.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key.rawValue, $0.value.state) })),
      ("noise_scale", noiseScale.state), ("noise_measurements", .integer(noiseMeasurements)),
      ("update_ratio", updateRatio.map { .exact($0) } ?? .null),
    ])
  }

  func restore(_ state: JSON) throws(MalformedState) {
    // A checkpoint of an earlier version has none: the monitors then begin here.
    if state.isNull { return }
    guard let spent = state["spent"], spent.members != nil else { throw MalformedState(of: "the budgets of monitors") }
    // Nor does it have each budget.
    for monitor in Costly.allCases { if let spent = spent[monitor.rawValue] { try budgets[monitor]?.restore(spent) } }
    noiseScale = try GradientNoiseScale(restoring: state["noise_scale"])
    guard let count = state["noise_measurements"]?.integer, count >= 0 else { throw MalformedState(of: "noise_measurements") }
    noiseMeasurements = count
    updateRatio = state["update_ratio"]?.exactNumber ?? nil
  }
}
