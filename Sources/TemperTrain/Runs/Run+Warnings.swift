import Glibc
import TemperMetrics

extension Run {
  /// Warns, once of everything.
  func warn(_ text: String) {
    if warnings.contains(text) { return }
    warnings.append(text)
    events(.warning(text))
  }

  /// A watched metric that cannot be computed must not end a run for want of improvement, nor pass without a word.
  static func warning(undefined name: String) -> String {
    let needs = Metric.named(name).map { ": it needs \($0.needs)" } ?? ""
    return "\(name) is watched and undefined\(needs). Evaluations without it do not count against patience, and none of them is the best."
  }

  /// An untrained classifier knows nothing, which costs ln(classes). Much more says that it starts out sure of wrong answers.
  static func warning(firstLoss: Double?, classes: Int) -> String? {
    let expected = log(Double(classes))
    guard let firstLoss, firstLoss > 2 * expected + 1 else { return nil }
    return "the loss before training is \(fixed(firstLoss, 3)); an untrained model of \(classes) classes should be near ln(\(classes)) = "
      + "\(fixed(expected, 3)). Are the features on very different scales, or the first weights too large?"
  }
}
