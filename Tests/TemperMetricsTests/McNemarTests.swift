import Testing

import TemperMetrics

/// Values of statsmodels 0.15 (`mcnemar`, exact below 25 discordant rows, else with the continuity correction).
@Suite struct McNemarTests {
  @Test(arguments: [
    (0, 0, 1.0), (1, 0, 1), (0, 6, 0.03125), (3, 9, 0.14599609375), (5, 5, 1), (12, 12, 1), (2, 22, 3.5881996154785156e-05),
  ])
  func fewDiscordantRowsAreTestedExactly(first: Int, second: Int, pValue: Double) {
    let test = McNemar(onlyFirst: first, onlySecond: second)
    #expect(test.method == .exact && test.statistic == nil)
    #expect(abs(test.pValue - pValue) <= 1e-14 * pValue)
    #expect(McNemar(onlyFirst: second, onlySecond: first).pValue == test.pValue)
  }

  /// By hand: 6 of 6 heads, or none, has the probability 2 / 64; at most 1 of 4, both ways, (1 + 4) * 2 / 16.
  @Test func theExactValueIsABinomialTail() {
    #expect(McNemar(onlyFirst: 6, onlySecond: 0).pValue == 2.0 / 64)
    #expect(McNemar(onlyFirst: 1, onlySecond: 3).pValue == 10.0 / 16)
  }

  @Test(arguments: [
    (10, 15, 0.64, 0.4237107971667936), (5, 20, 7.84, 0.005110260660855866), (121, 59, 20.67222222222222, 5.450094825427117e-06),
    (150, 86, 16.81779661016949, 4.114562281345944e-05), (1000, 1100, 4.667142857142857, 0.030745034758993192),
  ])
  func manyDiscordantRowsAreTestedByChiSquare(first: Int, second: Int, statistic: Double, pValue: Double) {
    let test = McNemar(onlyFirst: first, onlySecond: second)
    #expect(test.method == .chiSquare)
    #expect(abs((test.statistic ?? 0) - statistic) < 1e-12 * statistic)
    #expect(abs(test.pValue - pValue) < 1e-10 * pValue)
  }

  /// The correction takes no more away than there is.
  @Test func aTieIsNoDifference() {
    #expect(McNemar(onlyFirst: 30, onlySecond: 30).pValue == 1)
    #expect(McNemar(onlyFirst: 30, onlySecond: 30).statistic == 0)
  }
}
