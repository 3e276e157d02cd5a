import TemperJSON

/// The learning rate over the steps of a run: a linear warm-up, then any schedule.
public struct Schedule: Sendable {
  /// Steps in which the rate rises linearly from 1 / warmup of what follows to all of it.
  public let warmup: Int
  /// The steps of the whole run.
  public let total: Int
  private let stepsPerEpoch: Int
  private var rate: ScalarSchedule

  /// A schedule over `total` steps, of which those after the warm-up are the run that `rate` sees.
  public init(_ rate: ScalarSchedule, warmup: Int = 0, total: Int, stepsPerEpoch: Int) {
    (self.rate, self.warmup, self.total, self.stepsPerEpoch) = (rate, warmup, total, stepsPerEpoch)
  }

  /// The rate of a step, counted from 0. What decays over the whole run would reach its end one step after the last.
  public func callAsFunction(_ step: Int) -> Double {
    let value = rate.value(step: max(0, step - warmup), totalSteps: max(1, total - warmup), stepsPerEpoch: stepsPerEpoch)
    return step < warmup ? value * Double(step + 1) / Double(warmup) : value
  }

  /// The rate, where it never changes.
  public var constant: Double? { warmup == 0 ? rate.constant : nil }

  /// The metrics that ``observe(_:)`` must be given.
  public var monitors: [String] { rate.monitors }

  /// Takes the metrics of an evaluation.
  public mutating func observe(_ metrics: [String: Double]) { rate.observe(metrics) }

  /// What metrics have made of it, for a checkpoint; null where the rate depends on the step alone.
  public var state: JSON { rate.state }

  /// Goes on from a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) { try rate.restore(state) }
}

/// What `schedule` in a config says.
public struct ScheduleConfig: Sendable {
  private enum Warmup {
    case steps(Int)
    case ratio(Double)
  }

  private let maker: ScheduleMaker
  private let warmup: Warmup

  /// Reads the block; `metrics` are the names that `reduce_on_plateau` may watch.
  public init(_ c: FieldReader, metrics: [String]) {
    maker = c.schedule(.learningRate, default: "constant", metrics: metrics, doc: "How the learning rate runs after the warm-up.")
    c.exclusive("warmup_steps", "warmup_ratio")
    let steps = c.optionalInteger("warmup_steps", in: 0..., doc: "Steps in which the learning rate rises linearly to its full value.")
    let ratio = c.optionalNumber("warmup_ratio", in: 0..<1, doc: "The same as a share of all steps.")
    warmup = steps.map { .steps($0) } ?? ratio.map { .ratio($0) } ?? .steps(0)
  }

  /// The schedule of a run of `total` steps, from the learning rate `peak`.
  public func schedule(peak: Double, total: Int, stepsPerEpoch: Int) -> Schedule {
    let steps =
      switch warmup {
      case .steps(let steps): steps
      case .ratio(let ratio): Int((ratio * Double(total)).rounded())
      }
    return Schedule(maker(peak), warmup: steps, total: total, stepsPerEpoch: stepsPerEpoch)
  }
}
