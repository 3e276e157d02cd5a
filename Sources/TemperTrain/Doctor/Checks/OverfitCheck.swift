import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperOptim
import TemperTables

extension Diagnostic.Code {
  /// A model that does not fit a single batch.
  public static let doesNotOverfit = Diagnostic.Code("W0306", "the model cannot fit a single batch")
}

/// Trains a new model on one small batch, without dropout, penalties and augmentation: if it cannot learn that by heart, it will not learn more.
enum OverfitCheck: DoctorCheck {
  static let name = "one batch"
  static let doc = "a model that cannot learn a single batch by heart"

  /// The maximum number of rows of the batch, and of windows of text.
  private static let (mostRows, mostWindows) = (32, 1)
  /// The learning rates of AdamW that are tried, and the number of steps of each.
  private static let (rates, steps) = ([0.001, 0.01], 400)
  /// The fraction of the first loss that the last must be below.
  private static let remainder = 0.05

  static func run(_ subject: DoctorSubject, _ time: Deadline) throws(Diagnostics) -> DoctorCheckResult {
    let (config, facts) = (subject.file.config, subject.session.task.facts)
    let isText = facts.measure != .rows
    let rows = min(isText ? mostWindows : mostRows, facts.plan.batchSize)
    let smallest = config.model.normalizesBatches ? 2 : 1
    var changes: [(key: String, value: JSON)] = [("train.batch_size", .integer(max(smallest, rows)))]
    if config.train.augment != nil { changes.append(("train.augment", .null)) }
    if subject.file.place(of: "regularization.dropout") != nil { changes.append(("regularization.dropout", .object([]))) }
    let targets = rows * (isText ? facts.measure.perRow : subject.rows?.target.width ?? 1)
    let elements = subject.session.store.trainableElements
    if elements < targets {
      return .inapplicable("the model has \(grouped(elements)) trained parameters, too few for a batch with \(grouped(targets)) targets")
    }
    var best: Fit?
    for (index, rate) in rates.enumerated() {
      let session = try subject.newSession(changes)
      let fit = Self.fit(session, rate: rate, isTraining: config.model.normalizesBatches, time.part(of: rates.count - index))
      guard let fit else { return .inapplicable("the first batch has no targets") }
      if best.map({ fit.last < $0.last || $0.last.isNaN }) ?? true { best = fit }
      if fit.isLearned { break }
    }
    guard let best else { return .outOfTime }
    let summary =
      "loss \(fixed(best.first, 3)) to \(fixed(best.last, 3)) in \(counted(best.steps, "step")) on \(rows) \(isText ? "window" : "row")\(rows == 1 ? "" : "s")"
    if best.isLearned { return DoctorCheckResult([], summary: summary) }
    if best.steps < steps { return DoctorCheckResult([], summary: summary, extent: .partial("the time was over; raise --seconds")) }
    return DoctorCheckResult(
      [
        Finding(
          .warning, .doesNotOverfit, at: subject.place(of: "model"),
          "a new model does not learn a batch of \(rows) by heart: the loss falls from \(fixed(best.first, 3)) to \(fixed(best.last, 3)) "
            + "in \(best.steps) steps",
          remedy: "Check for contradicting labels and the scale of the features (data.normalize); otherwise use a larger model.")
      ], summary: summary)
  }

  private struct Fit {
    let first: Double
    var last: Double
    var steps = 0

    var isLearned: Bool { last <= OverfitCheck.remainder * first || last <= 0.001 }
  }

  /// Fits the first batch of `session`; nil if it has no targets.
  private static func fit(_ session: TrainingSession, rate: Double, isTraining: Bool, _ time: Deadline) -> Fit? {
    let (store, batches) = (session.store, session.task.batches(random: session.store.random, first: 0))
    let rows = batches.next()
    let context: Context = isTraining ? .training(step: 0, rows: rows) : .evaluation()
    let (optimizer, gradients) = (AdamW(store, AdamWConfig(weightDecay: 0)), store.makeGradients())
    let pass = GradientPass(store)
    var fit: Fit?
    // The loss of a step is known in the next.
    for step in 0...steps {
      gradients.reset()
      var weight = 0.0
      let sum = store.addGradients(to: gradients) {
        let loss = batches.loss(context, smoothing: 0)
        weight = loss.weight
        return loss.sum
      }
      guard weight > 0 else { return nil }
      let loss = Double(sum.scalar) / weight
      if fit == nil { fit = Fit(first: loss, last: loss) }
      fit?.last = loss
      fit?.steps = step
      if fit?.isLearned ?? true || !loss.isFinite || time.isOver { break }
      let (_, scale) = pass.prepare(gradients, scale: Float(1 / weight))
      optimizer.step(gradients, scale: scale, learningRate: rate)
    }
    return fit
  }
}
