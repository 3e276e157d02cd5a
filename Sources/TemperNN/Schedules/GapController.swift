import TemperCore
import TemperJSON

/// The strength of a regulariser, controlled at each evaluation by the gap between the losses of validation and of training.
///
/// Both losses must be computed in evaluation mode with the same reduction: with dropout on, the training loss is too large and the gap too
/// small.
public struct GapController: Sendable {
  /// How the strength follows the gap.
  private enum Rule: Sendable {
    case proportional(halfGap: Double)
    case sign(target: Double, step: Double)
  }

  /// The current strength.
  public private(set) var value: Double
  private let rule: Rule
  private let maximum: Double
  private let smoothing: Double
  private var average: Double?

  /// The losses that define the gap.
  public static let metrics = ["train.loss", "validation.loss"]

  /// Proportional control: v = maximum · d̄ / (d̄ + halfGap), where d̄ is the moving average of d = max(0, validation.loss - train.loss). So
  /// v / (maximum - v) = d̄ / halfGap: proportional to the gap, and still below the maximum. More strength makes the gap smaller, so the two
  /// settle where they agree, and no target must be known. A rule of this program; no publication has it.
  ///
  /// `smoothing` is the weight of the old average at each evaluation; the average starts at the first gap, and the strength at 0.
  public init(halfGap: Double, maximum: Double, smoothing: Double = 0.5) {
    (value, rule, self.maximum, self.smoothing) = (0, .proportional(halfGap: halfGap), maximum, smoothing)
  }

  /// Control by the sign, as in StyleGAN2-ADA (Karras et al. 2020): v ← clip(v + step · sign(s̄ - target), 0, maximum), where s̄ is the moving
  /// average of the signal and sign(0) = 0. As a schedule the signal is ``gap(training:validation:)``.
  ///
  /// `smoothing` is the weight of the old average at each evaluation; the average starts at the first signal, and the strength at `from`.
  public init(from: Double = 0, target: Double = 0.2, step: Double = 0.05, maximum: Double, smoothing: Double = 0.5) {
    (value, rule, self.maximum, self.smoothing) = (from, .sign(target: target, step: step), maximum, smoothing)
  }

  /// The relative gap r = clip((validation - training) / validation, 0, 1) of two losses; nil where one is missing or not finite.
  public static func gap(training: Double?, validation: Double?) -> Double? {
    difference(training: training, validation: validation).map { min(1, $0 / max(validation ?? 0, 1e-8)) }
  }

  /// max(0, validation - training) of two losses; nil where one is missing or not finite.
  private static func difference(training: Double?, validation: Double?) -> Double? {
    guard let training, let validation, training.isFinite, validation.isFinite else { return nil }
    return max(0, validation - training)
  }

  /// Updates on the losses of an evaluation. Nothing changes where one is missing or not finite.
  public mutating func observe(training: Double?, validation: Double?) {
    let signal =
      switch rule {
      case .proportional: Self.difference(training: training, validation: validation)
      case .sign: Self.gap(training: training, validation: validation)
      }
    if let signal { observe(signal: signal) }
  }

  /// Updates on a custom signal.
  public mutating func observe(signal: Double) {
    let average = average.map { smoothing * $0 + (1 - smoothing) * signal } ?? signal
    self.average = average
    switch rule {
    case .proportional(let halfGap):
      value = maximum * max(0, average) / (max(0, average) + halfGap)
    case .sign(let target, let step):
      let direction: Double = average > target ? 1 : average < target ? -1 : 0
      value = min(maximum, max(0, value + step * direction))
    }
  }

  /// The mutable state, for a checkpoint.
  public var state: JSON { .object([("value", .number(value)), ("average", .number(average))]) }

  /// Restores a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let value = state["value"]?.number, let average = state["average"]?.exactNumber else { throw MalformedState(of: "feedback") }
    (self.value, self.average) = (value, average)
  }
}

extension GapController {
  /// Reads the keys; `max` is required where the rules have no default of it.
  static func read(_ c: FieldReader, _ bounds: Bounds<Double>, maxima: (proportional: Double, sign: Double)? = nil) -> GapController {
    func maximum(_ c: FieldReader, default standard: Double?) -> Double {
      let doc = "Maximum value; the minimum is 0."
      return standard.map { c.number("max", default: $0, in: bounds, doc: doc) } ?? c.number("max", in: bounds, doc: doc)
    }
    func smoothing(_ c: FieldReader) -> Double {
      c.number("smoothing", default: 0.5, in: 0..<1, doc: "Weight of the old average of the gap at each evaluation.")
    }
    return c.variant(
      "rule", default: "proportional", doc: "How the value follows the gap.",
      [
        .init("proportional", "max · gap / (gap + half_gap), where the gap is validation loss - training loss.") { c in
          let halfGap = c.number(
            "half_gap", default: 0.6, in: .above(0), doc: "Gap, validation loss - training loss, at which the value is half of max.")
          return GapController(halfGap: halfGap, maximum: maximum(c, default: maxima?.proportional), smoothing: smoothing(c))
        },
        .init("sign", "A step up while the relative gap is above a target, a step down while it is below.") { c in
          let from = c.number("from", default: bounds.lower ?? 0, in: bounds, doc: "Initial value.")
          let maximum = maximum(c, default: maxima?.sign)
          if from > maximum { c.fail("from", .invalidValue, "is above max", with: ["max"]) }
          let target = c.number("target", default: 0.2, in: 0...1, doc: "Target gap: (validation loss - training loss) / validation loss.")
          let step = c.number(
            "step", default: 0.05, in: .above(0),
            doc: "Change per evaluation: added while the gap is above the target, subtracted below it.")
          return GapController(from: from, target: target, step: step, maximum: maximum, smoothing: smoothing(c))
        },
      ])
  }
}
