/// The direction in which a metric improves, as in a config. The raw value is the name there.
public enum MetricMode: String, CaseIterable, Sendable {
  /// That of the metric itself.
  case auto
  /// Lower is better.
  case min
  /// Higher is better.
  case max

  /// Which values of the metric called `name`, such as `validation.rmse`, are better; nil if the mode is `auto` and no metric has this name.
  public func direction(of name: String) -> Metric.Direction? {
    switch self {
    case .auto: Metric.named(name)?.better
    case .min: .lower
    case .max: .higher
    }
  }

  /// The documentation of the key `mode` of a config.
  public static let keyDoc =
    "Which way the metric gets better; `auto` is down for losses and errors, up for scores, as the metric is defined."
}
