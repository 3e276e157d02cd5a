import Glibc
import TemperJSON

extension Distribution {
  /// Why no value can be drawn from it, in words for the one who wrote it; nil if it is sound.
  public var problem: String? {
    switch self {
    case .float(let low, let high, let isLog, let step):
      if !low.isFinite || !high.isFinite { return "low and high must be finite" }
      if low > high { return "low \(low) is above high \(high)" }
      if isLog && low <= 0 { return "low must be above 0 on a log scale, not \(low)" }
      if isLog && step != nil { return "a log scale has no step" }
      if let step, !(step > 0 && step.isFinite) { return "step must be above 0, not \(step)" }
    case .int(let low, let high, let isLog, let step):
      if low > high { return "low \(low) is above high \(high)" }
      // A study stores numbers in double precision.
      if let far = [low, high].first(where: { $0.magnitude > 1 << 53 }) {
        return "\(far) is beyond 2^53, up to which each whole number has a value"
      }
      if isLog && low < 1 { return "low must be at least 1 on a log scale, not \(low)" }
      if isLog && step != 1 { return "a log scale has no step" }
      if step < 1 { return "step must be at least 1, not \(step)" }
    case .categorical(let choices):
      if choices.isEmpty { return "no choices" }
      if let index = choices.indices.first(where: { choices[..<$0].contains(choices[$0]) }) {
        return "the choice \(choices[index].serialized()) is there twice"
      }
    }
    return nil
  }

  /// The same values with `high` lowered to the last one that steps from `low` reach, as Optuna 5 does: 8 to 64 in steps of 10 is 8 to 58.
  public var snapped: Distribution {
    switch self {
    case .float(let low, _, let isLog, let step?):
      .float(low: low, high: stepped(count.map { $0 - 1 } ?? 0), isLog: isLog, step: step)
    case .int(let low, let high, let isLog, let step):
      .int(low: low, high: low + (high - low) / step * step, isLog: isLog, step: step)
    default: self
    }
  }

  /// The number of its values; nil for a float without step.
  public var count: Int? {
    switch self {
    case .float(_, _, _, nil): nil
    // The quotient of 0.9 / 0.3 is a little below 3.
    case .float(let low, let high, _, let step?): Int(((high - low) / step + 1e-8).rounded(.down)) + 1
    case .int(let low, let high, _, let step): (high - low) / step + 1
    case .categorical(let choices): choices.count
    }
  }

  /// Whether it has one value only.
  public var isSingle: Bool {
    if case .float(let low, let high, _, nil) = self { low == high } else { count == 1 }
  }

  /// Whether `value`, as stored, is one of its values; a float in steps may be off by 1e-8 of a step.
  public func contains(_ value: Double) -> Bool {
    switch self {
    case .float(let low, let high, _, nil): return value >= low && value <= high
    case .float(let low, _, _, let step?):
      let index = (value - low) / step
      return index.isFinite && abs(index - index.rounded()) < 1e-8 && index > -0.5 && Int(index.rounded()) < (count ?? 0)
    case .int(let low, let high, _, let step):
      guard let whole = Int(exactly: value) else { return false }
      return whole >= low && whole <= high && (whole - low) % step == 0
    case .categorical(let choices): return Int(exactly: value).map(choices.indices.contains) ?? false
    }
  }

  /// The value number `index` in ascending order, or the choice of this index, of a distribution with a ``count``.
  func stepped(_ index: Int) -> Double {
    switch self {
    case .float(let low, _, _, let step):
      guard let step else { return low }
      // 3 * 0.3 is 0.8999999999999999 and is to be 0.9: both are written with few decimals.
      let scale = pow(10, Double(max(Self.decimals(low), Self.decimals(step))))
      let value = low + Double(index) * step
      return scale <= 1e15 && abs(value) * scale < 0x1p53 ? (value * scale).rounded() / scale : value
    case .int(let low, _, _, let step): return Double(low + index * step)
    case .categorical: return Double(index)
    }
  }

  /// The index of the value of ``stepped(_:)`` that is nearest to `value`.
  func nearestIndex(_ value: Double) -> Int {
    let position =
      switch self {
      case .float(let low, _, _, let step): (value - low) / (step ?? 1)
      case .int(let low, _, _, let step): (value - Double(low)) / Double(step)
      case .categorical: value
      }
    return Int(min(max(position.rounded(), 0), Double((count ?? 1) - 1)))
  }

  /// The number of decimals that the shortest form of `value` has.
  private static func decimals(_ value: Double) -> Int {
    let parts = "\(value)".split(separator: "e")
    let fraction = parts[0].split(separator: ".").dropFirst().first.map { $0 == "0" ? 0 : $0.count } ?? 0
    return max(0, fraction - (parts.count > 1 ? Int(parts[1]) ?? 0 : 0))
  }

  /// The JSON value of a stored number: a whole number for an int, the choice for an index; nil for an index without choice or a number that
  /// is not whole.
  public func json(of value: Double) -> JSON? {
    switch self {
    case .float: .number(value)
    case .int: Int(exactly: value).map { .integer($0) }
    case .categorical(let choices): Int(exactly: value).flatMap { choices.indices.contains($0) ? choices[$0] : nil }
    }
  }

  /// The number that stands for a JSON value; nil if it is not one of the values. An array or object may be the string that ``optunaJSON`` makes of it.
  public func stored(_ json: JSON) -> Double? {
    if case .categorical(let choices) = self {
      return (choices.firstIndex(of: json) ?? choices.firstIndex(of: Self.compound(json))).map { Double($0) }
    }
    return json.number.flatMap { contains($0) ? $0 : nil }
  }
}
