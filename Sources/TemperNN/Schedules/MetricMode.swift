/// Which way a metric gets better. The raw value is the name in a config.
public enum MetricMode: String, CaseIterable, Sendable {
  /// Down for a loss, up for everything else.
  case auto
  /// Down.
  case min
  /// Up.
  case max

  /// Whether `metric` gets better upwards.
  public func isUpward(_ metric: String) -> Bool {
    switch self {
    case .auto: !metric.hasSuffix("loss")
    case .min: false
    case .max: true
    }
  }
}
