import TemperData
import TemperJSON

/// Compares the loss of the initial weights with that of chance.
enum InitialLossCheck: DoctorCheck {
  static let name = "first loss"
  static let doc = "a loss before training far above chance level"

  static func run(_ subject: DoctorSubject, _ time: Deadline) throws(Diagnostics) -> DoctorCheckResult {
    let session = subject.session
    if subject.file.config.start != nil { return .inapplicable("the weights are loaded, so that they are not at chance level") }
    guard let classes = session.task.facts.uniformClassCount else {
      return .inapplicable("the loss of an untrained model is not known for this loss")
    }
    let first: FirstEvaluation
    do { first = try subject.firstEvaluation(time) } catch { return .outOfTime }
    guard let loss = first.evaluation?.loss else { return .inapplicable("no row has any weight") }
    let warning = FirstLossCheck.warning(firstLoss: loss, classes: classes)
    return DoctorCheckResult(
      warning.map { [Finding(.warning, $0, at: subject.place(of: "model"))] } ?? [],
      summary:
        "\(fixed(loss, 3)) on the \(first.split.adjective) data; chance is ln(\(classes)) = \(fixed(FirstLossCheck.chance(classes), 3))")
  }
}
