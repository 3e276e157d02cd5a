import TemperJSON

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

/// What `early_stopping` in a config says.
public struct EarlyStoppingConfig: Sendable {
  /// The metric that is watched, such as `validation.loss`.
  public let monitor: String
  /// Which way it gets better.
  public let mode: MetricMode
  /// Evaluations without an improvement that end the run.
  public let patience: Int
  /// By how much a value must beat the best to count as an improvement.
  public let minDelta: Double
  /// Whether the run reports on, and goes on from, the best weights instead of the last.
  public let restoreBest: Bool

  /// Settings in code.
  public init(
    monitor: String = "validation.loss", mode: MetricMode = .auto, patience: Int = 10, minDelta: Double = 0, restoreBest: Bool = true
  ) {
    (self.monitor, self.mode, self.patience, self.minDelta, self.restoreBest) = (monitor, mode, patience, minDelta, restoreBest)
  }

  /// Reads the block; `metrics` are the names that can be watched.
  public init(_ c: FieldReader, metrics: [String]) {
    monitor = c.choice(
      "monitor", of: metrics, default: "validation.loss", doc: "Metric that decides which weights are best and when to stop.")
    mode = c.choice("mode", default: MetricMode.auto, doc: "Which way the metric gets better; `auto` is down for a loss, up for the rest.")
    patience = c.integer("patience", default: 10, in: 0..., doc: "Evaluations (not epochs) without improvement after which the run stops.")
    minDelta = c.number("min_delta", default: 0, in: 0..., doc: "Least change that counts as an improvement.")
    restoreBest = c.bool("restore_best", default: true, doc: "Report on the best weights at the end instead of the last.")
  }
}

/// Watches one metric, remembers its best value, and says when it has not improved for too long.
///
/// The rules are those of Keras' `EarlyStopping`: an improvement beats the best by more than `min_delta`; a value that is missing or not a
/// number is none; patience 0 and 1 both stop at the first evaluation without one; the first evaluation never stops a run.
public struct EarlyStopping: Sendable {
  /// What one evaluation means for the run.
  public struct Verdict: Sendable, Equatable {
    /// Whether the value is the best so far.
    public let isBest: Bool
    /// Whether the run should end.
    public let stops: Bool

    /// Neither.
    public static let goesOn = Verdict(isBest: false, stops: false)
  }

  /// The rules.
  public let config: EarlyStoppingConfig
  /// The best value so far.
  public private(set) var best: Double?
  /// Evaluations since the best.
  public private(set) var wait = 0
  private var observed = 0

  /// Starts without a best value.
  public init(_ config: EarlyStoppingConfig) {
    self.config = config
  }

  /// Takes the metric's value at the next evaluation.
  public mutating func observe(_ value: Double?) -> Verdict {
    observed += 1
    wait += 1
    if let value, isImprovement(value) {
      best = value
      wait = 0
      return Verdict(isBest: true, stops: false)
    }
    return Verdict(isBest: false, stops: wait >= config.patience && observed > 1)
  }

  private func isImprovement(_ value: Double) -> Bool {
    guard !value.isNaN else { return false }
    guard let best else { return true }
    return config.mode.isUpward(config.monitor) ? value - config.minDelta > best : value + config.minDelta < best
  }
}
