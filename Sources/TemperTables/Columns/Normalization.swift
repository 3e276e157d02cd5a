import TemperData

/// How numbers are scaled.
public enum Normalization: String, Sendable, CaseIterable {
  /// To mean 0 and standard deviation 1 over the training rows; the deviation is that of the population (divided by n).
  case standard
  /// The training rows' smallest number to 0 and their largest to 1.
  case minmax
  /// By the training rows' median and the distance between their quartiles, which outliers do not move.
  case robust
  /// Not at all.
  case none
}

extension Scale {
  /// Beside the center, a spread of so many roundings is none: numbers that were computed differ by a few of them.
  private static var roundings: Double { 100 }

  /// Learns from `numbers`. Where they do not differ, or (`robust`) their quartiles do not, by more than rounding, the unit is 1.
  init(_ normalization: Normalization, of numbers: [Double]) {
    guard normalization != .none else {
      self = .identity
      return
    }
    // Rounding in the mean would give a constant column a tiny deviation, and its features the size of noise.
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
    case .robust, .none:
      let sorted = numbers.sorted()
      center = Self.quantile(0.5, ofSorted: sorted)
      unit = Self.quantile(0.75, ofSorted: sorted) - Self.quantile(0.25, ofSorted: sorted)
    }
    // Adding 0 makes -0 a 0.
    self.init(center: center + 0, unit: unit > Self.roundings * Double.ulpOfOne * abs(center) ? unit : 1)
  }

  /// The scaled number, rounded to 32 bits; infinite where that overflows.
  @inline(__always)
  func callAsFunction(_ number: Double) -> Float { Float((number - center) / unit) }

  /// The quantile `q` of ascending numbers, between two of them by linear interpolation (numpy's default).
  static func quantile(_ q: Double, ofSorted numbers: [Double]) -> Double {
    guard let last = numbers.indices.last else { return 0 }
    let position = q * Double(last)
    let below = min(Int(position), last)
    let above = min(below + 1, last)
    return numbers[below] + (numbers[above] - numbers[below]) * (position - Double(below))
  }

  /// The number that occurs most often; of several the smallest.
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
