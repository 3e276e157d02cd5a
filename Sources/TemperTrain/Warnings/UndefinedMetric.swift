import TemperJSON
import TemperMetrics

extension Diagnostic.Code {
  /// A monitored metric that cannot be computed.
  public static let undefinedMetric = Diagnostic.Code("W0301", "a monitored metric is undefined")
}

extension Warning {
  /// An undefined monitored metric must not end a run for lack of improvement, nor go unreported.
  static func undefined(_ name: String) -> Warning {
    let needs = Metric.named(name).map { ": it needs \($0.needs)" } ?? ""
    return Warning(
      .undefinedMetric,
      "\(name) is monitored but undefined\(needs). Evaluations without it do not count towards patience and cannot be the best.")
  }
}
