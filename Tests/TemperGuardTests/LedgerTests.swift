import TemperJSON
import TemperMetrics
import TemperNN
import Testing

@testable import TemperGuard

@Suite struct LedgerTests {
  @Test func trendsAreTheLineOfLeastSquares() throws {
    var trend = Trend()
    #expect(trend.json.isNull && trend.slope == 0)
    for value in [3.0, 5, .nan, 4, 8] { trend.add(value) }
    // (0, 3), (1, 5), (2, 4), (3, 8): 7 / 5 by hand.
    #expect(abs(trend.slope - 1.4) < 1e-12)
    #expect((trend.count, trend.first, trend.last, trend.least, trend.greatest) == (4, 3, 8, 3, 8))
    #expect(try Trend(restoring: trend.state) == trend)
    var far = Trend()
    for place in 0..<100_000 { far.add(1e9 + 2 * Double(place)) }
    #expect(abs(far.slope - 2) < 1e-9)
  }

  @Test func aClassIsForgotten() throws {
    var memory = ClassMemory()
    #expect(memory.forgetting == nil)
    for (cat, dog) in [(0.5, 0.5), (0.9, 0.4), (0.3, 0.6)] { memory.observe([("cat", cat), ("dog", dog)]) }
    #expect(abs((memory.forgetting ?? 0) - 0.3) < 1e-12)
    #expect(memory.losses(limit: 9) == [.init(name: "cat", best: 0.9, last: 0.3)])
    #expect(try ClassMemory(restoring: memory.state) == memory)
  }

  private func report(
    _ values: [Double], best: Int, train: Double? = 0.4, ece: Double? = nil,
    remedy: (temperature: Double, calibrationError: Double)? = nil, dead: Int = 0, rows: Int = 100,
    tolerances: [BurnInMeasure: Double] = [:]
  ) -> GuardReport {
    var ledger = Ledger(monitor: "validation.loss", better: .lower)
    for (index, value) in values.enumerated() { ledger.observe(step: 10 * (index + 1), value, [("validation.loss", value)]) }
    return GuardReport(
      ledger,
      .init(
        steps: 10 * values.count, reportedStep: 10 * best, trainLoss: train, validationLoss: values[best - 1], validationRows: rows,
        calibrationError: ece, remedy: remedy,
        deadUnits: dead, hiddenUnits: 8), .init(tolerances: tolerances))
  }

  @Test func measuresAndTheirTolerances() {
    let sound = report([1, 0.8, 0.6, 0.5], best: 4)
    #expect(sound.verdict == ["no sign of burn-in"] && sound.breaches.isEmpty)
    #expect(sound.value(of: .wastedShare) == 0 && sound.value(of: .decline) == 0 && sound.value(of: .forgetting) == nil)
    #expect(abs((sound.value(of: .gap) ?? 0) - 0.2) < 1e-12)
    // Of few rows nothing is told that may be chance.
    #expect(report([1, 0.5, 0.6, 0.8, 1], best: 2, train: 0.1, ece: 0.2, dead: 4, rows: 99).verdict == ["4 of 8 hidden units are dead"])
    let burnt = report(
      [1, 0.5, 0.6, 0.8, 1], best: 2, train: 0.1, ece: 0.2, dead: 4, tolerances: [.wastedShare: 0.6, .decline: 0.99, .deadUnits: 0.2])
    #expect(burnt.value(of: .wastedShare) == 0.6 && burnt.value(of: .decline) == 1)
    #expect(
      burnt.breaches == [
        "guard: decline is 1, more than the tolerance of 0.99", "guard: dead_units is 0.5, more than the tolerance of 0.2",
      ])
    #expect(
      burnt.verdict == [
        "trained 150 % longer than useful: validation.loss was 0.5 at step 20 and is 1 at step 50",
        "overfitted: the loss is 0.1 on the training rows and 0.5 on the validation rows",
        "badly calibrated: confidence and accuracy differ by 0.2 on the validation rows (ece)", "4 of 8 hidden units are dead",
      ])
  }

  @Test func whatWasNotMeasuredIsNotMet() {
    #expect(
      report([1, 0.5], best: 2, tolerances: [.forgetting: 1, .gap: 1]).breaches == [
        "guard: forgetting could not be measured, so that its tolerance of 1 is not met"
      ])
  }

  @Test func aRemedyIsNamed() {
    #expect(
      report([1, 0.5], best: 2, ece: 0.11, remedy: (1.6, 0.02)).verdict == [
        "over-confident: confidence and accuracy differ by 0.11 on the validation rows (ece); temperature 1.6 would leave 0.02 (\"calibrate\": true)"
      ])
    #expect(report([1, 0.5], best: 2, ece: 0.11, remedy: (0.6, 0.02)).verdict.first?.hasPrefix("under-confident: ") == true)
  }

  @Test func theStateIsAll() throws {
    var ledger = Ledger(monitor: "validation.accuracy", better: .higher)
    for step in 1...5 {
      ledger.observe(step: step, [0.5, 0.9, .nan, 0.8, 0.7][step - 1], [("a", Double(step)), ("b", 1)])
      ledger.observe(recalls: [("x", 1 / Double(step))])
      ledger.note("dropout", step < 3 ? 0 : 0.05 * Double(step), step: step)
    }
    #expect(ledger.best?.step == 2 && ledger.last?.step == 5)
    #expect(abs((ledger.decline ?? 0) - 0.2 / 0.9) < 1e-12)
    #expect(ledger.changeCount == 3 && ledger.changes.map(\.step) == [3, 4, 5])
    var other = Ledger(monitor: "validation.accuracy", better: .higher)
    try other.restore(ledger.state)
    #expect(other.state == ledger.state && other.decline == ledger.decline && other.changes == ledger.changes)
    #expect(throws: MalformedState.self) { try other.restore([:]) }
  }
}
