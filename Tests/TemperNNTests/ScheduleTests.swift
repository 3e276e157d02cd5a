import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

@Suite struct ScheduleTests {
  @Test func ratesOfTheGoldenRuns() throws {
    let golden = try Goldens.json("training.json")
    let runs = try #require(golden["runs"]?.members)
    let total = try #require(golden["steps"]?.integer)
    #expect(runs.contains { $0.value["schedule"] != nil })
    for run in runs {
      let peak = try #require(run.value["optimizer"]?["learning_rate"]?.number)
      let schedule =
        try run.value["schedule"].map { settings in
          Schedule(
            decay: try #require(settings["type"]?.string.flatMap(Schedule.Decay.init(rawValue:))), peak: peak,
            minimum: try #require(settings["min_learning_rate"]?.number), warmup: try #require(settings["warmup_steps"]?.integer),
            total: total)
        } ?? Schedule(decay: .constant, peak: peak, total: total)
      let rates = (0..<total).map { schedule($0) }
      #expect(mismatch(rates, try #require(run.value["learning_rates"]?.numbers), Tolerance(absolute: 0, relative: 1e-9)) == nil)
    }
  }

  @Test func warmupRisesToThePeak() {
    let schedule = Schedule(decay: .constant, peak: 2, warmup: 4, total: 10)
    #expect((0..<6).map { schedule($0) } == [0.5, 1, 1.5, 2, 2, 2])
  }

  @Test func theCosineStaysAtItsMinimumBeyondTheEnd() {
    let schedule = Schedule(decay: .cosine, peak: 1, minimum: 0.1, total: 10)
    #expect(schedule(0) == 1)
    #expect(abs(schedule(5) - 0.55) < 1e-12)
    #expect(abs(schedule(10) - 0.1) < 1e-12 && abs(schedule(25) - 0.1) < 1e-12)
    for step in 1...10 { #expect(schedule(step) < schedule(step - 1)) }
  }

  @Test func aWarmupAsLongAsTheRunIsFinite() {
    let schedule = Schedule(decay: .cosine, peak: 1, warmup: 10, total: 10)
    #expect(schedule(9) == 1 && schedule(10) == 1)
    #expect((0..<20).allSatisfy { schedule($0).isFinite })
  }
}

@Suite struct ScheduleConfigTests {
  private func schedule(_ text: String) throws -> Schedule {
    try FieldReader.read(JSON.parse(text, path: "schedule.json"), ScheduleConfig.init).get().value.schedule(peak: 0.5, total: 40)
  }

  @Test func theDefaultIsConstant() throws {
    let schedule = try schedule("{}")
    #expect((0..<40).allSatisfy { schedule($0) == 0.5 })
  }

  @Test func warmupByStepsOrByShare() throws {
    let steps = try schedule(#"{"type": "cosine", "warmup_steps": 10, "min_learning_rate": 0.1}"#)
    #expect(steps.warmup == 10 && steps.decay == .cosine && steps.minimum == 0.1 && steps.total == 40 && steps.peak == 0.5)
    #expect(try schedule(#"{"warmup_ratio": 0.25}"#).warmup == 10)
  }

  @Test(arguments: [#"{"warmup_steps": 1, "warmup_ratio": 0.1}"#, #"{"min_learning_rate": 0.1}"#, #"{"warmup_steps": -1}"#])
  func contradictionsAreRefused(text: String) {
    #expect(throws: Diagnostics.self) { try schedule(text) }
  }
}
