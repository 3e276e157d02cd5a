import TemperCore
import TemperJSON

/// The strength of a regulariser, controlled by an overfitting signal as in StyleGAN2-ADA (Karras et al. 2020): at each evaluation, v ←
/// clip(v + step · sign(s̄ - target), 0, maximum), where s̄ is the moving average of the signal and sign(0) = 0.
///
/// As a schedule the signal is the gap r = clip((validation.loss - train.loss) / validation.loss, 0, 1). Both losses must be computed in
/// evaluation mode with the same reduction: with dropout on, the training loss is too large and the gap too small.
public struct GapController: Sendable {
  /// The current strength.
  public private(set) var value: Double
  private let target: Double
  private let step: Double
  private let maximum: Double
  private let smoothing: Double
  private var average: Double?

  /// The losses that define the gap.
  public static let metrics = ["train.loss", "validation.loss"]

  /// A strength with initial value `from`. `smoothing` is the weight of the old average at each evaluation; the average starts at the first
  /// signal.
  public init(from: Double = 0, target: Double = 0.2, step: Double = 0.05, maximum: Double, smoothing: Double = 0.5) {
    (value, self.target, self.step, self.maximum, self.smoothing) = (from, target, step, maximum, smoothing)
  }

  /// The gap r = clip((validation - training) / validation, 0, 1) of two losses; nil where one is missing or not finite.
  public static func gap(training: Double?, validation: Double?) -> Double? {
    guard let training, let validation, training.isFinite, validation.isFinite else { return nil }
    return min(1, max(0, (validation - training) / max(validation, 1e-8)))
  }

  /// Updates on the losses of an evaluation. Nothing changes where one is missing or not finite.
  public mutating func observe(training: Double?, validation: Double?) {
    if let gap = Self.gap(training: training, validation: validation) { observe(signal: gap) }
  }

  /// Updates on a custom signal.
  public mutating func observe(signal: Double) {
    let average = average.map { smoothing * $0 + (1 - smoothing) * signal } ?? signal
    self.average = average
    let direction: Double = average > target ? 1 : average < target ? -1 : 0
    value = min(maximum, max(0, value + step * direction))
  }

  /// The mutable state, for a checkpoint.
  public var state: JSON { .object([("value", .number(value)), ("average", .number(average))]) }

  /// Restores a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let value = state["value"]?.number, let average = state["average"]?.exactNumber else { throw MalformedState(of: "feedback") }
    (self.value, self.average) = (value, average)
  }

  /// Reads the keys; `max` is required where it has no default.
  static func read(_ c: FieldReader, _ bounds: Bounds<Double>, defaultMaximum: Double? = nil) -> GapController {
    let from = c.number("from", default: bounds.lower ?? 0, in: bounds, doc: "Initial value.")
    let doc = "Maximum value; the minimum is 0."
    let maximum = defaultMaximum.map { c.number("max", default: $0, in: bounds, doc: doc) } ?? c.number("max", in: bounds, doc: doc)
    if from > maximum { c.fail("from", .invalidValue, "is above max", with: ["max"]) }
    let target = c.number("target", default: 0.2, in: 0...1, doc: "Target gap: (validation loss - training loss) / validation loss.")
    let step = c.number(
      "step", default: 0.05, in: .above(0), doc: "Change per evaluation: added while the gap is above the target, subtracted below it.")
    let smoothing = c.number("smoothing", default: 0.5, in: 0..<1, doc: "Weight of the old average of the gap at each evaluation.")
    return GapController(from: from, target: target, step: step, maximum: maximum, smoothing: smoothing)
  }
}
