extension [Double] {
  /// The quantile `q` of ascending numbers, with linear interpolation (NumPy's default); 0 if there are none.
  public func quantile(_ q: Double) -> Double {
    guard let last = indices.last else { return 0 }
    let position = q * Double(last)
    let below = Swift.min(Int(position), last)
    let above = Swift.min(below + 1, last)
    return self[below] + (self[above] - self[below]) * (position - Double(below))
  }
}
