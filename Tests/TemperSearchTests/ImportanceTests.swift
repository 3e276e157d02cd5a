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

  @Test func divergencesAreOptunas() throws {
    for table in try Golden.array("importance") {
      try compare(table, "ped_anova", Golden.space(), [PedAnovaImportance()], tolerance: 1e-9)
    }
  }

  /// The mean of five forests of either, which deviate by up to 0.06 from each other. Optuna's take each choice for a number from 0 to 1 of its
  /// own, with combinations that do not exist.
  @Test func forestsAgreeWithOptunas() throws {
    let space = try Golden.space()
    let forests = (0..<5).map { FanovaImportance(seed: $0) }
    for table in try Golden.array("importance") {
      try compare(table, "fanova_numeric", SearchSpace(space.parameters.filter { $0.name != "kind" }), forests, tolerance: 0.05)
      try compare(table, "fanova", space, forests, tolerance: 0.1)
    }
  }

  private func compare(_ table: JSON, _ method: String, _ space: SearchSpace, _ importances: [any Importance], tolerance: Double) throws {
    let direction = try #require(table["direction"]?.string.flatMap(Direction.init))
    let expected = try #require(table[method]?.members)
    var means: [String: Double] = [:]
    for importance in importances {
      let shares = importance.shares(in: space, of: try trials(table, space), directions: [direction], objective: 0)
      #expect(shares.count == expected.count && abs(shares.reduce(0) { $0 + $1.share } - 1) < 1e-12)
      for (own, next) in zip(shares, shares.dropFirst()) { #expect(own.share >= next.share) }
      for share in shares { means[share.name, default: 0] += share.share / Double(importances.count) }
    }
    for member in expected {
      let mean = try #require(means[member.name])
      #expect(abs(mean - member.value.double) < tolerance, "\(method) \(member.name): \(mean), not \(member.value.double)")
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

  /// After a range was narrowed, trials beyond it do not count.
  @Test func trialsOutOfRangeDoNotCount() throws {
    let table = try Golden.array("importance")[1]
    let space = try Golden.space()
    let own = try trials(table, space)
    var stray = own[0]
    stray.parameters["kind"] = 9
    stray.parameters["rate"] = -1
    for importance in [PedAnovaImportance(), FanovaImportance(seed: 1, trees: 4)] as [any Importance] {
      let shares = [own, own + [stray]].map { importance.shares(in: space, of: $0, directions: [.minimize], objective: 0) }
      #expect(shares[0].map(\.name) == shares[1].map(\.name) && shares[0].map(\.share) == shares[1].map(\.share))
    }
  }
}
