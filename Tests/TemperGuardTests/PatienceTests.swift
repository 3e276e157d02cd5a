import TemperJSON
import TemperMetrics
import TemperNN
import TemperTestSupport
import Testing

import TemperGuard

/// What decides which weights are best, and when a run stops: side by side, as a run has them.
private struct Watch: Equatable {
  var best: BestValue
  var patience: Patience

  init(_ config: EarlyStoppingConfig) { (best, patience) = (BestValue(config), Patience(config)) }

  mutating func observe(_ value: Double?) -> (isBest: Bool, stops: Bool) { (best.observe(value) == .best, patience.observe(value)) }

  static func == (a: Watch, b: Watch) -> Bool { a.best.state == b.best.state && a.patience.state == b.patience.state }
}

@Suite struct PatienceTests {
  /// Runs `stopping` over `values`; where it stopped, and where its best value was, counted from 0.
  private func run(_ stopping: inout Watch, _ values: [Double?]) -> (stop: Int?, best: Int?) {
    var best: Int?
    for (index, value) in values.enumerated() {
      let verdict = stopping.observe(value)
      if verdict.isBest { best = index }
      if verdict.stops { return (index, best) }
    }
    return (nil, best)
  }

  private func stop(_ config: EarlyStoppingConfig, _ values: [Double?]) -> Int? {
    var stopping = Watch(config)
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
      var stopping = Watch(config)
      let result = run(&stopping, curve)
      #expect(result.stop == settings["stop_epoch"]?.integer, "\(name)")
      #expect(result.best == settings["best_epoch"]?.integer && stopping.best.value == settings["best"]?.number, "\(name)")

      // The same values with the sign turned round, and upwards.
      var upward = Watch(
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
    var stopping = BestValue(.init(monitor: "validation.r2", minDelta: 0.1))
    #expect(stopping.observe(-3) == .best)
    #expect(stopping.observe(-2.95) != .best)
    #expect(stopping.observe(-2.5) == .best)
    #expect(stopping.observe(0) == .best)
    #expect(stopping.observe(0.05) != .best)
    #expect(stopping.observe(0.2) == .best)
  }

  @Test func autoIsWhatTheMetricSays() {
    var stopping = BestValue(.init(monitor: "validation.accuracy"))
    #expect(stopping.observe(0.5) == .best)
    #expect(stopping.observe(0.6) == .best)
    #expect(stopping.observe(0.6) != .best)
    #expect(stopping.observe(0.55) != .best)
    #expect(stopping.value == 0.6)
  }

  @Test func modeOverridesTheName() {
    var stopping = BestValue(.init(monitor: "validation.loss", mode: .max))
    #expect(stopping.observe(1) == .best)
    #expect(stopping.observe(0.5) != .best)
    #expect(stopping.observe(1.5) == .best)
  }

  @Test(arguments: [Double.nan, nil]) func aValueThatIsNoneSaysNothing(_ value: Double?) {
    var (best, patience) = (BestValue(.init()), Patience(.init(patience: 2)))
    #expect(best.observe(value) == .unknown)
    #expect(patience.observe(value) == false)
    #expect(best.value == nil)
    #expect(best.observe(1) == .best)
    #expect(patience.observe(1) == false)
    #expect(best.observe(value) == .unknown)
    #expect(patience.observe(value) == false)
    #expect(best.value == 1)
    #expect(patience.wait == 0)
    #expect(patience.observe(value) == false)
  }

  @Test func nothingButMissingValuesNeverStops() {
    var patience = Patience(.init(patience: 3))
    #expect((0..<10).allSatisfy { _ in !patience.observe(nil) })
  }

  @Test func aChangeOfExactlyMinDeltaIsNoImprovement() {
    var stopping = BestValue(.init(minDelta: 0.25))
    #expect(stopping.observe(1) == .best)
    #expect(stopping.observe(0.75) != .best)
    #expect(stopping.observe(0.5) == .best)
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
      var (whole, first) = (Watch(config), Watch(config))
      func verdict(_ watch: inout Watch, _ value: Double?) -> [Bool] {
        let (isBest, stops) = watch.observe(value)
        return [isBest, stops]
      }
      let verdicts = curve.map { verdict(&whole, $0) }
      var parts = curve.prefix(cut).map { verdict(&first, $0) }
      var second = Watch(config)
      try second.best.restore(JSON.parse(first.best.state.serialized(), path: "state.json"))
      try second.patience.restore(JSON.parse(first.patience.state.serialized(), path: "state.json"))
      parts += curve.dropFirst(cut).map { verdict(&second, $0) }
      #expect(parts == verdicts)
      #expect(second == whole)
    }
  }

  @Test func anInfiniteBestSurvives() throws {
    var stopping = BestValue(EarlyStoppingConfig())
    #expect(stopping.observe(.infinity) == .best)
    var other = BestValue(EarlyStoppingConfig())
    try other.restore(JSON.parse(stopping.state.serialized(), path: "state.json"))
    #expect(other.value == .infinity)
  }

  @Test(arguments: ["{}", #"{"best": "low", "wait": 1, "observed": 1}"#, #"{"best": 1, "wait": 0.5, "observed": 1}"#, "null"])
  func anotherStateIsRefused(text: String) throws {
    var stopping = Patience(EarlyStoppingConfig())
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
