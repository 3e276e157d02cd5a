import TemperCore
import TemperJSON
import Testing

@testable import TemperSearch

@Suite struct DistributionTests {
  @Test func highIsLoweredToTheLastValue() {
    #expect(Distribution.int(low: 8, high: 64, isLog: false, step: 10).snapped == .int(low: 8, high: 58, isLog: false, step: 10))
    #expect(Distribution.float(low: 0, high: 1, isLog: false, step: 0.3).snapped == .float(low: 0, high: 0.9, isLog: false, step: 0.3))
    #expect(
      Distribution.float(low: 0.1, high: 0.9, isLog: false, step: 0.2).snapped == .float(low: 0.1, high: 0.9, isLog: false, step: 0.2))
    #expect(Distribution.float(low: 0, high: 1e-3, isLog: false, step: 1e-4).count == 11)
  }

  /// `distribution_to_json` of Optuna, members in any order.
  @Test func theJSONIsOptunas() throws {
    let made: [String: Distribution] = [
      "rate": .float(low: 1e-5, high: 0.1, isLog: true, step: nil), "dropout": .float(low: 0, high: 0.9, isLog: false, step: nil),
      "momentum": .float(low: 0, high: 1, isLog: false, step: 0.3), "layers": .int(low: 1, high: 8, isLog: false, step: 1),
      "width": .int(low: 8, high: 64, isLog: false, step: 10), "batch": .int(low: 4, high: 300, isLog: true, step: 1),
      "kind": .categorical(["a", "b", "c"]),
    ]
    let expected = try #require(Golden.json("distributions").members)
    #expect(expected.count == made.count)
    for member in expected {
      let own = try #require(made[member.name]).optunaJSON
      #expect(own["name"] == member.value["name"])
      let (attributes, theirs) = (try #require(own["attributes"]?.members), try #require(member.value["attributes"]))
      #expect(attributes.count == theirs.members?.count)
      for attribute in attributes { #expect(theirs[attribute.name] == attribute.value, "\(member.name).\(attribute.name)") }
      #expect(try Distribution(optunaJSON: member.value) == made[member.name]?.snapped)
    }
  }

  @Test func choicesOfAnyKindComeBack() throws {
    let choices = Distribution.categorical(["relu", .null, 3, true, 0.5, [64, 32], ["depth": 2], "[open"])
    #expect(choices.optunaJSON["attributes"]?["choices"]?.array?[5] == "[64,32]")
    #expect(try Distribution(optunaJSON: choices.optunaJSON) == choices)
    #expect(choices.json(of: 5) == [64, 32] && choices.stored(["depth": 2]) == 6 && choices.json(of: 9) == nil)
    #expect(choices.stored("[64,32]") == 5 && choices.stored("[open") == 7 && choices.stored("[32]") == nil)
    for text in ["{}", #"{"name":"IntDistribution","attributes":{"low":3,"high":1}}"#, #"{"name":"Other","attributes":{}}"#] {
      let json = try JSON.parse(text, path: "text")
      #expect(throws: SearchError.notADistribution(json.serialized())) { try Distribution(optunaJSON: json) }
    }
  }

  @Test func storedNumbersAreJSONAndBack() {
    let width = Distribution.int(low: 8, high: 64, isLog: false, step: 10)
    #expect(width.json(of: 18) == .integer(18) && width.stored(18) == 18 && width.stored(19) == nil && width.json(of: 18.5) == nil)
    #expect(!width.contains(64) && !width.contains(7) && !width.contains(.nan))
    let rate = Distribution.float(low: 0.1, high: 0.5, isLog: true, step: nil)
    #expect(rate.contains(0.1) && rate.contains(0.5) && !rate.contains(0.51) && rate.json(of: 0.25) == 0.25)
    let stepped = Distribution.float(low: 0, high: 1, isLog: false, step: 0.3)
    #expect(stepped.contains(0.9) && stepped.contains(3 * 0.3) && !stepped.contains(1) && !stepped.contains(0.45))
    #expect((0..<4).map(stepped.stepped) == [0, 0.3, 0.6, 0.9])
  }

  @Test func theUnitIntervalGivesEveryValueItsShare() throws {
    for distribution in try Golden.space().parameters.map(\.distribution) {
      var counts: [Double: Int] = [:]
      for place in 0..<12_000 {
        let value = distribution.value(atUnit: (Double(place) + 0.5) / 12_000)
        #expect(distribution.contains(value))
        counts[value, default: 0] += 1
        #expect(abs(distribution.value(atUnit: distribution.unit(of: value)) - value) <= 1e-12 * abs(value))
      }
      if case .int(let low, let high, true, _) = distribution {
        #expect(counts.count == high - low + 1 && counts[Double(low)] ?? 0 > 20 * (counts[Double(high)] ?? 0))
      } else if let count = distribution.count {
        #expect(counts.count == count && counts.values.allSatisfy { abs($0 - 12_000 / count) <= 1 })
      }
    }
    var random = RandomStreams(seed: 0).sequence("prior")
    let drawn = (0..<4000).map { _ in Distribution.float(low: 1e-4, high: 1, isLog: true, step: nil).sample(&random) }
    #expect(abs(drawn.count { $0 < 1e-3 } - 1000) < 110)
    #expect(abs(Distribution.float(low: 1e-4, high: 1, isLog: true, step: nil).value(atUnit: 0.5) - 0.01) < 1e-15)
  }

  @Test func problemsAreNamed() {
    let wrong: [Distribution] = [
      .float(low: 1, high: 0, isLog: false, step: nil), .float(low: 0, high: 1, isLog: true, step: nil),
      .float(low: 1, high: 2, isLog: true, step: 0.1), .float(low: 0, high: 1, isLog: false, step: 0),
      .float(low: 0, high: .infinity, isLog: false, step: nil), .int(low: 2, high: 1, isLog: false, step: 1),
      .int(low: 0, high: 3, isLog: true, step: 1), .int(low: 1, high: 9, isLog: true, step: 2),
      .int(low: 1, high: 9, isLog: false, step: 0),
      .categorical([]), .categorical([1, 2, 1.0]),
    ]
    #expect(wrong.allSatisfy { $0.problem != nil } && Set(wrong.compactMap(\.problem)).count == 10)
    #expect(Distribution.categorical([1]).problem == nil && Distribution.categorical([1]).isSingle)
  }

  @Test func conditionsDecideWhatIsPartOfATrial() {
    let space = SearchSpace([
      .init("optimizer", .categorical(["sgd", "adam", "lion"])),
      .init("momentum", .float(low: 0, high: 1, isLog: false, step: nil), when: .init("optimizer", isOneOf: [0])),
      .init("beta", .categorical([0.9, 0.99]), when: .init("optimizer", isOneOf: [1, 2])),
      .init("amsgrad", .categorical([true, false]), when: .init("beta", isOneOf: [1])),
    ])
    #expect(Set(space.values { $0.name == "optimizer" ? 0 : 1 }.keys) == ["optimizer", "momentum"])
    #expect(Set(space.values { _ in 1 }.keys) == ["optimizer", "beta", "amsgrad"])
    #expect(Set(space.values { $0.name == "beta" ? 0 : 2 }.keys) == ["optimizer", "beta"])
    #expect(space.groups.map { $0.map(\.name) } == [["optimizer"], ["momentum"], ["beta"], ["amsgrad"]])
  }
}
