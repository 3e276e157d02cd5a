import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

@Suite struct ScheduleTests {
  private func cosine(_ peak: Double, to minimum: Double = 0, warmup: Int = 0, total: Int) -> Schedule {
    Schedule(ScalarSchedule(CosineCurve(from: peak, to: minimum)), warmup: warmup, total: total, stepsPerEpoch: 1)
  }

  @Test func ratesOfTheGoldenRuns() throws {
    let golden = try Goldens.json("training.json")
    let runs = try #require(golden["runs"]?.members)
    let total = try #require(golden["steps"]?.integer)
    #expect(runs.contains { $0.value["schedule"] != nil })
    for run in runs {
      let peak = try #require(run.value["optimizer"]?["learning_rate"]?.number)
      let config = try FieldReader.read(run.value["schedule"] ?? .object([])) { ScheduleConfig($0, metrics: ["validation.loss"]) }.get()
        .value
      let schedule = config.schedule(peak: peak, total: total, stepsPerEpoch: 1)
      let rates = (0..<total).map { schedule($0) }
      #expect(mismatch(rates, try #require(run.value["learning_rates"]?.numbers), Tolerance(absolute: 0, relative: 1e-9)) == nil)
    }
  }

  @Test func warmupRisesToThePeak() {
    let schedule = Schedule(ScalarSchedule(2), warmup: 4, total: 10, stepsPerEpoch: 1)
    #expect((0..<6).map { schedule($0) } == [0.5, 1, 1.5, 2, 2, 2])
  }

  @Test func theCosineStaysAtItsMinimumBeyondTheEnd() {
    let schedule = cosine(1, to: 0.1, total: 10)
    #expect(schedule(0) == 1)
    #expect(abs(schedule(5) - 0.55) < 1e-12)
    #expect(abs(schedule(10) - 0.1) < 1e-12 && abs(schedule(25) - 0.1) < 1e-12)
    for step in 1...10 { #expect(schedule(step) < schedule(step - 1)) }
  }

  @Test func aWarmupAsLongAsTheRunIsFinite() {
    let schedule = cosine(1, warmup: 10, total: 10)
    #expect(schedule(9) == 1 && schedule(10) == 1)
    #expect((0..<20).allSatisfy { schedule($0).isFinite })
  }

  @Test func theCurveCountsFromTheEndOfTheWarmup() {
    let schedule = Schedule(ScalarSchedule(LinearCurve(from: 1, to: 0)), warmup: 2, total: 6, stepsPerEpoch: 1)
    #expect((0...6).map { schedule($0) } == [0.5, 1, 1, 0.75, 0.5, 0.25, 0])
  }

  @Test func csvHasARowForEachStep() {
    let schedule = cosine(0.1, total: 2)
    #expect(scheduleCSV(steps: 0..<2) { schedule($0) } == "step,value\n0,0.1\n1,0.05\n")
    #expect(scheduleCSV(steps: 1..<2) { schedule($0) } == "1,0.05\n")
  }
}

@Suite struct ScheduleConfigTests {
  private func schedule(_ text: String, peak: Double = 0.5) throws -> Schedule {
    try FieldReader.read(JSON.parse(text, path: "schedule.json")) {
      ScheduleConfig($0, metrics: ["validation.loss", "validation.accuracy"])
    }
    .get().value.schedule(peak: peak, total: 40, stepsPerEpoch: 8)
  }

  private func rates(_ text: String, _ steps: [Int]) throws -> [Double] {
    let schedule = try schedule(text)
    return steps.map { schedule($0) }
  }

  @Test func theDefaultIsConstant() throws {
    let schedule = try schedule("{}")
    #expect((0..<40).allSatisfy { schedule($0) == 0.5 })
  }

  @Test func warmupByStepsOrByShare() throws {
    let steps = try schedule(#"{"type": "cosine", "warmup_steps": 10, "min_learning_rate": 0.1}"#)
    #expect(steps.warmup == 10 && steps.total == 40)
    #expect(steps(9) == 0.5 && steps(10) == 0.5 && abs(steps(25) - 0.3) < 1e-12 && steps(40) == 0.1)
    #expect(try schedule(#"{"warmup_ratio": 0.25}"#).warmup == 10)
  }

  /// Each kind of learning-rate schedule from its keys; the values follow from the formulas at the curves.
  @Test func everyKind() throws {
    #expect(mismatch(try rates(#"{"type": "linear", "min_learning_rate": 0.1}"#, [0, 20, 40, 50]), [0.5, 0.3, 0.1, 0.1]) == nil)
    #expect(mismatch(try rates(#"{"type": "linear", "steps": 20}"#, [0, 10, 20, 40]), [0.5, 0.25, 0, 0]) == nil)
    #expect(mismatch(try rates(#"{"type": "linear", "epochs": 2.5}"#, [0, 10, 20, 40]), [0.5, 0.25, 0, 0]) == nil)
    #expect(mismatch(try rates(#"{"type": "polynomial", "power": 3}"#, [0, 20, 40]), [0.5, 0.0625, 0]) == nil)
    #expect(mismatch(try rates(#"{"type": "polynomial"}"#, [20]), [0.125]) == nil)
    let exponential = #"{"type": "exponential", "factor": 0.25, "epochs": 1, "min_learning_rate": 0.1}"#
    #expect(mismatch(try rates(exponential, [0, 4, 8]), [0.5, 0.3, 0.2]) == nil)
    #expect(mismatch(try rates(#"{"type": "inverse_sqrt", "steps": 10}"#, [0, 30]), [0.5, 0.25]) == nil)
    #expect(mismatch(try rates(#"{"type": "step", "epochs": 1, "factor": 0.5}"#, [7, 8, 16]), [0.5, 0.25, 0.125]) == nil)
    #expect(mismatch(try rates(#"{"type": "step", "steps": 8}"#, [7, 8]), [0.5, 0.05]) == nil)
    let piecewise = #"{"type": "piecewise", "values": [1, 0.5, 2], "at_steps": [4, 10]}"#
    #expect(mismatch(try rates(piecewise, [3, 4, 9, 10]), [0.5, 0.25, 0.25, 1]) == nil)
    #expect(mismatch(try rates(#"{"type": "piecewise", "values": [1, 0.5], "at_epochs": [1.5]}"#, [11, 12]), [0.5, 0.25]) == nil)
    let cycle = #"{"type": "one_cycle", "pct_start": 0.5, "div_factor": 10, "final_div_factor": 5}"#
    #expect(mismatch(try rates(cycle, [0, 19, 39, 45]), [0.05, 0.5, 0.01, 0.01]) == nil)
    let stable = #"{"type": "warmup_stable_decay", "warmup_steps": 8, "decay_ratio": 0.25, "min_learning_rate": 0.1}"#
    #expect(mismatch(try rates(stable, [0, 7, 8, 31, 32, 36, 40]), [0.0625, 0.5, 0.5, 0.5, 0.5, 0.3, 0.1]) == nil)
    let flatCosine = #"{"type": "warmup_stable_decay", "decay_ratio": 0.5, "decay_shape": "cosine"}"#
    #expect(mismatch(try rates(flatCosine, [0, 20, 30, 40]), [0.5, 0.5, 0.25, 0]) == nil)
    let cycles = #"{"type": "coslog", "cycles": 2, "min_learning_rate": 0.1, "steps": 12}"#
    #expect(mismatch(try rates(cycles, [0, 2, 4, 12, 40]), [0.1, 0.4721723882, 0.1, 0.1, 0.1]) == nil)
    let shape = #"{"type": "warmup_stable_decay", "decay_ratio": 0.4, "decay_shape": "sqrt"}"#
    #expect(mismatch(try rates(shape, [24, 28]), [0.5, 0.25]) == nil)
  }

  @Test func partsOfAJoinedScheduleAreMultiplesOfTheLearningRate() throws {
    let text = """
      {"type": "join", "parts": [{"schedule": {"type": "constant", "value": 0.5}, "epochs": 1},
        {"schedule": {"type": "linear", "from": 1, "to": 0.2}, "steps": 8}, {"schedule": {"type": "cosine", "from": 2, "to": 0}}]}
      """
    #expect(mismatch(try rates(text, [0, 7, 8, 12, 16, 28, 40]), [0.25, 0.25, 0.5, 0.3, 1, 0.5, 0]) == nil)
  }

  @Test func aPlateauTakesItsKeys() throws {
    let text = """
      {"type": "reduce_on_plateau", "monitor": "validation.accuracy", "mode": "max", "factor": 0.5, "patience": 0, "threshold": 0.5,
       "cooldown": 1, "min_learning_rate": 0.2, "warmup_steps": 2}
      """
    var schedule = try schedule(text)
    #expect(schedule.monitors == ["validation.accuracy"])
    var rates = [schedule(0)]
    for accuracy in [0.4, 0.5, 0.1, 0.1, 0.7, 0.1] {
      schedule.observe(["validation.accuracy": accuracy, "validation.loss": 1])
      rates.append(schedule(10))
    }
    // 0.5 beats 0.4 by less than half of it; the next evaluation does not count.
    #expect(rates == [0.25, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2])
  }

  @Test(arguments: [
    #"{"warmup_steps": 1, "warmup_ratio": 0.1}"#, #"{"min_learning_rate": 0.1}"#, #"{"warmup_steps": -1}"#,
    #"{"type": "linear", "steps": 3, "epochs": 2}"#, #"{"type": "step"}"#, #"{"type": "inverse_sqrt"}"#, #"{"type": "exponential"}"#,
    #"{"type": "exponential", "factor": 1}"#, #"{"type": "linear", "from": 1}"#, #"{"type": "feedback"}"#, #"{"type": "join"}"#,
    #"{"type": "join", "parts": []}"#, #"{"type": "join", "parts": [{"schedule": {"type": "join", "parts": []}}]}"#,
    #"{"type": "join", "parts": [{"schedule": {"type": "constant", "value": 1}}, {"schedule": {"type": "constant", "value": 1}}]}"#,
    #"{"type": "piecewise", "values": [1, 2]}"#, #"{"type": "piecewise", "values": [1, 2, 3], "at_steps": [5, 5]}"#,
    #"{"type": "piecewise", "values": [1], "at_steps": [5]}"#,
    #"{"type": "piecewise", "values": [1, 2], "at_steps": [5], "at_epochs": [5]}"#,
    #"{"type": "reduce_on_plateau", "monitor": "test.loss"}"#, #"{"type": "reduce_on_plateau", "factor": 1}"#,
    #"{"type": "warmup_stable_decay", "decay_ratio": 1.5}"#, #"{"type": "coslog", "cycles": 0}"#, #"{"type": "plateau"}"#,
  ])
  func whatDoesNotFitIsRefused(text: String) {
    #expect(throws: Diagnostics.self) { try schedule(text) }
  }
}
