import TemperCore
import TemperJSON
import Testing

@testable import TemperSearch

@Suite struct SamplerTests {
  /// `scipy.stats.qmc.Sobol(64, scramble=False)`.
  @Test func theSobolSequenceIsSciPys() throws {
    let sequence = try SobolSequence(dimensions: 64)
    for (index, expected) in zip([0, 1, 2, 3, 7, 12, 21, 31], try Golden.array("sobol")) { #expect(sequence(index) == expected.numbers) }
    #expect(throws: SearchError.tooManyParameters(count: 65, limit: 64)) { try SobolSequence(dimensions: 65) }
  }

  /// Scrambled, it is still a net: of 64 points, one in each interval of 1/64 of each dimension, and in each box of 1/8 by 1/8 of the first two.
  @Test func scramblingKeepsTheNet() throws {
    for seed in 0..<4 as Range<UInt64> {
      let sequence = try SobolSequence(dimensions: 5, random: RandomStreams(seed: seed).sequence("test"))
      let points = (0..<64).map { sequence($0) }
      for dimension in 0..<5 { #expect(Set(points.map { Int($0[dimension] * 64) }).count == 64) }
      #expect(Set(points.map { Int($0[0] * 8) * 8 + Int($0[1] * 8) }).count == 64)
      #expect(points[0].allSatisfy { $0 != 0 })
    }
  }

  @Test func quasiRandomTrialsCoverTheSpace() throws {
    let space = try Golden.space()
    let sampler = try QuasiRandomSampler(space, seed: 7)
    let points = (0..<64).compactMap { sampler.parameters(of: $0, after: []) }
    #expect(points.allSatisfy { point in space.parameters.allSatisfy { $0.distribution.contains(point[$0.name] ?? .nan) } })
    let kinds = (0..<3).map { kind in points.count { $0["kind"] == Double(kind) } }
    #expect(kinds.allSatisfy { $0 >= 21 && $0 <= 22 })
    #expect(try QuasiRandomSampler(space, seed: 7).parameters(of: 63, after: []) == points[63])
    #expect(try QuasiRandomSampler(space, seed: 8).parameters(of: 63, after: []) != points[63])
  }

  @Test func randomTrialsFollowThePrior() throws {
    let sampler = RandomSampler(try Golden.space(), seed: 0)
    let points = (0..<2000).compactMap { sampler.parameters(of: $0, after: []) }
    #expect(abs(points.count { $0["rate"] ?? 1 < 1e-3 } - 1000) < 90 && abs(points.count { $0["kind"] == 2 } - 667) < 90)
    #expect(abs(points.count { $0["momentum"] == 0.9 } - 500) < 80)
    #expect(sampler.parameters(of: 5, after: [Trial(number: 0, state: .complete, parameters: [:], values: [1])]) == points[5])
  }

  /// scikit-learn: list(ParameterGrid({"b": [1, 2], "a": ["x", "y"], "c": [0.0, 0.5]})).
  @Test func aGridHasTheOrderOfScikitLearn() throws {
    let space = SearchSpace([
      .init("b", .int(low: 1, high: 2, isLog: false, step: 1)), .init("a", .categorical(["x", "y"])),
      .init("c", .float(low: 0, high: 0.9, isLog: false, step: 0.5)),
    ])
    let grid = try GridSampler(space)
    let expected: [[Double]] = [[0, 1, 0], [0, 1, 0.5], [0, 2, 0], [0, 2, 0.5], [1, 1, 0], [1, 1, 0.5], [1, 2, 0], [1, 2, 0.5]]
    for (number, point) in expected.enumerated() {
      #expect(grid.parameters(of: number, after: []) == ["a": point[0], "b": point[1], "c": point[2]])
    }
    #expect(grid.parameters(of: 8, after: []) == nil)
  }

  @Test func aGridSkipsWhatConditionsExclude() throws {
    let space = SearchSpace([
      .init("z", .categorical(["sgd", "adam"])),
      .init("a", .categorical([0.8, 0.9, 0.95]), when: .init("z", isOneOf: [0])), .init("m", .int(low: 1, high: 2, isLog: false, step: 1)),
    ])
    let grid = try GridSampler(space)
    // Three with sgd and one with adam, each with two m; those with adam stand where a would be the first.
    #expect(grid.points.count == 8 && Set(grid.points).count == 8)
    #expect(grid.points.prefix(4) == [["a": 0, "m": 1, "z": 0], ["m": 1, "z": 1], ["a": 0, "m": 2, "z": 0], ["m": 2, "z": 1]])
  }

  @Test func whatIsNoGridIsAnError() {
    let rate = SearchSpace.Parameter("rate", .float(low: 1e-4, high: 1, isLog: true, step: nil))
    #expect(throws: SearchError.notEnumerable(parameter: "rate")) { try GridSampler(SearchSpace([rate])) }
    let wide = ["a", "b"].map { SearchSpace.Parameter($0, .int(low: 1, high: 1000, isLog: false, step: 1)) }
    #expect(throws: SearchError.gridTooLarge(limit: 100_000)) { try GridSampler(SearchSpace(wide)) }
    let messages: [SearchError] = [
      .notEnumerable(parameter: "rate"), .gridTooLarge(limit: 7), .tooManyParameters(count: 65, limit: 64),
      .severalObjectives(sampler: "gp"),
      .conditionalParameter(sampler: "gp", parameter: "rate"), .notADistribution("{}"),
    ]
    #expect(Set(messages.map(\.description)).count == 6 && messages.allSatisfy { !$0.description.hasSuffix(".") })
  }
}
