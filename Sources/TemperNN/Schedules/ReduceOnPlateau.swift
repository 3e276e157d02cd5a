import TemperCore
import TemperJSON
import TemperMetrics

/// A value that is reduced by a factor when a metric has stopped improving, as `torch.optim.lr_scheduler.ReduceLROnPlateau` with its
/// relative threshold.
///
/// An improvement exceeds the best by more than `threshold` times its absolute value, so that negative metrics work too. After more than
/// `patience` consecutive evaluations without one, the value becomes max(value · factor, minimum), unless that changes it by 1e-8 or less;
/// the count then pauses for `cooldown` evaluations. Evaluations at which the metric is undefined do not count.
public struct ReduceOnPlateau: Sendable {
  /// The monitored metric.
  public let monitor: String
  /// The current value.
  public private(set) var value: Double
  private let better: Metric.Direction
  private let factor: Double
  private let patience: Int
  private let threshold: Double
  private let minimum: Double
  private let cooldown: Int
  private var best: Double?
  private var badEvaluations = 0
  private var cooling = 0

  /// Starts at `from`; the defaults are PyTorch's.
  public init(
    from: Double, monitor: String = "validation.loss", mode: MetricMode = .auto, factor: Double = 0.1, patience: Int = 10,
    threshold: Double = 1e-4, minimum: Double = 0, cooldown: Int = 0
  ) {
    guard let better = mode.direction(of: monitor) else { fail("reduce_on_plateau: there is no metric \(monitor)") }
    (value, self.monitor, self.better, self.factor) = (from, monitor, better, factor)
    (self.patience, self.threshold, self.minimum, self.cooldown) = (patience, threshold, minimum, cooldown)
  }

  /// Updates on the metric's value at an evaluation.
  public mutating func observe(_ metric: Double?) {
    guard let metric, !metric.isNaN else { return }
    if better.improves(metric, on: best, byShare: threshold) {
      (best, badEvaluations) = (metric, 0)
    } else {
      badEvaluations += 1
    }
    if cooling > 0 {
      cooling -= 1
      badEvaluations = 0
    }
    if badEvaluations > patience {
      let next = max(value * factor, minimum)
      if value - next > 1e-8 { value = next }
      (cooling, badEvaluations) = (cooldown, 0)
    }
  }

  /// The mutable state, for a checkpoint.
  public var state: JSON {
    .object([
      ("value", .number(value)), ("best", .exact(best)), ("bad_evaluations", .integer(badEvaluations)), ("cooling", .integer(cooling)),
    ])
  }

  /// Restores a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let value = state["value"]?.number, let best = state["best"]?.exactNumber, let bad = state["bad_evaluations"]?.integer,
      let cooling = state["cooling"]?.integer
    else { throw MalformedState(of: "reduce_on_plateau") }
    (self.value, self.best, badEvaluations, self.cooling) = (value, best, bad, cooling)
  }

  /// Reads the keys; the initial value is the learning rate or `from`.
  static func read(_ c: FieldReader, _ keys: CurveKeys, metrics: [String]) -> @Sendable (_ rate: Double) -> ReduceOnPlateau {
    let from = keys.start(c)
    let monitor = c.choice("monitor", of: metrics, default: metrics[0], doc: "Metric to monitor.")
    let mode = c.choice("mode", default: MetricMode.auto, doc: MetricMode.keyDoc)
    let factor = c.number("factor", default: 0.1, in: 0..<1, doc: "Factor by which the value is reduced.")
    let patience = c.integer("patience", default: 10, in: 0..., doc: "Evaluations without improvement before the value is reduced.")
    let threshold = c.number(
      "threshold", default: 1e-4, in: 0..., precision: .double,
      doc: "Least improvement over the best, as a fraction of its absolute value.")
    let minimum =
      if case .scalar(let bounds) = keys {
        c.number("min", default: bounds.lower ?? 0, in: bounds, doc: "Minimum value.")
      } else {
        c.number("min_learning_rate", default: 0, in: 0..., doc: "Minimum learning rate.")
      }
    let cooldown = c.integer("cooldown", default: 0, in: 0..., doc: "Evaluations after a reduction that do not count towards `patience`.")
    return { rate in
      ReduceOnPlateau(
        from: from(rate), monitor: monitor, mode: mode, factor: factor, patience: patience, threshold: threshold, minimum: minimum,
        cooldown: cooldown)
    }
  }
}

/// Saved state that does not match.
public struct MalformedState: Error, Equatable, CustomStringConvertible {
  /// What cannot be restored.
  public let kind: String

  /// An error about the state of `kind`.
  public init(of kind: String) {
    self.kind = kind
  }

  /// The message.
  public var description: String { "the saved state of \(kind) does not fit; it belongs to another config or is damaged" }
}

extension JSON {
  /// A number, possibly not finite, or nil: what a state needs for exact restoration.
  public static func exact(_ value: Double?) -> JSON {
    guard let value else { return .null }
    if value.isFinite { return .number(value) }
    return value.isNaN ? "nan" : value > 0 ? "inf" : "-inf"
  }

  /// The value given to ``exact(_:)``; nil for anything else.
  public var exactNumber: Double?? {
    switch content {
    case .null: .some(nil)
    case .integer, .number: .some(number)
    case .string("nan"): .some(.nan)
    case .string("inf"): .some(.infinity)
    case .string("-inf"): .some(-.infinity)
    default: nil
    }
  }
}
