import Glibc
import TemperJSON

/// The learning rate over the steps of a run.
public struct Schedule: Sendable {
  /// How the rate runs after the warm-up.
  public enum Decay: String, CaseIterable, Sendable {
    /// It stays at its peak.
    case constant
    /// Half a cosine down to the minimum (Loshchilov and Hutter 2017, without restarts).
    case cosine
  }

  /// How the rate runs after the warm-up.
  public let decay: Decay
  /// The rate after the warm-up.
  public let peak: Double
  /// The rate that the decay runs towards.
  public let minimum: Double
  /// Steps in which the rate rises linearly from peak / warmup to the peak.
  public let warmup: Int
  /// The steps of the whole run.
  public let total: Int

  /// A schedule over `total` steps.
  public init(decay: Decay, peak: Double, minimum: Double = 0, warmup: Int = 0, total: Int) {
    (self.decay, self.peak, self.minimum, self.warmup, self.total) = (decay, peak, minimum, warmup, total)
  }

  /// The rate of a step, counted from 0. The cosine would reach the minimum one step after the last.
  public func callAsFunction(_ step: Int) -> Double {
    if step < warmup { return peak * Double(step + 1) / Double(warmup) }
    switch decay {
    case .constant: return peak
    case .cosine:
      let share = min(1, Double(step - warmup) / Double(max(1, total - warmup)))
      return minimum + (peak - minimum) * (1 + cos(Double.pi * share)) / 2
    }
  }
}

/// What `schedule` in a config says.
public struct ScheduleConfig: Sendable {
  /// How long the learning rate rises.
  public enum Warmup: Sendable {
    /// Not at all.
    case none
    /// This many steps.
    case steps(Int)
    /// This share of all steps.
    case ratio(Double)
  }

  /// How the rate runs after the warm-up.
  public let decay: Schedule.Decay
  /// How long it rises.
  public let warmup: Warmup
  /// The rate that a decay runs towards; 0 for a constant schedule, which has none.
  public let minimum: Double

  /// Reads the block.
  public init(_ c: FieldReader) {
    let parts: (decay: Schedule.Decay, minimum: Double) = c.variant(
      "type", default: "constant", doc: "How the learning rate runs after the warm-up.",
      [
        .init("constant", "It stays.") { _ in (.constant, 0) },
        .init("cosine", "Half a cosine down to `min_learning_rate`.") { c in
          (.cosine, c.number("min_learning_rate", default: 0, in: 0..., doc: "Where the cosine ends."))
        },
      ])
    (decay, minimum) = parts
    c.exclusive("warmup_steps", "warmup_ratio")
    let steps = c.optionalInteger("warmup_steps", in: 0..., doc: "Steps in which the learning rate rises linearly to its full value.")
    let ratio = c.optionalNumber("warmup_ratio", in: 0..<1, doc: "The same as a share of all steps.")
    warmup = steps.map { .steps($0) } ?? ratio.map { .ratio($0) } ?? .none
  }

  /// The schedule of a run of `total` steps.
  public func schedule(peak: Double, total: Int) -> Schedule {
    let steps =
      switch warmup {
      case .none: 0
      case .steps(let steps): steps
      case .ratio(let ratio): Int((ratio * Double(total)).rounded())
      }
    return Schedule(decay: decay, peak: peak, minimum: minimum, warmup: steps, total: total)
  }
}
