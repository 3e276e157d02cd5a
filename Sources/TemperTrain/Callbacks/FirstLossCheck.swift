import Glibc
import TemperData
import TemperJSON

extension Diagnostic.Code {
  /// A first loss far above the baseline.
  public static let highFirstLoss = Diagnostic.Code("W0302", "the loss before training is far above chance level")
}

/// Warns if the initial weights are worse than the baseline.
final class FirstLossCheck: Callback {
  static let name = "first_loss_check"

  private let classes: Int
  /// The loss on the training rows, used without validation rows.
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

  /// The loss of giving all classes the same probability.
  static func chance(_ classes: Int) -> Double { log(Double(classes)) }

  /// The loss of an untrained classifier should be about ln(classes). A much higher loss means that it starts out confident in wrong
  /// answers.
  static func warning(firstLoss: Double, classes: Int) -> Warning? {
    let expected = chance(classes)
    guard firstLoss > 2 * expected + 1 else { return nil }
    return Warning(
      .highFirstLoss,
      "the initial loss is \(fixed(firstLoss, 3)), but an untrained model with \(classes) classes should be near ln(\(classes)) = "
        + "\(fixed(expected, 3)). Check the scales of the features and of the initial weights.")
  }
}
