import TemperJSON
import Testing

@testable import TemperSearch

/// Shares of Optuna's evaluators on the same random trials.
@Suite struct ImportanceTests {
  private func trials(_ table: JSON, _ space: SearchSpace) throws -> [Trial] {
    try #require(table["trials"]?.array).enumerated().map { number, trial in
      let fields = try #require(trial.array)
      let parameters = Dictionary(uniqueKeysWithValues: (fields[0].members ?? []).map { ($0.name, $0.value.double) })
      return Trial(number: number, state: .complete, parameters: parameters, values: [fields[1].double])
    }
  }

  @Test(arguments: [("ped_anova", 1e-9), ("fanova", 0.05)]) func sharesAreOptunas(method: String, tolerance: Double) throws {
    let space = try Golden.space()
    let importance: any Importance = method == "fanova" ? FanovaImportance(seed: 0) : PedAnovaImportance()
    for table in try Golden.array("importance") {
      let direction = try #require(table["direction"]?.string.flatMap(Direction.init))
      let shares = importance.shares(in: space, of: try trials(table, space), directions: [direction], objective: 0)
      let expected = try #require(table[method]?.members)
      #expect(shares.count == expected.count && abs(shares.reduce(0) { $0 + $1.share } - 1) < 1e-12)
      for (own, next) in zip(shares, shares.dropFirst()) { #expect(own.share >= next.share) }
      for member in expected {
        let share = try #require(shares.first { $0.name == member.name }).share
        #expect(abs(share - member.value.double) < tolerance, "\(method) \(member.name) \(share) \(member.value.double)")
      }
    }
  }

  @Test func nothingToTellGivesEqualShares() throws {
    let space = try Golden.space()
    for importance in [PedAnovaImportance(), FanovaImportance(seed: 1)] as [any Importance] {
      let shares = importance.shares(in: space, of: [], directions: [.minimize], objective: 0)
      #expect(shares.map(\.name) == space.parameters.map(\.name) && shares.allSatisfy { abs($0.share - 1.0 / 7) < 1e-15 })
    }
  }

  @Test func aForestIsAFunctionOfItsSeed() throws {
    let table = try Golden.array("importance")[0]
    func shares(_ seed: UInt64) throws -> [Double] {
      let space = try Golden.space()
      return FanovaImportance(seed: seed, trees: 4).shares(in: space, of: try trials(table, space), directions: [.minimize]).map(\.share)
    }
    #expect(try shares(3) == shares(3))
    #expect(try shares(3) != shares(4))
  }
}
