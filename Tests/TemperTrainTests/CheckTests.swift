import TemperJSON
import TemperMetrics
import TemperRunSupport
import Testing

@testable import TemperTrain

/// What a check concludes from values, without training.
@Suite struct CheckTests {
  private func comparison(_ metric: Metric, _ baseline: [Double], _ now: [Double], minDelta: Double? = nil) throws -> MetricComparison {
    try #require(MetricComparison(metric, SampleSummary(baseline), SampleSummary(now), minDelta: minDelta))
  }

  private static let before = [0.981, 0.983, 0.986, 0.981, 0.983]

  @Test func bothConditionsMakeARegression() throws {
    let both = try comparison(.accuracy, Self.before, [0.961, 0.967, 0.964, 0.958, 0.969])
    #expect(both.hasRegressed && both.isSignificant == true && both.isBeyondMinDelta && abs((both.p ?? 0) - 9.022280962357022e-05) < 1e-10)
    #expect(both.explanation == "worse by 0.0190, beyond min_delta 0.0100, and p < 0.0001 is below 0.01")
    let within = try comparison(.accuracy, Self.before, Self.before.map { $0 - 0.009 })
    #expect(!within.hasRegressed && within.isSignificant == true && within.explanation?.contains("but within min_delta 0.0100") == true)
    let noise = try comparison(.accuracy, Self.before, [0.98, 0.9, 0.99, 0.97, 0.98])
    #expect(!noise.hasRegressed && noise.isBeyondMinDelta && noise.explanation?.contains("is not below 0.01") == true)
    let better = try comparison(.accuracy, Self.before, Self.before.map { $0 + 0.01 })
    #expect(!better.hasRegressed && better.explanation == nil)
  }

  @Test func theDirectionIsThatOfTheMetric() throws {
    let (low, high) = ([0.5, 0.51, 0.52], [0.9, 0.91, 0.92])
    #expect(try comparison(.accuracy, high, low).hasRegressed && !comparison(.accuracy, low, high).hasRegressed)
    #expect(try comparison(.loss, low, high).hasRegressed && !comparison(.loss, high, low).hasRegressed)
    #expect(try comparison(.loss, low, high).deterioration > 0.39)
  }

  @Test func minDeltaAloneDecidesWithoutATest() throws {
    let one = try comparison(.accuracy, [0.98], [0.96])
    #expect(one.basis == .oneSeed && one.hasRegressed && one.isSignificant == nil && one.p == nil)
    #expect(one.explanation == "worse by 0.0200, beyond min_delta 0.0100, which alone decides: one seed")
    #expect(try !comparison(.accuracy, [0.98], [0.96, 0.97], minDelta: 0.02).hasRegressed)
    let same = try comparison(.accuracy, [0.98, 0.98], [0.96, 0.96])
    #expect(same.basis == .noSpread && same.hasRegressed && same.pText == "no spread")
  }

  @Test func theDefaultMinDelta() {
    #expect(MetricComparison.defaultMinDelta(.accuracy, mean: 0.5) == 0.01)
    #expect(MetricComparison.defaultMinDelta(.matthewsCorrelation, mean: 0.5) == 0.01)
    #expect(MetricComparison.defaultMinDelta(.rmse, mean: 55) == 5.5 && MetricComparison.defaultMinDelta(.loss, mean: -2) == 0.2)
  }

  private func verdict(
    _ metric: String, _ baseline: [Double]?, _ now: [Double], bounds: (min: Double?, max: Double?)? = nil, hasBaseline: Bool = true,
    accepts: Bool = false
  ) -> CheckCase.Verdict {
    let expectations = bounds.map { [TemperTrain.Expectation(metric: metric, min: $0.min, max: $0.max, reference: nil)] } ?? []
    return CheckCase(
      metric, baseline: baseline.map { .init(values: $0, minDelta: nil) }, now: now, expectations: expectations, minDelta: nil,
      hasBaseline: hasBaseline, accepts: accepts
    ).verdict
  }

  @Test func everyVerdict() {
    #expect(verdict("test.accuracy", [0.9], [0.9]) == .ok)
    #expect(verdict("test.accuracy", [0.9], [0.8]) == .regressed)
    #expect(verdict("test.accuracy", [0.9], [0.8], accepts: true) == .accepted)
    #expect(verdict("test.accuracy", [0.9], []) == .gone)
    #expect(verdict("test.accuracy", [0.9], [], accepts: true) == .accepted)
    #expect(verdict("test.accuracy", nil, [0.9]) == .new)
    #expect(verdict("test.accuracy", nil, [0.9], hasBaseline: false) == .notChecked)
    #expect(verdict("test.accuracy", nil, [0.9, 0.7], bounds: (0.75, nil), hasBaseline: false) == .ok)
    #expect(verdict("test.accuracy", [0.9], [0.9], bounds: (0.95, nil), accepts: true) == .unmet)
    #expect(verdict("test.accuracy", nil, [], bounds: (nil, 1)) == .unmet)
    // Nobody knows which way it gets worse.
    #expect(verdict("test.wobble", [0.9], [0.1]) == .notGated)
    #expect(verdict("test.wobble", [0.9], []) == .gone)
  }

  @Test func theStatusIsTheWorst() {
    func result(_ baseline: Double, failed: Bool) -> CheckResult {
      let run = CheckedRun(seed: 0, directory: "/nowhere", log: "/nowhere.log", ending: .exited(failed ? 66 : 0))
      let item = CheckCase(
        "test.accuracy", baseline: .init(values: [baseline], minDelta: nil), now: [0.9], expectations: [], minDelta: nil, hasBaseline: true,
        accepts: false)
      let fine = CheckedConfig(label: "a", path: "/a.json", runs: [], cases: [item], notes: [])
      let broken = CheckedConfig(label: "b", path: "/b.json", runs: [run], cases: [], notes: [])
      return CheckResult(configs: failed ? [fine, broken] : [fine], baseline: nil, notes: [])
    }
    #expect(result(0.9, failed: false).status == .success)
    #expect(result(0.9, failed: true).status == .failedRuns)
    #expect(result(0.99, failed: true).status == .expectation)
    #expect(CheckResult(interruption: "x").status == .interrupted)
    #expect(result(0.9, failed: true).failures == ["b: seed 0 failed: exit code 66; see /nowhere.log"])
    // No exit code, but nothing to read either.
    #expect(CheckedRun(seed: 0, directory: "/nowhere", log: "", ending: .exited(0)).failure == "left no readable results")
    #expect(CheckedRun(seed: 0, directory: "/nowhere", log: "", ending: .killed(signal: 9)).failure == "killed by signal 9")
  }

  @Test func textsOfOthersAreEscaped() {
    let item = CheckCase(
      "test.<&\"'|\u{1b}\u{FFFE}", baseline: .init(values: [0.9], minDelta: nil), now: [], expectations: [], minDelta: nil,
      hasBaseline: true, accepts: false)
    let result = CheckResult(
      configs: [CheckedConfig(label: "a|b<c>", path: "/a", runs: [], cases: [item], notes: [])], baseline: nil, notes: [])
    let xml = JUnitReport(result).xml
    #expect(xml.contains(#"classname="a|b&lt;c&gt;" name="test.&lt;&amp;&quot;&apos;|\u{1b}""#), "\(xml)")
    #expect(!xml.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0.value == 0xFFFE })
    let row = result.markdown.split(separator: "\n").first { $0.hasPrefix("| a") }
    #expect(row?.hasPrefix(#"| a\|b\<c\> | test.\<\&"'\|\\u{1b}"#) == true, "\(row ?? "")")
  }

  @Test func countsInJUnitAreThoseOfTheCases() throws {
    let cases = [([0.9], [0.9]), ([0.9], [0.5]), ([0.9], [])].enumerated().map { index, values in
      CheckCase(
        "test.\(["accuracy", "macro_f1", "mcc"][index])", baseline: .init(values: values.0, minDelta: nil), now: values.1, expectations: [],
        minDelta: nil, hasBaseline: true, accepts: false)
    }
    let run = CheckedRun(seed: 3, directory: "/nowhere", log: "/x.log", ending: .exited(11))
    let xml = JUnitReport(
      CheckResult(
        configs: [
          CheckedConfig(label: "a", path: "/a", runs: [], cases: cases, notes: []),
          CheckedConfig(label: "b", path: "/b", runs: [run], cases: [], notes: []),
        ], baseline: nil, notes: [])
    ).xml
    #expect(xml.contains(#"<testsuites name="temper check" tests="4" failures="2" errors="1" skipped="0">"#))
    #expect(xml.contains(#"<testsuite name="a" tests="3" failures="2" errors="0" skipped="0">"#))
    #expect(xml.contains(#"<testsuite name="b" tests="1" failures="0" errors="1" skipped="0">"#))
    #expect(xml.matches(of: #/<testcase /#).count == 4)
    #expect(xml.contains(#"<error type="failed run" message="exit code 11; see /x.log"/>"#))
  }
}
