/// Which way a metric gets better, as a config says it. The raw value is the name there.
public enum MetricMode: String, CaseIterable, Sendable {
  /// As the metric itself says.
  case auto
  /// Lower is better.
  case min
  /// Higher is better.
  case max

  /// Which values of the metric called `name`, such as `validation.rmse`, are better; nil where `auto` meets a name that no metric has.
  public func direction(of name: String) -> Metric.Direction? {
    switch self {
    case .auto: Metric.named(name)?.better
    case .min: .lower
    case .max: .higher
    }
  }

  /// What the key `mode` of a config means.
  public static let keyDoc =
    "Which way the metric gets better; `auto` is down for losses and errors, up for scores, as the metric is defined."
}
