import Glibc

/// McNemar's test of two classifiers on the same rows: whether the rows that only one of them predicts correctly are split more unevenly than
/// chance would (McNemar 1947). Rows that both or neither predict correctly do not matter.
public struct McNemar: Sendable, Equatable {
  /// How the p-value is computed. The raw value is used in files.
  public enum Method: String, Sendable {
    /// From the binomial distribution, for fewer than ``McNemar/exactBelow`` discordant rows.
    case exact
    /// From the chi-square distribution with one degree of freedom, with the continuity correction of Edwards (1948).
    case chiSquare = "chi_square"
  }

  /// The number of discordant rows from which the chi-square distribution is used.
  public static let exactBelow = 25

  /// The rows that only the first classifier predicts correctly.
  public let onlyFirst: Int
  /// The rows that only the second classifier predicts correctly.
  public let onlySecond: Int
  /// How the p-value is computed.
  public let method: Method
  /// The chi-square statistic, (|b - c| - 1)^2 / (b + c); nil for the exact test.
  public let statistic: Double?
  /// The two-sided p-value; 1 without discordant rows.
  public let pValue: Double

  /// Tests `onlyFirst` against `onlySecond` discordant rows.
  public init(onlyFirst: Int, onlySecond: Int) {
    (self.onlyFirst, self.onlySecond) = (onlyFirst, onlySecond)
    let count = onlyFirst + onlySecond
    guard count >= Self.exactBelow else {
      (method, statistic) = (.exact, nil)
      pValue = Self.binomial(min(onlyFirst, onlySecond), of: count)
      return
    }
    let distance = Double(max(0, abs(onlyFirst - onlySecond) - 1))
    let value = distance * distance / Double(count)
    (method, statistic) = (.chiSquare, value)
    pValue = erfc((value / 2).squareRoot())
  }

  /// Twice the probability of at most `fewer` heads in `count` throws of a fair coin, at most 1.
  private static func binomial(_ fewer: Int, of count: Int) -> Double {
    var (ways, sum) = (1.0, 0.0)
    for heads in 0...fewer {
      sum += ways
      ways = ways * Double(count - heads) / Double(heads + 1)
    }
    return min(1, 2 * sum * exp2(-Double(count)))
  }
}
