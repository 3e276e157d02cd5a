/// The difference between a classifier's confidence and its accuracy.
public enum Calibration {
  /// The expected calibration error (Guo et al. 2017, "On Calibration of Modern Neural Networks"): rows fall into equal bins (low, high] by
  /// their confidence, and the result is the mean over rows of |accuracy - mean confidence| of their bin. A confidence of 0 falls in no bin.
  ///
  /// - Parameters:
  ///   - confidences: The probability of each row's predicted class.
  ///   - hits: Whether each row's prediction is correct.
  ///   - bins: The number of bins, usually 15.
  /// - Returns: The error in 0...1; nil without rows, NaN if a confidence is not a number.
  public static func expectedError(confidences: [Double], hits: [Bool], bins: Int = 15) -> Double? {
    precondition(confidences.count == hits.count && bins > 0, "there must be a hit or miss for every confidence, and a bin")
    guard !confidences.isEmpty else { return nil }
    var sums = Array(repeating: 0.0, count: bins)
    for (confidence, hit) in zip(confidences, hits) {
      if confidence.isNaN { return .nan }
      if confidence <= 0 { continue }
      var bin = min(max(Int((confidence * Double(bins)).rounded(.up)) - 1, 0), bins - 1)
      // The product rounds, so the borders themselves decide.
      if bin > 0, confidence <= Double(bin) / Double(bins) { bin -= 1 }
      if bin < bins - 1, confidence > Double(bin + 1) / Double(bins) { bin += 1 }
      sums[bin] += (hit ? 1 : 0) - confidence
    }
    return sums.reduce(0) { $0 + abs($1) } / Double(confidences.count)
  }
}
