import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperGuard

@Suite struct EarlyStoppingTests {
  /// Keras' own callback on a fixed curve. Cases with options that do not exist here are left out, and counted.
  @Test func stopsWhereKerasStops() throws {
    let golden = try JSON.parse(
      try #require(TestFiles.bytes(Repository.path("Tests/Goldens/early_stopping.json"))), path: "early_stopping.json")
    let curve = try #require(golden["val_loss"]?.array).map { try #require($0.number) }
    var run: [String] = []
    for member in try #require(golden["cases"]?.members) {
      let wanted = member.value
      if wanted["baseline"]?.isNull == false || wanted["start_from_epoch"]?.integer != 0 { continue }
      run.append(member.name)
      let config = EarlyStoppingConfig(
        patience: try #require(wanted["patience"]?.integer), minDelta: try #require(wanted["min_delta"]?.number), restoreBest: true)
      var stopping = EarlyStopping(config)
      var (stopped, best): (Int?, Int?)
      for (epoch, loss) in curve.enumerated() {
        let verdict = stopping.observe(loss)
        if verdict.isBest { best = epoch }
        if verdict.stops {
          stopped = epoch
          break
        }
      }
      #expect(stopped == wanted["stop_epoch"]?.integer, "\(member.name)")
      #expect(best == wanted["best_epoch"]?.integer, "\(member.name)")
      #expect(stopping.best == wanted["best"]?.number, "\(member.name)")
    }
    #expect(run == ["patience_0", "patience_1", "patience_3", "patience_20", "patience_2_min_delta_0.02"])
  }

  @Test func autoIsDownForALossAndUpForTheRest() {
    for (metric, upward) in [
      ("validation.loss", false), ("validation.log_loss", false), ("validation.accuracy", true), ("validation.macro_f1", true),
    ] {
      #expect(MetricMode.auto.isUpward(metric) == upward, "\(metric)")
      #expect(!MetricMode.min.isUpward(metric))
      #expect(MetricMode.max.isUpward(metric))
    }
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

  @Test(arguments: [Double.nan, nil]) func aValueThatIsNoneIsNoImprovement(_ value: Double?) {
    var stopping = EarlyStopping(.init(patience: 2))
    #expect(stopping.observe(value) == .goesOn)
    #expect(stopping.best == nil)
    #expect(stopping.observe(1).isBest)
    #expect(stopping.observe(value) == .goesOn)
    #expect(stopping.best == 1)
    #expect(stopping.wait == 1)
    #expect(stopping.observe(value) == .init(isBest: false, stops: true))
  }

  @Test func nothingButMissingValuesStopsAfterPatience() {
    var stopping = EarlyStopping(.init(patience: 3))
    #expect((0..<3).map { _ in stopping.observe(nil).stops } == [false, false, true])
  }

  @Test func aChangeOfExactlyMinDeltaIsNoImprovement() {
    var stopping = EarlyStopping(.init(minDelta: 0.25))
    #expect(stopping.observe(1).isBest)
    #expect(!stopping.observe(0.75).isBest)
    #expect(stopping.observe(0.5).isBest)
  }
}
