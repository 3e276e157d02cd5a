import Glibc
import TemperJSON

/// An axis of a plot: which number lies where, from 0 to 1, and the marks on it.
public struct Axis {
  /// What is measured along it.
  public let label: String
  /// The marks, with their places.
  public let marks: [(text: String, at: Double)]
  /// Whether equal distances are equal ratios.
  public let isLog: Bool
  private let low, high: Double

  /// A numeric axis that has room for `values`, with a margin at both ends unless it is `tight`.
  public init(_ label: String, _ values: [Double], isLog: Bool = false, tight: Bool = false) {
    let finite = values.filter { $0.isFinite && (!isLog || $0 > 0) }
    (self.label, self.isLog) = (label, isLog)
    let (least, most) = (finite.min() ?? (isLog ? 1 : 0), finite.max() ?? (isLog ? 10 : 1))
    let (a, b) = isLog ? (log10(least), log10(most)) : (least, most)
    let margin = b > a ? (tight ? 0 : 0.04 * (b - a)) : isLog ? 0.5 : (a == 0 ? 1 : abs(a)) * 0.05
    // The halves, because the whole of numbers at both ends of the range is infinite.
    let isWide = b / 2 - a / 2 < Double.greatestFiniteMagnitude / 8
    (low, high) = isWide ? (a - margin, b + margin) : (-Double.greatestFiniteMagnitude / 8, Double.greatestFiniteMagnitude / 8)
    let (from, span) = (low, high - low)
    marks = Self.rounds(low, high, isLog: isLog).map { ($0.text, min(max(($0.value - from) / span, 0), 1)) }
  }

  /// An axis of choices, by index.
  public init(_ label: String, choices: [String]) {
    (self.label, isLog, low, high) = (label, false, -0.5, Double(choices.count) - 0.5)
    let count = Double(choices.count)
    marks = choices.enumerated().map { ($1, (Double($0) + 0.5) / count) }
  }

  /// Round values from `low` to `high`, some three to eight: multiples of 1, 2 or 5 times a power of ten; of a logarithm, which they are too, whole
  /// ones, and those of 2 and 5 where there are few.
  private static func rounds(_ low: Double, _ high: Double, isLog: Bool) -> [(value: Double, text: String)] {
    if isLog, high - low > 1 {
      let powers = Int(low.rounded(.up))...max(Int(low.rounded(.up)), Int(high.rounded(.down)))
      let whole = powers.filter { $0 % max(1, powers.count / 6) == 0 }.map(Double.init)
      if powers.count > 3 { return whole.map { ($0, shortNumber(pow(10, $0))) } }
      let all = (Int(low.rounded(.down))...Int(high.rounded(.up))).flatMap { power in [1, 2, 5].map { Double(power) + log10($0) } }
      return all.filter { $0 >= low && $0 <= high }.map { ($0, shortNumber(pow(10, $0))) }
    }
    let power = pow(10, log10((high - low) / 4).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { (high - low) / $0 <= 7 } ?? 10 * power
    guard step > 0, step.isFinite, (high / step).magnitude < 1e15 else { return [] }
    let values = stride(from: (low / step).rounded(.up), through: (high / step).rounded(.down), by: 1).map { $0 * step }
    if isLog { return values.map { ($0, shortNumber(pow(10, $0))) } }
    return values.map { ($0, text($0, step: step, most: max(abs(low), abs(high)))) }
  }

  /// A mark as short as its distance from the next allows: 20k, 0.05, 1.5M.
  private static func text(_ value: Double, step: Double, most: Double) -> String {
    for (unit, name) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where most >= unit * (unit == 1e3 ? 10 : 1.5) && most < unit * 1e6 {
      return value == 0 ? "0" : fixed(value / unit, digits(step / unit)) + name
    }
    return most >= 1e6 || step < 1e-5 ? shortNumber(value) : fixed(value, digits(step))
  }

  private static func digits(_ step: Double) -> Int { max(0, -Int((log10(step) + 1e-9).rounded(.down))) }

  /// The place of `value`, from 0 to 1; nil if it has none.
  public func place(_ value: Double) -> Double? {
    let value = isLog ? log10(value) : value
    return value.isFinite ? min(max((value - low) / (high - low), 0), 1) : nil
  }
}
