import TemperJSON
import TemperMetrics
import TemperNN
import TemperTestSupport
import Testing

@testable import TemperGuard

@Suite struct EarlyStoppingTests {
  /// Runs `stopping` over `values`; where it stopped, and where its best value was, counted from 0.
  private func run(_ stopping: inout EarlyStopping, _ values: [Double?]) -> (stop: Int?, best: Int?) {
    var best: Int?
    for (index, value) in values.enumerated() {
      let verdict = stopping.observe(value)
      if verdict.isBest { best = index }
      if verdict.stops { return (index, best) }
    }
    return (nil, best)
  }

  private func stop(_ config: EarlyStoppingConfig, _ values: [Double?]) -> Int? {
    var stopping = EarlyStopping(config)
    return run(&stopping, values).stop
  }

  @Test func everyCaseOfKeras() throws {
    let golden = try Goldens.json("early_stopping.json")
    let curve = try #require(golden["val_loss"]?.numbers)
    let cases = try #require(golden["cases"]?.members)
    #expect(cases.count >= 7)
    for (name, settings) in cases.map({ ($0.name, $0.value) }) {
      let config = EarlyStoppingConfig(
        patience: try #require(settings["patience"]?.integer), minDelta: try #require(settings["min_delta"]?.number),
        baseline: settings["baseline"]?.number, startFrom: try #require(settings["start_from_epoch"]?.integer))
      var stopping = EarlyStopping(config)
      let result = run(&stopping, curve)
      #expect(result.stop == settings["stop_epoch"]?.integer, "\(name)")
      #expect(result.best == settings["best_epoch"]?.integer && stopping.best == settings["best"]?.number, "\(name)")

      // The same figures with the sign turned round, and upwards.
      var upward = EarlyStopping(
        EarlyStoppingConfig(
          monitor: "validation.accuracy", patience: config.patience, minDelta: config.minDelta, baseline: config.baseline.map { -$0 },
          startFrom: config.startFrom))
      #expect(run(&upward, curve.map { -$0 }) == result, "\(name) upwards")
    }
  }

  @Test func aMissingValueOrNaNDoesNotCountAgainstPatience() {
    let config = EarlyStoppingConfig(patience: 2)
    #expect(stop(config, [1, .nan, nil, nil, .nan]) == nil)
    #expect(stop(config, [1, .nan, 1, nil, 1, 1]) == 4)
    #expect(stop(config, [.nan, .nan, 0.5, 0.6, nil, 0.6]) == 5)
    #expect(stop(config, [1, .nan, 0.9, .nan, 0.8]) == nil)
    #expect(stop(EarlyStoppingConfig(patience: 0), [nil, nil]) == nil)
    // The evaluations that are passed over at first are counted whatever their values are.
    #expect(stop(EarlyStoppingConfig(patience: 1, startFrom: 2), [nil, 5, 3, 4]) == 3)
  }

  @Test func negativeValuesAndMinDelta() {
    var stopping = EarlyStopping(.init(monitor: "validation.r2", minDelta: 0.1))
    #expect(stopping.observe(-3).isBest)
    #expect(!stopping.observe(-2.95).isBest)
    #expect(stopping.observe(-2.5).isBest)
    #expect(stopping.observe(0).isBest)
    #expect(!stopping.observe(0.05).isBest)
    #expect(stopping.observe(0.2).isBest)
  }

  @Test func autoIsWhatTheMetricSays() {
    var stopping = EarlyStopping(.init(monitor: "validation.accuracy"))
    #expect(stopping.observe(0.5).isBest)
    #expect(stopping.observe(0.6).isBest)
    #expect(!stopping.observe(0.6).isBest)
    #expect(!stopping.observe(0.55).isBest)
    #expect(stopping.best == 0.6)
  }

  @Test func modeOverridesTheName() {
    var stopping = EarlyStopping(.init(monitor: "validation.loss", mode: .max))
    #expect(stopping.observe(1).isBest)
    #expect(!stopping.observe(0.5).isBest)
    #expect(stopping.observe(1.5).isBest)
  }

  @Test(arguments: [Double.nan, nil]) func aValueThatIsNoneSaysNothing(_ value: Double?) {
    var stopping = EarlyStopping(.init(patience: 2))
    #expect(stopping.observe(value) == .goesOn)
    #expect(stopping.best == nil)
    #expect(stopping.observe(1).isBest)
    #expect(stopping.observe(value) == .goesOn)
    #expect(stopping.best == 1)
    #expect(stopping.wait == 0)
    #expect(stopping.observe(value) == .goesOn)
  }

  @Test func nothingButMissingValuesNeverStops() {
    var stopping = EarlyStopping(.init(patience: 3))
    #expect((0..<10).allSatisfy { _ in !stopping.observe(nil).stops })
  }

  @Test func aChangeOfExactlyMinDeltaIsNoImprovement() {
    var stopping = EarlyStopping(.init(minDelta: 0.25))
    #expect(stopping.observe(1).isBest)
    #expect(!stopping.observe(0.75).isBest)
    #expect(stopping.observe(0.5).isBest)
  }

  @Test func theFirstEvaluationNeverStops() {
    #expect(stop(EarlyStoppingConfig(patience: 0), [1]) == nil)
    #expect(stop(EarlyStoppingConfig(patience: 0), [1, 1]) == 1)
  }

  @Test func aBeatenBaselineStartsTheCountAnew() {
    let curve: [Double?] = [1, 0.5, 0.6, 0.7, 0.8]
    #expect(stop(EarlyStoppingConfig(patience: 2, baseline: 0.6), curve) == 3)
    #expect(stop(EarlyStoppingConfig(patience: 2, baseline: 0.4), curve) == 2)
  }

  @Test func aRestoredOneGoesOnAsIfNothingHadHappened() throws {
    let curve: [Double?] = [1, 0.8, 0.9, 0.7, .nan, 0.71, 0.69, 0.8, 0.8, 0.8, 0.8]
    let config = EarlyStoppingConfig(patience: 3, baseline: 0.75, startFrom: 1)
    for cut in 0...curve.count {
      var (whole, first) = (EarlyStopping(config), EarlyStopping(config))
      let verdicts = curve.map { whole.observe($0) }
      var parts = curve.prefix(cut).map { first.observe($0) }
      var second = EarlyStopping(config)
      try second.restore(JSON.parse(first.state.serialized(), path: "state.json"))
      parts += curve.dropFirst(cut).map { second.observe($0) }
      #expect(parts == verdicts)
      #expect(second.state == whole.state)
    }
  }

  @Test func anInfiniteBestSurvives() throws {
    var stopping = EarlyStopping(EarlyStoppingConfig())
    #expect(stopping.observe(.infinity).isBest)
    var other = EarlyStopping(EarlyStoppingConfig())
    try other.restore(JSON.parse(stopping.state.serialized(), path: "state.json"))
    #expect(other.best == .infinity)
  }

  @Test(arguments: ["{}", #"{"best": "low", "wait": 1, "observed": 1}"#, #"{"best": 1, "wait": 0.5, "observed": 1}"#, "null"])
  func anotherStateIsRefused(text: String) throws {
    var stopping = EarlyStopping(EarlyStoppingConfig())
    _ = stopping.observe(3)
    let before = stopping.state
    #expect(throws: MalformedState.self) { try stopping.restore(JSON.parse(text, path: "state.json")) }
    #expect(stopping.state == before)
  }

  @Test func everyKeyIsUsed() throws {
    let text = """
      {"monitor": "validation.accuracy", "mode": "min", "patience": 3, "min_delta": 0.5, "baseline": 0.25, "start_from": 4,
       "restore_best": false}
      """
    let config = try FieldReader.read(JSON.parse(text, path: "x.json")) {
      EarlyStoppingConfig($0, metrics: ["validation.loss", "validation.accuracy"])
    }.get().value
    #expect(config.monitor == "validation.accuracy" && config.mode == .min && config.patience == 3 && config.minDelta == 0.5)
    #expect(config.baseline == 0.25 && config.startFrom == 4 && !config.restoreBest)
  }
}
