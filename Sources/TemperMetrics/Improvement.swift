/// Whether one value of a metric is an improvement over another. NaN is never an improvement, and anything improves on nothing.
extension Metric.Direction {
  /// Whether `value` is better than `best` by more than `delta`; any number is better than none.
  public func improves(_ value: Double, on best: Double?, by delta: Double = 0) -> Bool {
    guard !value.isNaN else { return false }
    guard let best else { return true }
    return self == .higher ? value - delta > best : value + delta < best
  }

  /// Whether `value` is better than `best` by more than `threshold` times the absolute value of `best`, as PyTorch's relative threshold is
  /// intended: it works for negative values too.
  public func improves(_ value: Double, on best: Double?, byShare threshold: Double) -> Bool {
    guard !value.isNaN else { return false }
    guard let best else { return true }
    // A relative threshold is meaningless for an infinite value.
    if best.isInfinite { return self == .higher ? value > best : value < best }
    let goesUp = self == .higher
    // In the order of PyTorch's operations, so that the same values are improvements to the last bit.
    let bar = best * (goesUp == (best >= 0) ? 1 + threshold : 1 - threshold)
    return goesUp ? value > bar : value < bar
  }
}
