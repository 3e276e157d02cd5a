import TemperCore
import TemperJSON

/// A regulariser's strength steered by a signal of over-fitting, in the manner of StyleGAN2-ADA (Karras et al. 2020): once an evaluation,
/// v ← clip(v + step · sign(s̄ - target), 0, maximum), where s̄ is the moving average of the signal and sign(0) = 0.
///
/// As a schedule the signal is the gap r = clip((validation.loss - train.loss) / validation.loss, 0, 1). Both losses must be those of evaluation
/// mode on the same reduction: with dropout on, the training loss is too large and the gap too small.
public struct Feedback: Sendable {
  /// The present strength.
  public private(set) var value: Double
  private let target: Double
  private let step: Double
  private let maximum: Double
  private let smoothing: Double
  private var average: Double?

  /// The losses that the gap is made of.
  public static let metrics = ["train.loss", "validation.loss"]

  /// A strength that starts at `from`. `smoothing` is the share of the old average that each evaluation keeps; the first signal is the first
  /// average.
  public init(from: Double = 0, target: Double = 0.2, step: Double = 0.05, maximum: Double, smoothing: Double = 0.5) {
    (value, self.target, self.step, self.maximum, self.smoothing) = (from, target, step, maximum, smoothing)
  }

  /// Takes the losses of an evaluation. Nothing changes where one is missing or not finite.
  public mutating func observe(training: Double?, validation: Double?) {
    guard let training, let validation, training.isFinite, validation.isFinite else { return }
    observe(signal: min(1, max(0, (validation - training) / max(validation, 1e-8))))
  }

  /// Takes a signal of one's own.
  public mutating func observe(signal: Double) {
    let average = average.map { smoothing * $0 + (1 - smoothing) * signal } ?? signal
    self.average = average
    let direction: Double = average > target ? 1 : average < target ? -1 : 0
    value = min(maximum, max(0, value + step * direction))
  }

  /// All that changes, for a checkpoint.
  public var state: JSON { .object([("value", .number(value)), ("average", .number(average))]) }

  /// Goes on from a ``state``.
  public mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let value = state["value"]?.number, let average = state["average"]?.exactNumber else { throw MalformedState(of: "feedback") }
    (self.value, self.average) = (value, average)
  }

  /// Reads the keys; `max` must be given where it has no default.
  static func read(_ c: FieldReader, _ bounds: Bounds<Double>, defaultMaximum: Double? = nil) -> Feedback {
    let from = c.number("from", default: bounds.lower ?? 0, in: bounds, doc: "First value.")
    let doc = "The value goes no higher, and never below 0."
    let maximum = defaultMaximum.map { c.number("max", default: $0, in: bounds, doc: doc) } ?? c.number("max", in: bounds, doc: doc)
    if from > maximum { c.fail("from", .invalidValue, "is above max", with: ["max"]) }
    let target = c.number("target", default: 0.2, in: 0...1, doc: "Share of the validation loss by which it may exceed the training loss.")
    let step = c.number(
      "step", default: 0.05, in: .above(0), doc: "What is added above, and taken away below the target, at each evaluation.")
    let smoothing = c.number("smoothing", default: 0.5, in: 0..<1, doc: "Share of the old average of the gap that an evaluation keeps.")
    return Feedback(from: from, target: target, step: step, maximum: maximum, smoothing: smoothing)
  }
}
