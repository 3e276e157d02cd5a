import TemperJSON
import TemperMetrics
import Testing

/// p-values of SciPy's `wilcoxon`.
@Suite struct WilcoxonTests {
  @Test func pValuesAreSciPys() throws {
    var methods: Set<WilcoxonTest.Method> = []
    for table in try Golden.array("wilcoxon") {
      let differences = try #require(table["x"]).numbers
      let zeros: WilcoxonTest.Zeros = table["zeros"]?.string == "zsplit" ? .split : .dropped
      for (alternative, expected) in zip([WilcoxonTest.Alternative.twoSided, .greater, .less], try #require(table["p"]).numbers) {
        let test = try #require(WilcoxonTest(differences, alternative, zeros: zeros))
        #expect(abs(test.pValue - expected) < 1e-10, "\(differences.count) \(zeros) \(alternative): \(test.pValue), not \(expected)")
        methods.insert(test.method)
      }
    }
    #expect(methods == [.exact, .normal])
  }

  /// By hand: of 8 choices of signs, the one with all three positive.
  @Test func threeOfThree() throws {
    let test = try #require(WilcoxonTest([1, 2, 3], .greater))
    #expect(test.pValue == 1.0 / 8 && test.positiveRankSum == 6 && test.method == .exact)
    #expect(WilcoxonTest([]) == nil && WilcoxonTest([1, .nan]) == nil && WilcoxonTest([0, 0])?.pValue == 1)
    #expect(WilcoxonTest([0, 1], zeros: .split)?.positiveRankSum == 2.5)
  }
}
