import TemperCore
import TemperData
import TemperJSON
import TemperNN

extension Diagnostic.Code {
  /// Accumulated gradients that differ from those of the joint batch.
  public static let accumulationDiffers = Diagnostic.Code("W0307", "accumulated gradients differ from those of the joint batch")
}

/// Compares the accumulated gradient of two batches with that of one batch of all their rows.
enum AccumulationCheck: DoctorCheck {
  static let name = "accumulation"
  static let doc = "accumulated gradients that differ from those of a larger batch"

  private static let key = "train.gradient_accumulation_steps"
  /// The number of batches that are accumulated, and the largest relative difference by rounding.
  private static let (batches, tolerance) = (2, 1e-3)

  static func run(_ subject: DoctorSubject, _ time: Deadline) throws(Diagnostics) -> DoctorCheckResult {
    let config = subject.file.config
    if config.train.accumulationSteps < 2 { return .inapplicable("the config does not accumulate gradients") }
    let plan = subject.session.task.facts.plan
    if subject.rows == nil { return .inapplicable("windows of text are drawn anew for each batch, so that there is no such larger batch") }
    if plan.rows < batches * plan.batchSize { return .inapplicable("the training rows are fewer than two batches") }
    let joint = try subject.newSession([
      ("train.batch_size", .integer(batches * plan.batchSize)), (key, .integer(1)),
    ])
    let (parts, whole) = (gradient(of: try subject.newSession(), batches: batches), gradient(of: joint, batches: 1))
    if parts.rows != whole.rows { return .inapplicable("batches of another size have other rows") }
    let distance = zip(parts.values, whole.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    let norm = whole.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let difference = norm > 0 ? distance / norm : distance
    let summary = "relative difference \(Float(difference)) between \(batches) batches of \(plan.batchSize) rows and one"
    guard !(difference <= tolerance) else { return DoctorCheckResult([], summary: summary) }
    let isNorm = config.model.normalizesBatches
    return DoctorCheckResult(
      [
        Finding(
          isNorm ? .note : .warning, .accumulationDiffers, at: subject.place(of: key),
          "the accumulated gradient is not that of a larger batch: the relative difference is \(fixed(difference, 3))"
            + (isNorm ? ", because each batch is normalized by its own statistics" : ""),
          remedy: isNorm ? "Set model.norm to \"layer\", or raise train.batch_size instead." : "Raise train.batch_size instead.")
      ], summary: summary)
  }

  /// The mean gradient of the first batches at the initial weights, and their rows.
  private static func gradient(of session: TrainingSession, batches count: Int) -> (values: [Double], rows: [Int32]) {
    let (store, batches) = (session.store, session.task.batches(random: session.store.random, first: 0))
    let gradients = store.makeGradients()
    gradients.reset()
    let rates = session.trainer.numbers.values(of: .dropout, at: 0)
    var (weight, rows) = (0.0, [Int32]())
    for _ in 0..<count {
      let own = batches.next()
      rows += own
      _ = store.addGradients(to: gradients) {
        let loss = batches.loss(.training(step: 0, rows: own, dropoutRates: rates), smoothing: nil)
        weight += loss.weight
        return loss.sum
      }
    }
    gradients.zeroFillUntouched()
    let pointer = gradients.pointer
    let values = (0..<store.trainableCount).map { Double(pointer[$0]) / max(weight, .leastNormalMagnitude) }
    return (values, rows)
  }
}
