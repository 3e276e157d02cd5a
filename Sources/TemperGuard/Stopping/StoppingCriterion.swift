import TemperJSON
import TemperMetrics
import TemperNN

/// A rule by which training should end, fed with every evaluation after the first step.
public protocol StoppingCriterion: Sendable {
  /// The metrics that it looks at, by full name.
  var monitors: [String] { get }
  /// Updates on an evaluation.
  mutating func observe(_ moment: TrainingMoment)
  /// Why training should end; nil while it should not.
  var evidence: StoppingEvidence? { get }
  /// Whether it depends on how long training takes, so that results differ from machine to machine.
  var watchesClock: Bool { get }
  /// The mutable state, for a checkpoint.
  var state: JSON { get }
  /// Restores a ``state``.
  mutating func restore(_ state: JSON) throws(MalformedState)
}

extension StoppingCriterion {
  /// Most depend on results alone.
  public var watchesClock: Bool { false }
}

/// What a ``StoppingCriterion`` sees of an evaluation.
public struct TrainingMoment: Sendable {
  /// Steps taken so far.
  public let step: Int
  /// Seconds of training so far, over all processes that had a part in it.
  public let seconds: Double
  /// The mean training loss over the steps since the last evaluation, as trained: with dropout.
  public let trainLoss: Double?
  /// The monitored metrics by full name, without undefined ones.
  public let metrics: [String: Double]

  /// Creates a moment.
  public init(step: Int, seconds: Double = 0, trainLoss: Double? = nil, metrics: [String: Double]) {
    (self.step, self.seconds, self.trainLoss, self.metrics) = (step, seconds, trainLoss, metrics)
  }
}

/// Why a ``StoppingCriterion`` would end training.
public struct StoppingEvidence: Sendable, Equatable {
  /// The type of the criterion, as in a config.
  public let criterion: String
  /// What was measured.
  public let value: Double
  /// The bound that it passed.
  public let threshold: Double
  /// The same in a clause: `validation.loss is 6.2 % above its best`.
  public let words: String

  /// The members of a result.
  public var json: JSON {
    ["criterion": .string(criterion), "value": .number(value), "threshold": .number(threshold), "reason": .string(words)]
  }
}

/// An error to be kept low, computed from a metric: the metric itself, or its distance from its greatest value where higher is better.
public struct MonitoredError: Sendable {
  /// The metric, by full name.
  public let monitor: String
  private let better: Metric.Direction
  private let most: Double

  /// The error by the metric called `monitor`, of which `mode` says which values are better. The process ends if there is no such metric.
  public init(_ monitor: String, _ mode: MetricMode = .auto) {
    guard let metric = Metric.named(monitor), let better = mode.direction(of: monitor) else { fatalError("no metric \(monitor)") }
    (self.monitor, self.better, most) = (monitor, better, metric.range.upperBound.isFinite ? metric.range.upperBound : 0)
  }

  /// The error at an evaluation; nil if the metric is undefined.
  public func callAsFunction(_ moment: TrainingMoment) -> Double? {
    guard let value = moment.metrics[monitor], !value.isNaN else { return nil }
    return better == .lower ? value : most - value
  }

  /// What is compared, in words.
  var words: String { better == .lower ? monitor : "1 - \(monitor)" }
}
