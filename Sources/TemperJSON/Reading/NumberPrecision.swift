/// The precision that a number of a config is used with, which limits its values.
public enum NumberPrecision: Sendable {
  /// 32 bits: a number that would become 0, infinite, or the excluded end of its range there is rejected.
  case single
  /// 64 bits: for numbers that are only compared with results.
  case double

  /// What `value` would become if that is outside the key's range; nil otherwise.
  func problem(_ value: Double, in bounds: Bounds<Double>) -> String? {
    guard self == .single else { return nil }
    let rounded = Double(Float(value))
    if rounded == 0, value != 0 { return "0" }
    if rounded.isInfinite, value.isFinite { return "infinite" }
    if let lower = bounds.lower, bounds.excludesLower, rounded <= lower { return lower.shortJSON.serialized() }
    if let upper = bounds.upper, bounds.excludesUpper, rounded >= upper { return upper.shortJSON.serialized() }
    return nil
  }
}
