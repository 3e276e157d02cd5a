import Glibc
import TemperJSON
import TemperMetrics

extension Diagnostic.Code {
  /// A metric that is watched and cannot be computed.
  public static let undefinedMetric = Diagnostic.Code("W0301", "a metric that is watched is undefined")
  /// A first loss far above that of guessing.
  public static let highFirstLoss = Diagnostic.Code("W0302", "the loss before training is far above that of guessing")
}

extension Run {
  /// Warns, once of everything.
  func warn(_ warning: Warning) {
    if warnings.contains(warning) { return }
    warnings.append(warning)
    events(.warning(warning))
  }

  /// A watched metric that cannot be computed must not end a run for want of improvement, nor pass without a word.
  static func warning(undefined name: String) -> Warning {
    let needs = Metric.named(name).map { ": it needs \($0.needs)" } ?? ""
    return Warning(
      .undefinedMetric,
      "\(name) is watched and undefined\(needs). Evaluations without it do not count against patience, and none of them is the best.")
  }

  /// An untrained classifier knows nothing, which costs ln(classes). Much more says that it starts out sure of wrong answers.
  static func warning(firstLoss: Double?, classes: Int) -> Warning? {
    let expected = log(Double(classes))
    guard let firstLoss, firstLoss > 2 * expected + 1 else { return nil }
    return Warning(
      .highFirstLoss,
      "the loss before training is \(fixed(firstLoss, 3)); an untrained model of \(classes) classes should be near ln(\(classes)) = "
        + "\(fixed(expected, 3)). Are the features on very different scales, or the first weights too large?")
  }
}
