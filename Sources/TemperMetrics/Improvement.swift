/// When one value of a metric is an improvement on another. A value that is not a number is none, and improves on nothing.
extension Metric.Direction {
  /// Whether `value` is better than `best` by more than `delta`; any number is better than nothing.
  public func improves(_ value: Double, on best: Double?, by delta: Double = 0) -> Bool {
    guard !value.isNaN else { return false }
    guard let best else { return true }
    return self == .higher ? value - delta > best : value + delta < best
  }

  /// Whether `value` is better than `best` by more than `threshold` times the absolute value of `best`, as PyTorch's relative threshold is
  /// meant: that is an improvement also where values are negative.
  public func improves(_ value: Double, on best: Double?, byShare threshold: Double) -> Bool {
    guard !value.isNaN else { return false }
    guard let best else { return true }
    // There is no share of infinity.
    if best.isInfinite { return self == .higher ? value > best : value < best }
    let goesUp = self == .higher
    // Written as PyTorch writes it, so that the same values are improvements to the last bit.
    let bar = best * (goesUp == (best >= 0) ? 1 + threshold : 1 - threshold)
    return goesUp ? value > bar : value < bar
  }
}
