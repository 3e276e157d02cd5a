import TemperData
import TemperMetrics

/// How a number becomes a feature, as fitted on the training rows.
public enum Scaling: Sendable, Equatable {
  /// Linearly.
  case linear(Scale)
  /// By u / √(1 + (u / 3)²) with u = (number - center) · factor, which lies between -3 and 3, as in RealMLP (Holzmüller et al. 2024). The factor
  /// is 0 for a column without spread.
  case smoothClip(center: Double, factor: Double)
  /// By its rank, to a normal distribution.
  case quantile(QuantileMap)

  /// No change.
  public static let identity = Scaling.linear(.identity)

  /// The linear scale; nil for the other kinds.
  public var linear: Scale? {
    if case .linear(let scale) = self { scale } else { nil }
  }

  /// Fits `numbers`. Where they have no spread, up to rounding, the features of the kinds that are not linear are all 0.
  init(_ normalization: Normalization, of numbers: [Double]) {
    guard !normalization.isLinear else {
      self = .linear(Scale(normalization, of: numbers))
      return
    }
    let sorted = numbers.sorted()
    guard let least = sorted.first, let greatest = sorted.last, Scale.isSpread(greatest - least, around: max(abs(least), abs(greatest)))
    else {
      self = .smoothClip(center: (sorted.first ?? 0) + 0, factor: 0)
      return
    }
    if normalization == .quantile {
      self = .quantile(QuantileMap(ofSorted: sorted))
      return
    }
    let center = sorted.quantile(0.5)
    let quartiles = sorted.quantile(0.75) - sorted.quantile(0.25)
    let unit = Scale.isSpread(quartiles, around: center) ? quartiles : (greatest - least) / 2
    self = .smoothClip(center: center + 0, factor: 1 / max(unit, .leastNormalMagnitude))
  }

  /// The feature of `number`, rounded to 32 bits; infinite on overflow, which only the linear kind has.
  @inline(__always)
  func callAsFunction(_ number: Double) -> Float {
    switch self {
    case .linear(let scale): return scale(number)
    case .smoothClip(let center, let factor):
      // So far out it is 3, and its square does not overflow.
      let u = max(-1e9, min(1e9, (number - center) * factor))
      return Float(u / (1 + u * u / 9).squareRoot())
    case .quantile(let map): return map(number)
    }
  }
}
