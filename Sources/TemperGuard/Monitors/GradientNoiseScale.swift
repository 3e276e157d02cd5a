import TemperJSON
import TemperNN

/// The simple noise scale of McCandlish et al. (2018), appendix A: about the number of rows in a batch from which on larger batches hardly lower the
/// loss of a step further. From the squared gradient norms of batches of two sizes, averaged over measurements.
public struct GradientNoiseScale: Sendable, Equatable {
  /// The weight of the averages so far at each further measurement.
  private static let decay = 0.9

  /// Moving averages of the estimates of tr Σ and of |G|², and the weight that their measurements have together.
  private var (noise, signal, weight) = (0.0, 0.0, 0.0)

  /// No measurements yet.
  public init() {}

  /// The unbiased estimates of |G|² and tr Σ from the squared norms of the mean gradients of a small and a large batch.
  public static func estimates(
    small: (rows: Double, squared: Double), large: (rows: Double, squared: Double)
  ) -> (signal: Double, noise: Double) {
    (
      (large.rows * large.squared - small.rows * small.squared) / (large.rows - small.rows),
      (small.squared - large.squared) / (1 / small.rows - 1 / large.rows)
    )
  }

  /// Adds a measurement; one that is not finite is left out.
  public mutating func observe(small: (rows: Double, squared: Double), large: (rows: Double, squared: Double)) {
    let (signal, noise) = Self.estimates(small: small, large: large)
    guard signal.isFinite, noise.isFinite else { return }
    self.signal += (1 - Self.decay) * (signal - self.signal)
    self.noise += (1 - Self.decay) * (noise - self.noise)
    weight += (1 - Self.decay) * (1 - weight)
  }

  /// tr Σ / |G|², in rows; nil before there is a measurement, and where the estimate of either is not positive: too few measurements tell them from
  /// chance.
  public var value: Double? { weight > 0 && noise > 0 && signal > 0 ? noise / signal : nil }

  /// The mutable state, for a checkpoint.
  public var state: JSON { .array([.exact(noise), .exact(signal), .exact(weight)]) }

  /// Restores a ``state``.
  public init(restoring state: JSON?) throws(MalformedState) {
    let values = (state?.array ?? []).compactMap { $0.exactNumber ?? nil }
    guard values.count == 3 else { throw MalformedState(of: "noise_scale") }
    (noise, signal, weight) = (values[0], values[1], values[2])
  }
}
