import Testing

@testable import TemperMetrics

@Suite struct PairedBootstrapTests {
  /// RMSE of the second model minus that of the first.
  private static func difference(_ means: [Double]) -> Double { means[1].squareRoot() - means[0].squareRoot() }

  /// All 27 draws of 3 rows, one after the other: the percentiles are those of numpy.
  @Test func everyDrawOfThreeRows() throws {
    var number = 0
    let rows = [1.0, 4, 4, 1, 9, 16]
    let digits = (0..<27).flatMap { [$0 / 9, $0 / 3 % 3, $0 % 3] }
    let result = try #require(
      PairedBootstrap(
        rows, width: 2, draws: 27,
        below: { bound in
          #expect(bound == 3)
          number += 1
          return digits[number - 1]
        }, difference: Self.difference))
    #expect(number == 81)
    #expect(abs(result.difference - 0.4855044115953038) < 1e-15)
    #expect(abs(result.lower + 0.5565942093772583) < 1e-15 && abs(result.upper - 1) < 1e-15)
    #expect(!result.excludesZero)
  }

  /// `scipy.stats.bootstrap(paired=True, method="percentile")` of 200,000 draws gives -0.1079 to -0.0672.
  @Test func theIntervalIsThatOfScipy() throws {
    let rows = (0..<200).flatMap { i -> [Double] in
      let x = Double(i * 37 % 101) / 50 - 1
      let y = x * 0.8 + Double(i * 53 % 97) / 200 - 0.2
      return [x * x, y * y]
    }
    func result(_ seed: UInt64) -> PairedBootstrap? {
      var random = Steps(state: seed)
      return PairedBootstrap(
        rows, width: 2, draws: 20000, below: { Int.random(in: 0..<$0, using: &random) }, difference: Self.difference)
    }
    let first = try #require(result(1))
    #expect(abs(first.difference + 0.08734599703810703) < 1e-12)
    #expect(abs(first.lower + 0.10789) < 0.001 && abs(first.upper + 0.06721) < 0.001 && first.excludesZero)
    #expect(first == result(1) && first != result(2))
  }

  @Test func withoutRowsThereIsNone() {
    #expect(PairedBootstrap([], width: 2, below: { _ in 0 }, difference: Self.difference) == nil)
  }

  /// SplitMix64.
  private struct Steps: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }
}
