import TemperJSON
import TemperMetrics

extension Diagnostic.Code {
  /// A metric that is watched and cannot be computed.
  public static let undefinedMetric = Diagnostic.Code("W0301", "a metric that is watched is undefined")
}

extension Warning {
  /// A watched metric that cannot be computed must not end a run for want of improvement, nor pass without a word.
  static func undefined(_ name: String) -> Warning {
    let needs = Metric.named(name).map { ": it needs \($0.needs)" } ?? ""
    return Warning(
      .undefinedMetric,
      "\(name) is watched and undefined\(needs). Evaluations without it do not count against patience, and none of them is the best.")
  }
}
