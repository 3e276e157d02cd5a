import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

@Suite struct AdaptiveDecayTests {
  private static let tolerance = Tolerance(absolute: 0, relative: 1e-12)

  /// By hand: 0.1 · 0.001 + 0.9 · 0.022 · 2 / 10.
  @Test func theFormula() {
    var decay = AdaptiveDecay(previous: 0.001)
    decay.observe(gradientNorm: 2, weightNorm: 10)
    #expect(mismatch([decay.value], [0.00406], Self.tolerance) == nil)
    var first = AdaptiveDecay(strength: 0.5)
    first.observe(gradientNorm: 3, weightNorm: 4)
    first.observe(gradientNorm: 0, weightNorm: 4)
    #expect(mismatch([first.value], [0.1 * 0.9 * 0.5 * 0.75], Self.tolerance) == nil)
  }

  @Test func withoutWeightsNothingChanges() {
    var decay = AdaptiveDecay(previous: 0.001)
    decay.observe(gradientNorm: 2, weightNorm: 0)
    #expect(decay.value == 0.001)
  }

  @Test func aRestoredOneGoesOn() throws {
    var whole = ScalarSchedule(AdaptiveDecay())
    for norm in [2.0, 1.7, 0.3] { whole.observe(gradientNorm: norm, weightNorm: 7) }
    var part = ScalarSchedule(AdaptiveDecay())
    try part.restore(JSON.parse(whole.state.serialized(), path: "state.json"))
    #expect(part.state == whole.state && part.followsNorms && part.monitors.isEmpty)
    #expect(throws: MalformedState.self) { try part.restore(.null) }
  }
}
