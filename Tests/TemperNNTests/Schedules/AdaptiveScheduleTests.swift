import TemperCore
import TemperJSON
import TemperMetrics
import TemperNN
import TemperTestSupport
import Testing

/// Schedules that answer to metrics.
@Suite struct AdaptiveScheduleTests {
  private func plateau(_ settings: JSON, _ rate: Double) -> ReduceOnPlateau {
    ReduceOnPlateau(
      from: rate, mode: settings["mode"] == "max" ? .max : .auto, factor: settings["factor"]?.number ?? 0.1,
      patience: settings["patience"]?.integer ?? 10, threshold: settings["threshold"]?.number ?? 1e-4,
      minimum: settings["minimum"]?.number ?? 0, cooldown: settings["cooldown"]?.integer ?? 0)
  }

  @Test func everyPlateauOfPyTorch() throws {
    let golden = try Goldens.json("schedules.json")
    let cases = try #require(golden["plateau"]?.members)
    #expect(cases.count >= 8)
    for (name, settings) in cases.map({ ($0.name, $0.value) }) {
      let metric = try #require(settings["metric"]?.string)
      let metrics = try #require(golden["metrics"]?[metric]?.numbers)
      var plateau = plateau(settings, try #require(golden["rate"]?.number))
      let values = metrics.map {
        plateau.observe($0)
        return plateau.value
      }
      #expect(mismatch(values, try #require(settings["values"]?.numbers), Tolerance(absolute: 0, relative: 1e-9)) == nil, "\(name)")
    }
  }

  @Test func aMissingMetricDoesNotCount() {
    var plateau = ReduceOnPlateau(from: 1, factor: 0.5, patience: 1)
    let values: [Double] = [1, nil, .nan, nil, 1, .nan, 1].map {
      plateau.observe($0)
      return plateau.value
    }
    #expect(values == [1, 1, 1, 1, 1, 1, 0.5])
  }

  /// An improvement is by a share of the absolute value: what gets no better is reduced, and what gets better is not, also below 0 and around it.
  @Test(arguments: [("validation.r2", 1.0), ("validation.mcc", 1.0), ("validation.loss", -1.0)])
  func negativeMetrics(monitor: String, sign: Double) {
    func reductions(_ values: [Double]) -> Int {
      var plateau = ReduceOnPlateau(from: 1, monitor: monitor, factor: 0.5, patience: 0, threshold: 0.1)
      for value in values { plateau.observe(sign * value) }
      return [1, 0.5, 0.25, 0.125].firstIndex(of: plateau.value) ?? 9
    }
    #expect(reductions([-2, -2, -2]) == 2)
    #expect(reductions([-2, -2.1, -1.9]) == 2, "within the threshold")
    #expect(reductions([-2, -1.7, -1.5]) == 0)
    #expect(reductions([-1, -0.5, 0, 0.5]) == 0)
    #expect(reductions([0, 0, 0.1]) == 1)
    #expect(reductions([-.infinity, -5, -5]) == 1)
  }

  @Test func theGapController() throws {
    let golden = try #require(try Goldens.json("schedules.json")["gap_controller"])
    var schedule = ScalarSchedule(GapController(maximum: 0.7))
    #expect(schedule.monitors == ["train.loss", "validation.loss"])
    var values: [Double] = []
    for losses in try #require(golden["losses"]?.array).compactMap(\.numbers) {
      schedule.observe(["train.loss": losses[0], "validation.loss": losses[1], "validation.accuracy": 0.5])
      values.append(schedule.value(step: 0, totalSteps: 1, stepsPerEpoch: 1))
    }
    let expected = try #require(golden["gap_average_strength"]?.array).compactMap(\.numbers)
    #expect(mismatch(values, expected.map { $0[2] }, ScheduleCurveTests.tolerance) == nil)
    #expect(
      mismatch([try #require(schedule.state["average"]?.number)], [expected[expected.count - 1][1]], ScheduleCurveTests.tolerance) == nil)
  }

  /// By hand: the averages of the gaps 0.5, 1.5, 0 and 2 are 0.5, 1, 0.5 and 1.25.
  @Test func proportionalControl() {
    var controller = GapController(halfGap: 0.5, maximum: 0.9)
    #expect(controller.value == 0)
    let values: [Double] = [(0.3, 0.8), (0.2, 1.7), (nil, 1), (1, 0.5), (1, .infinity), (0.5, 2.5)].map {
      controller.observe(training: $0.0, validation: $0.1)
      return controller.value
    }
    #expect(mismatch(values, [0.45, 0.6, 0.6, 0.45, 0.45, 0.9 * 1.25 / 1.75], ScheduleCurveTests.tolerance) == nil)
  }

  /// A gap that falls as the strength rises, from 3 at 0 by 4 for each unit: both settle, and do not swing, wherever they began.
  @Test func proportionalControlSettles() {
    var controller = GapController(halfGap: 0.5, maximum: 0.9)
    for _ in 0..<60 { controller.observe(training: 0, validation: max(0, 3 - 4 * controller.value)) }
    let gap = 3 - 4 * controller.value
    #expect(abs(controller.value - 0.9 * gap / (gap + 0.5)) < 1e-9)
  }

  @Test func theControllerOfStyleGAN() throws {
    let golden = try #require(try Goldens.json("schedules.json")["ada"])
    var controller = GapController(target: 0.6, step: try #require(golden["step"]?.number), maximum: 1, smoothing: 0)
    let values = try #require(golden["signals"]?.numbers).map {
      controller.observe(signal: $0)
      return controller.value
    }
    #expect(mismatch(values, try #require(golden["values"]?.numbers), ScheduleCurveTests.tolerance) == nil)
  }

  @Test func theControllerKeepsWithinItsEnds() {
    var controller = GapController(from: 0.1, step: 0.2, maximum: 0.35, smoothing: 0)
    let values: [Double] = [(0, 1), (0, 1), (0, 1), (1, 1), (1, 1), (2, 1), (.nan, 1), (.infinity, 1), (nil, 1)].map {
      controller.observe(training: $0.0, validation: $0.1)
      return controller.value
    }
    #expect(mismatch(values, [0.3, 0.35, 0.35, 0.15, 0, 0, 0, 0, 0], ScheduleCurveTests.tolerance) == nil)
  }

  @Test(arguments: [
    ScalarSchedule(ReduceOnPlateau(from: 0.3, factor: 0.7, patience: 1, cooldown: 2)),
    ScalarSchedule(GapController(from: 0.1, maximum: 0.6)),
    ScalarSchedule(GapController(halfGap: 0.3, maximum: 0.6, smoothing: 0.7)),
    ScalarSchedule(0.5),
  ])
  func aRestoredOneGoesOnAsIfNothingHadHappened(start: ScalarSchedule) throws {
    let metrics = [1.0, 0.8, 0.9, 0.91, 0.7, .infinity, 0.72, 0.72, 0.73, 0.75, 0.76].map {
      ["validation.loss": $0, "train.loss": $0 * $0]
    }
    func value(_ schedule: ScalarSchedule) -> UInt64 { schedule.value(step: 3, totalSteps: 9, stepsPerEpoch: 2).bitPattern }
    for cut in 0...metrics.count {
      var (whole, first, second) = (start, start, start)
      let expected = metrics.map {
        whole.observe($0)
        return value(whole)
      }
      metrics.prefix(cut).forEach { first.observe($0) }
      try second.restore(JSON.parse(first.state.serialized(), path: "state.json"))
      let values = metrics.dropFirst(cut).map {
        second.observe($0)
        return value(second)
      }
      #expect(values == Array(expected.dropFirst(cut)))
      #expect(second.state == whole.state)
    }
  }

  @Test func anotherStateIsRefused() {
    var (plateau, controller, constant) = (
      ScalarSchedule(ReduceOnPlateau(from: 1)), ScalarSchedule(GapController(maximum: 1)), ScalarSchedule(1)
    )
    let (plateauState, feedbackState) = (plateau.state, controller.state)
    #expect(throws: MalformedState.self) { try plateau.restore(feedbackState) }
    #expect(throws: MalformedState.self) { try controller.restore(.null) }
    #expect(throws: MalformedState.self) { try constant.restore(plateauState) }
  }
}

@Suite struct ScalarScheduleConfigTests {
  private func read(_ text: String) throws -> ScalarSchedule {
    try FieldReader.read(JSON.parse(text, path: "x.json")) {
      $0.scalarOrSchedule("rate", default: 0.25, in: 0..<1, metrics: ["validation.loss", "validation.accuracy"], doc: "A rate.")
    }.get().value
  }

  private func values(_ text: String, _ steps: [Int]) throws -> [Double] {
    let schedule = try read(#"{"rate": \#(text)}"#)
    return steps.map { schedule.value(step: $0, totalSteps: 40, stepsPerEpoch: 8) }
  }

  @Test func aNumberOrTheDefault() throws {
    #expect(try read("{}").constant == 0.25)
    #expect(try read(#"{"rate": 0.5}"#).constant == 0.5)
    #expect(try read(#"{"rate": {"type": "constant", "value": 0.5}}"#).value(step: 7, totalSteps: 9, stepsPerEpoch: 1) == 0.5)
  }

  @Test func everyKind() throws {
    #expect(mismatch(try values(#"{"type": "linear", "from": 0, "to": 0.5, "steps": 10}"#, [0, 5, 10, 20]), [0, 0.25, 0.5, 0.5]) == nil)
    #expect(mismatch(try values(#"{"type": "linear", "from": 0, "to": 0.5, "epochs": 1}"#, [0, 4, 8]), [0, 0.25, 0.5]) == nil)
    #expect(mismatch(try values(#"{"type": "cosine", "from": 0, "to": 0.5}"#, [0, 20, 40]), [0, 0.25, 0.5]) == nil)
    #expect(mismatch(try values(#"{"type": "piecewise", "values": [0, 0.4], "at_steps": [6]}"#, [5, 6]), [0, 0.4]) == nil)
    #expect(mismatch(try values(#"{"type": "one_cycle", "peak": 0.5, "div_factor": 5}"#, [0, 11]), [0.1, 0.5]) == nil)
    let trapezium = #"{"type": "warmup_stable_decay", "from": 0.1, "peak": 0.5, "to": 0.2, "warmup_ratio": 0.25}"#
    #expect(mismatch(try values(trapezium, [0, 5, 10, 32, 36, 40]), [0.1, 0.3, 0.5, 0.5, 0.35, 0.2]) == nil)
    let joined = """
      {"type": "join", "parts": [{"schedule": {"type": "constant", "value": 0.1}, "steps": 4},
        {"schedule": {"type": "linear", "from": 0.5, "to": 0}}]}
      """
    #expect(mismatch(try values(joined, [3, 4, 22, 40]), [0.1, 0.5, 0.25, 0]) == nil)
  }

  @Test func feedbackTakesItsKeys() throws {
    var schedule = try read(
      #"{"rate": {"type": "feedback", "rule": "sign", "from": 0.1, "max": 0.5, "target": 0.6, "step": 0.3, "smoothing": 0.25}}"#)
    var values: [Double] = []
    for gap in [0.7, 0.3, 0.9, 0.9, 0.9] {
      schedule.observe(["train.loss": 1 - gap, "validation.loss": 1])
      values.append(schedule.value(step: 0, totalSteps: 1, stepsPerEpoch: 1))
    }
    // The averages are 0.7, 0.4, 0.775, and more.
    #expect(mismatch(values, [0.4, 0.1, 0.4, 0.5, 0.5]) == nil)
  }

  @Test func aPlateauTakesItsFirstAndLeastValue() throws {
    var schedule = try read(#"{"rate": {"type": "reduce_on_plateau", "from": 0.8, "min": 0.3, "factor": 0.5, "patience": 0}}"#)
    var values: [Double] = []
    for _ in 0..<3 {
      schedule.observe(["validation.loss": 1])
      values.append(schedule.value(step: 0, totalSteps: 1, stepsPerEpoch: 1))
    }
    #expect(values == [0.8, 0.4, 0.3])
  }

  @Test(arguments: [
    "1", "-0.1", #""0.5""#, "{}", #"{"type": "linear", "from": 0, "to": 1}"#, #"{"type": "linear", "to": 0.5}"#,
    #"{"type": "linear", "from": 0, "to": 0.5, "min_learning_rate": 0}"#, #"{"type": "feedback"}"#,
    #"{"type": "feedback", "rule": "sign", "from": 0.6, "max": 0.5}"#, #"{"type": "feedback", "max": 0.5, "step": 0.1}"#,
    #"{"type": "adaptive"}"#, #"{"type": "feedback", "max": 1.5}"#, #"{"type": "piecewise", "values": [2]}"#,
    #"{"type": "warmup_stable_decay", "from": 0, "peak": 0.5, "to": 0, "warmup_ratio": 0.6, "decay_ratio": 0.6}"#,
    #"{"type": "reduce_on_plateau", "from": 0.5, "monitor": "train.loss"}"#,
  ])
  func whatDoesNotFitIsRefused(text: String) {
    #expect(throws: Diagnostics.self) { try read(#"{"rate": \#(text)}"#) }
  }
}
