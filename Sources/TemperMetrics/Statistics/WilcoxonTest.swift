import Glibc

/// Wilcoxon's signed-rank test (Wilcoxon 1945): whether paired differences lie around 0, judged by their signs and the ranks of their sizes.
///
/// Equal sizes share the mean of their ranks. As in SciPy 1.17, the p-value is exact, over all ways to choose the signs, for up to
/// ``exactLimit`` differences without ties and zeros and for up to ``tiedExactLimit`` with them; else it comes from the normal distribution,
/// its variance corrected for ties, without a continuity correction.
public struct WilcoxonTest: Sendable, Equatable {
  /// What a small p-value speaks for.
  public enum Alternative: Sendable {
    /// Differences on either side of 0.
    case twoSided
    /// Differences above 0.
    case greater
    /// Differences below 0.
    case less
  }

  /// What becomes of differences of 0.
  public enum Zeros: Sendable {
    /// They are left out (Wilcoxon; SciPy's default `wilcox`).
    case dropped
    /// Half of their ranks counts for either sign (SciPy's `zsplit`).
    case split
  }

  /// How the p-value is computed. The raw value is used in files.
  public enum Method: String, Sendable {
    /// Over all ways to choose the signs.
    case exact
    /// From the normal distribution.
    case normal
  }

  /// The largest number of differences, zeros included, without ties and zeros, whose p-value is exact.
  public static let exactLimit = 50
  /// The same with ties or zeros.
  public static let tiedExactLimit = 13

  /// The sum of the ranks of the differences above 0, with half of those of zeros that are split.
  public let positiveRankSum: Double
  /// How the p-value is computed.
  public let method: Method
  /// The p-value; 1 if only dropped zeros are left.
  public let pValue: Double

  /// Tests `differences`; nil if there are none or one is NaN.
  public init?(_ differences: [Double], _ alternative: Alternative = .twoSided, zeros: Zeros = .dropped) {
    guard !differences.isEmpty, !differences.contains(where: \.isNaN) else { return nil }
    let kept = zeros == .dropped ? differences.filter { $0 != 0 } : differences
    let (doubled, ties) = Self.doubledRanks(kept.map { abs($0) })
    let positive = zip(kept, doubled).reduce(0) { $1.0 > 0 ? $0 + 2 * $1.1 : $1.0 == 0 ? $0 + $1.1 : $0 }
    // Ranks are halves and split ones quarters: in units of a quarter, sums are whole and exact.
    positiveRankSum = Double(positive) / 4
    let isPlain = ties.isEmpty && !differences.contains(0)
    if differences.count <= (isPlain ? Self.exactLimit : Self.tiedExactLimit) {
      method = .exact
      let constant = zip(kept, doubled).reduce(0) { $1.0 == 0 ? $0 + $1.1 : $0 }
      let signed = zip(kept, doubled).compactMap { $0.0 == 0 ? nil : $0.1 }
      pValue = Self.exact((positive - constant) / 2, signed, alternative)
      return
    }
    method = .normal
    let count = Double(kept.count)
    let tied = ties.reduce(0) { $0 + Double($1) * (Double($1) * Double($1) - 1) }
    let variance = (count * (count + 1) * (2 * count + 1) - tied / 2) / 24
    guard variance > 0 else {
      pValue = 1
      return
    }
    let z = (positiveRankSum - count * (count + 1) / 4) / variance.squareRoot()
    let half = 0.5.squareRoot()
    switch alternative {
    case .twoSided: pValue = erfc(abs(z) * half)
    case .greater: pValue = 0.5 * erfc(z * half)
    case .less: pValue = 0.5 * erfc(-z * half)
    }
  }

  /// Twice the rank of each size, and the numbers of equal sizes above 1.
  private static func doubledRanks(_ sizes: [Double]) -> ([Int], [Int]) {
    let order = sizes.indices.sorted { sizes[$0] < sizes[$1] }
    var (ranks, ties) = (Array(repeating: 0, count: sizes.count), [Int]())
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, sizes[order[end]] == sizes[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = start + end + 1 }
      if end - start > 1 { ties.append(end - start) }
      start = end
    }
    return (ranks, ties)
  }

  /// The share of the choices of signs whose positive ranks sum to at least, or at most, `sum`; at most 2^50 choices, counted exactly.
  private static func exact(_ sum: Int, _ ranks: [Int], _ alternative: Alternative) -> Double {
    let total = ranks.reduce(0, +)
    var ways = Array(repeating: 0.0, count: total + 1)
    ways[0] = 1
    for rank in ranks {
      for value in stride(from: total, through: rank, by: -1) { ways[value] += ways[value - rank] }
    }
    let all = exp2(Double(ranks.count))
    let atLeast = ways[sum...].reduce(0, +) / all
    let atMost = ways[...sum].reduce(0, +) / all
    switch alternative {
    case .twoSided: return min(1, 2 * min(atLeast, atMost))
    case .greater: return atLeast
    case .less: return atMost
    }
  }
}
