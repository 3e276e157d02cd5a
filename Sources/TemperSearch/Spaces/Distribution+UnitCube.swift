import Glibc
import TemperCore

extension Distribution {
  /// The value at a place of the unit interval, so that a uniform number gives a number from the prior: every value in steps has the same share,
  /// a whole number on a log scale that of its surroundings of half a step, as in Optuna.
  public func value(atUnit unit: Double) -> Double {
    if case .int(let low, let high, true, _) = self {
      let (from, to) = (log(Double(low) - 0.5), log(Double(high) + 0.5))
      return min(max(exp(from + unit * (to - from)).rounded(), Double(low)), Double(high))
    }
    if let count { return stepped(min(max(Int(unit * Double(count)), 0), count - 1)) }
    guard case .float(let low, let high, let isLog, _) = self else { return 0 }
    let value = isLog ? exp(log(low) + unit * (log(high) - log(low))) : low + unit * (high - low)
    return min(max(value, low), high)
  }

  /// The place of a stored value in the unit interval, from 0 to 1: for values in steps the middle of their share.
  public func unit(of value: Double) -> Double {
    switch self {
    case .int(let low, let high, true, _):
      let (from, to) = (log(Double(low) - 0.5), log(Double(high) + 0.5))
      return min(max((log(value) - from) / (to - from), 0), 1)
    case .float(let low, let high, let isLog, nil):
      if low == high { return 0.5 }
      let place = isLog ? (log(value) - log(low)) / (log(high) - log(low)) : (value - low) / (high - low)
      return min(max(place, 0), 1)
    default:
      return (Double(nearestIndex(value)) + 0.5) / Double(count ?? 1)
    }
  }

  /// A value drawn from the prior: uniform, on a log scale uniform in the logarithm.
  public func sample(_ random: inout RandomSequence) -> Double { value(atUnit: random.uniform()) }
}
