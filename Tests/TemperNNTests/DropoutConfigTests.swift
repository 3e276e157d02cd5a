import TemperCore
import TemperJSON
import TemperTestSupport
import Testing

import TemperNN

@Suite struct DropoutConfigTests {
  private func read(_ text: String) throws -> DropoutConfig {
    try FieldReader.read(JSON.parse(text, path: "x.json")) { DropoutConfig($0, metrics: ["validation.loss"]) }.get().value
  }

  /// The rates at some steps of a run of 36 steps, 6 an epoch.
  private func rates(_ text: String, _ steps: [Int]) throws -> [[Double]] {
    try read(text).rates.map { rate in steps.map { rate.value(step: $0, totalSteps: 36, stepsPerEpoch: 6) } }
  }

  @Test func constantRatesAreTheDefault() throws {
    #expect(try rates("{}", [0, 9]) == [[0, 0]])
    #expect(try rates(#"{"rate": 0.5}"#, [0, 9]) == [[0.5, 0.5]])
    #expect(
      try rates(#"{"type": "constant", "rate": [0.5, {"type": "linear", "from": 0, "to": 0.5}]}"#, [0, 36]) == [[0.5, 0.5], [0, 0.5]])
  }

  @Test func earlyAndLateSwitchAtTheirCutoff() throws {
    #expect(mismatch(try rates(#"{"type": "early"}"#, [0, 1, 5, 6])[0], [0.1, 0.08, 0, 0]) == nil)
    #expect(mismatch(try rates(#"{"type": "early", "rate": 0.5, "cutoff_steps": 11}"#, [0, 5, 10])[0], [0.5, 0.25, 0]) == nil)
    #expect(try rates(#"{"type": "late"}"#, [0, 5, 6]) == [[0, 0, 0.4]])
    #expect(try rates(#"{"type": "late", "rate": 0.5, "cutoff_epochs": 2}"#, [11, 12]) == [[0, 0.5]])
  }

  @Test func curriculumApproachesItsRate() throws {
    #expect(
      try rates(#"{"type": "curriculum"}"#, [0, 7]) == rates(#"{"type": "curriculum", "rate": 0.5, "gamma": \#(10.0 / 36)}"#, [0, 7]))
    let values = try rates(#"{"type": "curriculum", "rate": 0.8, "gamma": 1}"#, [0, 1, 36])[0]
    #expect(mismatch(values, [0, 0.8 * (1 - 0.367_879_441_171), 0.8]) == nil)
  }

  /// The keys are those of the controller; only `max` has a default more.
  @Test func theGapSteersByFeedback() throws {
    func curve(_ text: String) throws -> [Double] {
      var rate = try #require(try read(text).rates.first)
      #expect(rate.monitors == GapController.metrics)
      return [0.3, 0.9, 0.1, 0.9, 0.9].map { gap in
        rate.observe(["train.loss": 1 - gap, "validation.loss": 1])
        return rate.value(step: 0, totalSteps: 1, stepsPerEpoch: 1)
      }
    }
    #expect(try curve(#"{"type": "gap_controlled"}"#) == curve(#"{"rate": {"type": "feedback", "max": 0.9, "half_gap": 0.6}}"#))
    #expect(
      try curve(#"{"type": "gap_controlled", "rule": "sign"}"#)
        == curve(#"{"rate": {"type": "feedback", "rule": "sign", "max": 0.7}}"#))
    let keys = #""rule": "sign", "from": 0.1, "max": 0.5, "target": 0.6, "step": 0.3, "smoothing": 0.25"#
    #expect(try curve(#"{"type": "gap_controlled", \#(keys)}"#) == curve(#"{"rate": {"type": "feedback", \#(keys)}}"#))
  }

  /// The rates are read as constant ones are; only the noise differs.
  @Test func gaussianNoiseHasRates() throws {
    #expect(try rates(#"{"type": "gaussian"}"#, [0, 9]) == [[0, 0]])
    let schedules = #"[0.5, {"type": "linear", "from": 0, "to": 0.5}]"#
    #expect(try rates(#"{"type": "gaussian", "rate": \#(schedules)}"#, [0, 36]) == [[0.5, 0.5], [0, 0.5]])
    for (text, isGaussian) in [(#"{"type": "gaussian", "rate": 0.5}"#, true), (#"{"rate": 0.5}"#, false)] {
      guard case .scheduled(_, let noise) = try read(text) else {
        Issue.record("no rates")
        return
      }
      #expect((noise == .gaussian) == isGaussian)
    }
    #expect(try read("{}").isNone && read(#"{"rate": [0, 0]}"#).isNone)
    for text in [#"{"rate": [0, 0.1]}"#, #"{"type": "gaussian"}"#, #"{"type": "early"}"#, #"{"type": "concrete"}"#] {
      #expect(try !read(text).isNone, "\(text)")
    }
  }

  /// ln σ starts at -5, and the divergence counts more with every epoch, by .02.
  @Test func variationalDefaultsAreThoseOfThePaper() throws {
    guard case .variational(let config) = try read(#"{"type": "variational"}"#) else {
      Issue.record("not variational")
      return
    }
    #expect(config.initialLogDeviation == -5)
    let weights = [0, 6, 60, 300, 400].map { config.klWeight.value(step: $0, totalSteps: 1000, stepsPerEpoch: 6) }
    #expect(mismatch(weights, [0, 0.02, 0.2, 1, 1]) == nil)
    #expect(try read(#"{"type": "variational", "kl_weight": 0.5}"#).klWeight?.constant == 0.5)
    #expect(try read("{}").klWeight == nil)
  }

  @Test func whatHasNoSchedule() throws {
    guard case .standout(let standout) = try read(#"{"type": "standout", "alpha": -2, "beta": 0.5}"#) else {
      Issue.record("not standout")
      return
    }
    #expect(standout.alpha == -2 && standout.beta == 0.5)
    for (text, name) in [
      (#"{"type": "standout"}"#, "standout"), (#"{"type": "concrete"}"#, "concrete"), (#"{"type": "variational"}"#, "variational"),
    ] {
      #expect(try read(text).rates.isEmpty)
      #expect(try read(text).nameWithoutSchedule == name)
    }
    #expect(try read("{}").nameWithoutSchedule == nil)
    guard case .concrete(let concrete) = try read(#"{"type": "concrete"}"#) else {
      Issue.record("not concrete")
      return
    }
    #expect(concrete.initialRate == 0.1 && concrete.temperature == 0.1)
    #expect(concrete.weightRegularizer == nil && concrete.dropoutRegularizer == nil)
  }

  @Test(arguments: [
    #"{"type": "early", "rate": 1}"#, #"{"type": "early", "cutoff_steps": 3, "cutoff_epochs": 1}"#, #"{"type": "late", "gamma": 1}"#,
    #"{"type": "curriculum", "gamma": 0}"#, #"{"type": "gap_controlled", "max": 1}"#,
    #"{"type": "gap_controlled", "rule": "sign", "from": 0.8}"#,
    #"{"type": "gap_controlled", "from": 0.1}"#, #"{"type": "gap_controlled", "half_gap": 0}"#,
    #"{"type": "standout", "rate": 0.5}"#, #"{"type": "concrete", "initial_rate": 0}"#, #"{"type": "concrete", "initial_rate": 1}"#,
    #"{"type": "gaussian", "rate": 1}"#, #"{"type": "variational", "rate": 0.1}"#, #"{"type": "variational", "kl_weight": -1}"#,
    #"{"type": "concrete", "temperature": 0}"#, #"{"type": "concrete", "dropout_regularizer": -1}"#, #"{"type": "constant", "alpha": 1}"#,
  ])
  func whatDoesNotFitIsRefused(text: String) {
    #expect(throws: Diagnostics.self) { try read(text) }
  }
}
