import Glibc
import TemperData
import TemperJSON

extension Diagnostic.Code {
  /// A first loss far above that of guessing.
  public static let highFirstLoss = Diagnostic.Code("W0302", "the loss before training is far above that of guessing")
}

/// Warns where the weights that training starts from are worse than guessing.
final class FirstLossCheck: Callback {
  static let name = "first_loss_check"

  private let classes: Int
  /// Without validation rows it is that of the training rows.
  private var trainLoss: Double?

  init?(_ run: RunHandle) {
    guard run.config.start == nil, let classes = run.task.facts.uniformClassCount else { return nil }
    self.classes = classes
  }

  func beforeEvaluation(_ run: RunHandle) throws(Halt) {
    if run.steps == 0, !run.hasValidation { trainLoss = try run.evaluate(.train)?.loss }
  }

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) {
    guard record.step == 0, let loss = record.validation?.loss ?? trainLoss else { return }
    if let warning = Self.warning(firstLoss: loss, classes: classes) { run.warn(warning) }
  }

  /// An untrained classifier knows nothing, which costs ln(classes). Much more says that it starts out sure of wrong answers.
  static func warning(firstLoss: Double, classes: Int) -> Warning? {
    let expected = log(Double(classes))
    guard firstLoss > 2 * expected + 1 else { return nil }
    return Warning(
      .highFirstLoss,
      "the loss before training is \(fixed(firstLoss, 3)); an untrained model of \(classes) classes should be near ln(\(classes)) = "
        + "\(fixed(expected, 3)). Are the features on very different scales, or the first weights too large?")
  }
}
