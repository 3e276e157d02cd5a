import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// A training that diverges within its first steps.
  public static let trainingDiverges = Diagnostic.Code("W0308", "training diverges within its first steps")
}

/// Takes the first steps of the training as the config says: if it diverges in them, so does the run.
enum DivergenceCheck: DoctorCheck {
  static let name = "first steps"
  static let doc = "a training that diverges within its first steps"

  /// The maximum number of steps, and the minimum to compare their losses.
  private static let (mostSteps, fewestSteps) = (300, 20)
  /// The number of last steps whose mean loss is compared with the first, and the factor from which it has grown too much.
  private static let (lastSteps, growth) = (10, 10.0)

  static func run(_ subject: DoctorSubject, _ time: Deadline) throws(Diagnostics) -> DoctorCheckResult {
    let (session, config) = (try subject.newSession(), subject.file.config)
    let total = session.trainer.totalSteps
    let taken = FirstSteps(session, steps: min(mostSteps, total), time, maxLossRatio: config.train.maxLossRatio)
    let first = taken.losses.first ?? 0
    let last = taken.losses.suffix(lastSteps).reduce(0, +) / Double(max(1, min(lastSteps, taken.losses.count)))
    var result = DoctorCheckResult(
      [], summary: "loss \(number(first)) to \(number(last)) in \(taken.count) of \(counted(total, "step"))",
      extent: taken.isCut ? .partial("the time was over; raise --seconds") : .complete)
    if let divergence = taken.divergence {
      // Nothing was trained yet when the first batch has no loss.
      let isUntrained = divergence.step == 1 && taken.count == 0
      let remedy = isUntrained ? "Scale the features (data.normalize), or use smaller initial weights (model.initializer)." : self.remedy
      result.summary = "diverged at step \(divergence.step) of \(total)"
      result.findings = [finding(subject, isUntrained, "training diverges: \(divergence.circumstances)", remedy)]
    } else if taken.count >= fewestSteps, last > growth * max(first, chance(session)) {
      result.findings = [
        finding(
          subject, false,
          "training diverges: the loss rises from \(number(first)) at the first step to \(number(last)) in the mean of steps "
            + "\(taken.count - lastSteps + 1) to \(taken.count), at learning rate \(session.trainer.lastLearningRate)",
          remedy)
      ]
    }
    return result
  }

  private static let remedy = "Lower optimizer.learning_rate, clip gradients (train.max_grad_norm), or warm up (schedule.warmup_steps)."

  /// The loss of a model that has learned nothing, above which that of loaded weights may be: for numbers, that of a standardized target.
  private static func chance(_ session: TrainingSession) -> Double {
    session.task.facts.uniformClassCount.map { FirstLossCheck.chance($0) } ?? 1
  }

  /// The finding, at what the remedy changes.
  private static func finding(_ subject: DoctorSubject, _ isUntrained: Bool, _ message: String, _ remedy: String) -> Finding {
    let place = subject.place(of: isUntrained ? "model" : "optimizer.learning_rate")
    return Finding(.error, .trainingDiverges, at: place, message, remedy: remedy)
  }

  /// A loss, which may have very many digits.
  private static func number(_ loss: Double) -> String { abs(loss) < 1e6 ? fixed(loss, 3) : "\(Float(loss))" }
}
