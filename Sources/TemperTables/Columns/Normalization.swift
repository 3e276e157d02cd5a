import TemperData
import TemperMetrics

/// The scaling of numbers.
public enum Normalization: String, Sendable, CaseIterable {
  /// To mean 0 and standard deviation 1 over the training rows; the population standard deviation (divided by n).
  case standard
  /// The minimum of the training rows to 0 and the maximum to 1.
  case minmax
  /// By the median and the interquartile range of the training rows, which are robust to outliers.
  case robust
  /// By the median and the interquartile range, then smoothly between -3 and 3; see ``Scaling/smoothClip(center:factor:)``.
  case robustClip = "robust_clip"
  /// By rank, to a normal distribution; see ``QuantileMap``.
  case quantile
  /// No scaling.
  case none

  /// Whether it is a ``Scale``, which can be undone.
  public var isLinear: Bool { self != .robustClip && self != .quantile }
}

extension Scale {
  /// A spread below this many rounding errors of the center counts as zero: computed numbers differ by a few of them.
  private static var roundings: Double { 100 }

  /// Whether a spread of numbers around `center` is more than rounding.
  static func isSpread(_ spread: Double, around center: Double) -> Bool { spread > roundings * Double.ulpOfOne * abs(center) }

  /// Fits `numbers` linearly. If their spread (for `robust`, the interquartile range) is zero up to rounding, the unit is 1.
  init(_ normalization: Normalization, of numbers: [Double]) {
    guard normalization != .none else {
      self = .identity
      return
    }
    // Rounding in the mean would give a constant column a tiny deviation, and features of pure noise.
    guard let least = numbers.min(), let greatest = numbers.max(), least < greatest else {
      self.init(center: (numbers.first ?? 0) + 0, unit: 1)
      return
    }
    let (center, unit): (Double, Double)
    switch normalization {
    case .standard:
      let mean = numbers.reduce(0, +) / Double(numbers.count)
      (center, unit) = (mean, (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)).squareRoot())
    case .minmax:
      (center, unit) = (least, greatest - least)
    case .robust, .robustClip, .quantile, .none:
      let sorted = numbers.sorted()
      center = sorted.quantile(0.5)
      unit = sorted.quantile(0.75) - sorted.quantile(0.25)
    }
    // Adding 0 turns -0 into 0.
    self.init(center: center + 0, unit: Self.isSpread(unit, around: center) ? unit : 1)
  }

  /// The scaled number, rounded to 32 bits; infinite on overflow.
  @inline(__always)
  func callAsFunction(_ number: Double) -> Float { Float((number - center) / unit) }

  /// The most frequent number; the smallest if tied.
  static func mode(_ numbers: [Double]) -> Double {
    let sorted = numbers.sorted()
    var (best, most, start) = (sorted.first ?? 0, 0, 0)
    for index in sorted.indices where index + 1 == sorted.count || sorted[index + 1] != sorted[index] {
      if index + 1 - start > most { (best, most) = (sorted[index], index + 1 - start) }
      start = index + 1
    }
    return best
  }
}
