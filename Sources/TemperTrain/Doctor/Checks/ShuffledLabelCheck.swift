import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperMetrics

extension Diagnostic.Code {
  /// A model of shuffled labels that predicts held-out rows.
  public static let shuffledLabelsPredict = Diagnostic.Code("W0218", "a model of shuffled labels predicts held-out rows better than chance")
}

/// Trains briefly on shuffled training labels, from which nothing can be learned: if the model is then better than chance on held-out rows, their
/// evaluation leaks.
enum ShuffledLabelCheck: DoctorCheck {
  static let name = "shuffled labels"
  static let doc = "held-out rows that are predicted even after training on shuffled labels"

  /// The number of shuffles that must all be better than chance; one may be so by chance.
  private static let shuffles = 4
  /// The number of training steps, and the minimum number of held-out rows.
  private static let (steps, fewestRows) = (200, 30)

  static func run(_ subject: DoctorSubject, _ time: Deadline) throws(Diagnostics) -> DoctorCheckResult {
    guard let rows = subject.rows, subject.session.task is any LabelLearning else { return .inapplicable("no labels are learned") }
    let candidates = rows.heldOut.map { (split: $0, count: rows.targets($0)?.count ?? 0) }
    guard let (split, count) = candidates.max(by: { $0.count < $1.count }) else {
      return .inapplicable("there are no validation or test rows")
    }
    guard count >= fewestRows else {
      return .inapplicable("\(counted(count, "held-out row")) \(count == 1 ? "is" : "are") too few for a test; it takes \(fewestRows)")
    }
    let random = RandomStreams(seed: UInt64(subject.file.config.seed))
    var summary = ""
    for shuffle in 0..<shuffles {
      let session = try subject.newSession(rows: rows.rows.shufflingTargets(random.sequence("doctor.shuffle", shuffle)))
      let time = time.part(of: shuffles - shuffle)
      let trained = FirstSteps(session, steps: min(steps, session.trainer.totalSteps), time)
      if let divergence = trained.divergence {
        return DoctorCheckResult([], summary: "", extent: .partial("training diverged at step \(divergence.step)"))
      }
      let evaluation: Evaluation?
      do { evaluation = try session.evaluate(split, Deadline(seconds: max(1, time.left))) } catch { return .outOfTime }
      guard let evaluation, let baseline = evaluation.baseline else { return .inapplicable("the task has no chance level") }
      let compared = baseline.metrics.first.flatMap { guess in
        evaluation.metrics.first { $0.name == guess.name }.map { "\(guess.name) \(fixed($0.value, 3)), by chance \(fixed(guess.value, 3))" }
      }
      summary = "\(compared ?? "") on \(count) \(split.rawValue) rows after \(counted(trained.count, "step"))"
      if !baseline.isBeaten { return DoctorCheckResult([], summary: summary) }
    }
    return DoctorCheckResult(
      [
        Finding(
          .error, .shuffledLabelsPredict, at: subject.dataPlace,
          "after training on shuffled labels the model still predicts the \(split.rawValue) rows better than chance, \(shuffles) times in "
            + "\(shuffles): \(summary)",
          remedy: "Look for how the label reaches the model other than by the label column, or for held-out rows that train it.")
      ], summary: summary)
  }
}
