import TemperJSON
import Testing

@testable import TemperSearch

/// Decisions of Optuna's pruners on random reports, three trials at a time.
@Suite struct PrunerTests {
  private func pruner(_ name: String, _ direction: Direction) -> any Pruner {
    switch name {
    case "median": MedianPruner(direction)
    case "median_interval": MedianPruner(direction, startupTrials: 2, warmupSteps: 3, interval: 4)
    case "halving": SuccessiveHalvingPruner(direction)
    case "halving_two": SuccessiveHalvingPruner(direction, minResource: 2, reductionFactor: 2, minEarlyStoppingRate: 1)
    case "hyperband": HyperbandPruner(direction, name: "study", maxResource: 20)
    default: WilcoxonPruner(direction)
    }
  }

  @Test func decisionsAreOptunas() throws {
    let cases = try Golden.array("pruning")
    #expect(cases.count == 12)
    for table in cases {
      let name = try #require(table["pruner"]?.string)
      let direction = try #require(table["direction"]?.string.flatMap(Direction.init))
      let pruner = pruner(name, direction)
      var trials: [Trial] = []
      var pruned = 0
      for event in try #require(table["events"]?.array) {
        let fields = try #require(event.array)
        let (number, step) = (try #require(fields[0].integer), try #require(fields[1].integer))
        if number == trials.count { trials.append(Trial(number: number, state: .running, parameters: [:])) }
        let value = fields[2].string == "inf" ? Double.infinity : fields[2].double
        trials[number].reports.append(.init(step: step, value: value))
        let expected = try #require(fields[3].bool as Bool?)
        #expect(pruner.isHopeless(trials[number], among: trials) == expected, "\(name) \(direction) trial \(number) step \(step)")
        if expected {
          trials[number].state = .pruned
          pruned += 1
        }
        if let final = fields[4].number { (trials[number].state, trials[number].values) = (.complete, [final]) }
      }
      // A table that prunes nothing, or everything, would test little.
      #expect(pruned > 1 && pruned < trials.count, "\(name): \(pruned)")
    }
  }

  @Test func bracketsAreOptunas() throws {
    let pruner = HyperbandPruner(.minimize, name: "study", maxResource: 20)
    #expect((0..<40).map(pruner.bracket) == (try Golden.array("brackets").compactMap(\.integer)))
    #expect(HyperbandPruner(.minimize, name: "a", maxResource: 243).brackets.count == 6)
    #expect(HyperbandPruner.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
  }

  /// As Optuna 5 was seen to do: NaN after a good value prunes nothing, nothing but NaN does.
  @Test func notANumberIsLeftOut() {
    let others = (0..<5).map {
      Trial(number: $0, state: .complete, parameters: [:], values: [1], reports: [.init(step: 0, value: 1), .init(step: 1, value: 1)])
    }
    func decision(_ values: [Double]) -> Bool {
      let reports = values.enumerated().map { Trial.Report(step: $0.offset, value: $0.element) }
      return MedianPruner(.minimize).isHopeless(Trial(number: 5, state: .running, parameters: [:], reports: reports), among: others)
    }
    #expect(!decision([0.5, .nan]) && decision([.nan, .nan]) && decision([2, .nan]) && decision([.infinity]) && !decision([0.5, 9]))
    #expect(!NoPruner().isHopeless(others[0], among: others))
  }

  @Test func trialsWithConstraintsViolatedAreNotTheBest() {
    func trial(_ number: Int, _ values: [Double], _ constraint: Double, _ state: Trial.State = .complete) -> Trial {
      let reports = values.enumerated().map { Trial.Report(step: $0.offset, value: $0.element) }
      let final = state == .complete ? [values.reduce(0, +) / Double(values.count)] : []
      return Trial(number: number, state: state, parameters: [:], values: final, reports: reports, constraints: [constraint])
    }
    let values = [1.0, 2, 3, 4, 5, 6]
    let running = trial(2, values.map { $0 + 1 + 0.1 * $0 }, 0, .running)
    #expect(!WilcoxonPruner(.minimize).isHopeless(running, among: [trial(0, values, 1)]))
    #expect(WilcoxonPruner(.minimize).isHopeless(running, among: [trial(0, values, 0)]))
    #expect(!WilcoxonPruner(.maximize).isHopeless(running, among: [trial(0, values, 0)]))
  }

  /// At step 4 both trials reach the rungs at 1 and 4 at once; the pruned one counts at the first.
  @Test func aPrunedTrialCountsAtOneRungOfAReport() {
    let pruner = SuccessiveHalvingPruner(.minimize)
    func trial(_ number: Int, _ state: Trial.State, _ reports: [(Int, Double)]) -> Trial {
      Trial(number: number, state: state, parameters: [:], reports: reports.map { .init(step: $0.0, value: $0.1) })
    }
    let late = trial(1, .running, [(1, 2), (4, 2)])
    #expect(pruner.isHopeless(late, among: [trial(0, .running, [(4, 1)])]))
    #expect(!pruner.isHopeless(late, among: [trial(0, .pruned, [(4, 1)])]))
    #expect(pruner.isHopeless(trial(1, .running, [(1, 2)]), among: [trial(0, .pruned, [(4, 1)])]))
    #expect(pruner.isHopeless(trial(1, .running, [(1, .nan)]), among: []) && !pruner.isHopeless(trial(1, .running, []), among: []))
    #expect(SuccessiveHalvingPruner(.minimize, bootstrapCount: 2).isHopeless(trial(1, .running, [(1, 0)]), among: [late]))
  }
}
