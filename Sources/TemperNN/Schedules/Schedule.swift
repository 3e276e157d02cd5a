import TemperJSON

/// The learning rate over the steps of a run: a linear warm-up, then any schedule.
public struct Schedule: Sendable {
  /// Steps in which the rate rises linearly from 1 / warmup of the scheduled value to its full value.
  public let warmup: Int
  /// The steps of the whole run.
  public let total: Int
  private let stepsPerEpoch: Int
  private var rate: ScalarSchedule

  /// A schedule over `total` steps; `rate` sees those after the warm-up as its run.
  public init(_ rate: ScalarSchedule, warmup: Int = 0, total: Int, stepsPerEpoch: Int) {
    (self.rate, self.warmup, self.total, self.stepsPerEpoch) = (rate, warmup, total, stepsPerEpoch)
  }

  /// The rate at a step, from 0. A decay over the whole run reaches its end one step after the last.
  public func callAsFunction(_ step: Int) -> Double {
    let value = rate.value(step: max(0, step - warmup), totalSteps: max(1, total - warmup), stepsPerEpoch: stepsPerEpoch)
    return step < warmup ? value * Double(step + 1) / Double(warmup) : value
  }

  /// The rate, where it is constant.
  public var constant: Double? { warmup == 0 ? rate.constant : nil }

  /// The metrics that ``observe(_:)`` needs.
  public var monitors: [String] { rate.monitors }

  /// Updates on the metrics of an evaluation.
  public mutating func observe(_ metrics: [String: Double]) { rate.observe(metrics) }

  /// Whether the rate needs ``observe(gradientNorm:weightNorm:)`` before each step.
  public var followsNorms: Bool { rate.followsNorms }

  /// Updates on the norms of a step.
  public mutating func observe(gradientNorm: Double, weightNorm: Double) {
    rate.observe(gradientNorm: gradientNorm, weightNorm: weightNorm)
  }

  /// The mutable state, for a checkpoint; null where the rate depends on the step alone.
  public var state: JSON { rate.state }

  /// Restores a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) { try rate.restore(state) }
}

/// The block `schedule` of a config.
public struct ScheduleConfig: Sendable {
  private enum Warmup {
    case steps(Int)
    case ratio(Double)
  }

  private let maker: ScheduleMaker
  private let warmup: Warmup

  /// Reads the block; `metrics` are those that `reduce_on_plateau` may monitor.
  public init(_ c: FieldReader, metrics: [String]) {
    maker = c.schedule(.learningRate, default: "constant", metrics: metrics, doc: "Learning rate schedule after the warm-up.")
    c.exclusive("warmup_steps", "warmup_ratio")
    let steps = c.optionalInteger("warmup_steps", in: 0..., doc: "Steps in which the learning rate rises linearly to its full value.")
    let ratio = c.optionalNumber("warmup_ratio", in: 0..<1, doc: "Length of the warm-up as a fraction of all steps.")
    warmup = steps.map { .steps($0) } ?? ratio.map { .ratio($0) } ?? .steps(0)
  }

  /// The schedule for a run of `total` steps with base learning rate `peak`.
  public func schedule(peak: Double, total: Int, stepsPerEpoch: Int) -> Schedule {
    let steps =
      switch warmup {
      case .steps(let steps): steps
      case .ratio(let ratio): Int((ratio * Double(total)).rounded())
      }
    return Schedule(maker(peak), warmup: steps, total: total, stepsPerEpoch: stepsPerEpoch)
  }
}
