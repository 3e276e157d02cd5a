import Testing

@testable import TemperMetrics

/// Values of SciPy 1.17.1.
@Suite struct StatisticsTests {
  @Test(
    arguments: [
      (0.5, 0.5, 0.5, 0.5), (0.1, 2, 3, 0.0523), (0.9, 2, 3, 0.9963), (0.3, 10, 0.5, 1.2205229279531696e-06),
      (1e-08, 0.5, 4, 0.00021874999781249996), (0.5, 200, 210, 0.6894852134274166), (0.25, 1, 1, 0.25), (0, 2, 3, 0), (1, 2, 3, 1),
    ] as [(Double, Double, Double, Double)])
  func theIncompleteBetaFunction(x: Double, a: Double, b: Double, expected: Double) {
    #expect(abs(regularizedIncompleteBeta(x, complement: 1 - x, a, b) - expected) < 1e-12)
    #expect(abs(regularizedIncompleteBeta(1 - x, complement: x, b, a) - (1 - expected)) < 1e-12)
  }

  @Test(
    arguments: [
      (1, 0, 0.5), (1, 1, 0.25), (1, -3.5, 0.9114144672170952), (2, 0.5, 0.33333333333333337), (2.5, 4, 0.019506487920659125),
      (3, 12, 0.0006225079003946681), (4, 2.132, 0.04999138636957074), (7.31, -1.2, 0.8662093097643783),
      (8, 2.896459, 0.010000006866439991),
      (8, 40, 8.392859439572896e-11), (10, 0.001, 0.4996108916873705), (30, 2.5, 0.009057824534033344), (120, 1.98, 0.02499603778877053),
      (1000, 3.1, 0.0009946727655610488), (10000, 1.645, 0.050000620539045915), (0.5, 2, 0.22275744509156564),
    ] as [(Double, Double, Double)])
  func theTailOfStudentsT(degrees: Double, t: Double, expected: Double) {
    let tail = StudentT(degreesOfFreedom: degrees).upperTail(t)
    #expect(abs(tail - expected) < 1e-10 && abs(tail - expected) < 1e-9 * expected, "\(tail)")
    #expect(abs(StudentT(degreesOfFreedom: degrees).upperTail(-t) - (1 - expected)) < 1e-10)
  }

  @Test func theEndsOfStudentsT() {
    let distribution = StudentT(degreesOfFreedom: 5)
    #expect(distribution.upperTail(.infinity) == 0 && distribution.upperTail(-.infinity) == 1 && distribution.upperTail(.nan).isNaN)
  }

  /// `ttest_ind(a, b, equal_var=False, alternative="greater")`.
  @Test(
    arguments: [
      (
        [0.981, 0.983, 0.986, 0.981, 0.983], [0.961, 0.967, 0.964, 0.958, 0.969], 8.690397721180567, 5.631429768565301,
        9.022280962357022e-05
      ),
      ([1, 2, 3], [1.1, 1.9, 3.2, 4.4], -0.7005736827737395, 4.996600534736822, 0.7425798614271939),
      ([5, 5, 5], [4, 4.5, 5.5], 0.7559289460184537, 2, 0.2642977396044843),
      ([10, 10.5], [10.2, 9.9, 10.4, 10.1, 9.7, 10], 0.7436365992237572, 1.3328219686784437, 0.28295409129079313),
      ([1e-9, 2e-9, 4e-9], [3e-9, 1e-9, 2e-9], 0.316227766016838, 3.4482758620689657, 0.38501281919558816),
    ] as [([Double], [Double], Double, Double, Double)])
  func theWelchTest(a: [Double], b: [Double], statistic: Double, degrees: Double, p: Double) throws {
    let test = try #require(WelchTest(SampleSummary(a), exceeds: SampleSummary(b)))
    #expect(abs(test.statistic - statistic) < 1e-10 * (1 + abs(statistic)))
    #expect(abs(test.degreesOfFreedom - degrees) < 1e-9)
    #expect(abs(test.p - p) < 1e-10)
    let reverse = try #require(WelchTest(SampleSummary(b), exceeds: SampleSummary(a)))
    #expect(abs(reverse.p - (1 - p)) < 1e-10)
  }

  @Test func thereIsNoTestWithoutSpread() {
    func test(_ a: [Double], _ b: [Double]) -> WelchTest? { WelchTest(SampleSummary(a), exceeds: SampleSummary(b)) }
    #expect(test([1], [1, 2, 3]) == nil && test([1, 2, 3], [1]) == nil && test([], [1, 2]) == nil)
    // The mean of three times 0.1 is not 0.1, so that the deviation computed is not 0.
    let tenths = SampleSummary([0.1, 0.1, 0.1])
    #expect(tenths.deviation != 0 && !tenths.hasSpread)
    #expect(test([0.1, 0.1, 0.1], [0.7, 0.7, 0.7]) == nil)
    #expect(test([0.1, 0.1, 0.1], [0.7, 0.7, 0.8]) != nil)
  }

  @Test func aSummary() {
    let summary = SampleSummary([1, 2, 4, 5])
    #expect(summary.count == 4 && summary.mean == 3 && summary.hasSpread)
    #expect(abs((summary.deviation ?? 0) - (10.0 / 3).squareRoot()) < 1e-15)
    #expect(SampleSummary([]).mean == nil && SampleSummary([2]).deviation == nil)
  }
}
