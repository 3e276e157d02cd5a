import Glibc
import TemperCore
import TemperJSON
import Testing

@testable import TemperSearch

@Suite struct TPETests {
  /// Optuna's estimator on the same observations, in the same order.
  @Test func densitiesAreOptunas() throws {
    let space = try Golden.space()
    var largest = 0.0
    for table in try Golden.array("parzen") {
      let distributions = try #require(table["names"]).strings.map { try #require(space[$0]).distribution }
      let observations = try #require(table["observations"]?.array).map(\.numbers)
      let estimator = ParzenEstimator(observations, distributions)
      let points = try #require(table["points"]?.array).map(\.numbers)
      for (point, expected) in zip(points, try #require(table["logs"]).numbers) {
        let log = estimator.logDensity(at: point)
        largest = max(largest, abs(log - expected) / (1 + abs(expected)))
        #expect(abs(log - expected) < 1e-9 * (1 + abs(expected)), "\(table["names"]?.strings ?? []) \(observations.count) at \(point)")
      }
    }
    #expect(largest < 1e-9 && largest > 0)
  }

  /// Which trials are good, in studies with pruned, failed, running and infeasible ones and up to three objectives.
  @Test func goodTrialsAreOptunas() throws {
    for table in try Golden.array("splits") {
      let directions = try #require(table["directions"]).strings.compactMap(Direction.init)
      let trials = try #require(table["trials"]?.array).enumerated().map { number, json in
        Trial(
          number: number, state: try #require(json["state"]?.string.flatMap(Trial.State.init)), parameters: [:],
          values: json["values"]?.numbers ?? [],
          reports: (json["reports"]?.array ?? []).map { Trial.Report(step: $0.array?[0].integer ?? 0, value: $0.numbers[1]) },
          constraints: json["constraints"]?.numbers ?? [])
      }
      let finished = trials.count { $0.isFinished }
      let split = TrialSplit(trials, directions, count: TPESampler.goodCount(finished, objectives: directions.count))
      #expect(split.below.map(\.number) == table["below"]?.array?.compactMap(\.integer), "\(directions.count) objectives, \(trials.count)")
      #expect(split.below.count + split.above.count == trials.count { $0.isFinished || $0.state == .running })
    }
  }

  /// A histogram of draws against the density's own integrals.
  @Test func drawsFollowTheDensity() throws {
    var random = RandomStreams(seed: 1).sequence("draws")
    let distributions: [Distribution] = [.int(low: 1, high: 8, isLog: false, step: 1), .categorical(["a", "b", "c"])]
    let estimator = ParzenEstimator([[2, 0], [3, 0], [7, 2]], distributions)
    var counts: [[Double]: Double] = [:]
    for _ in 0..<20_000 { counts[estimator.sample(&random), default: 0] += 1 }
    var total = 0.0
    for layers in 1...8 {
      for kind in 0..<3 {
        let share = exp(estimator.logDensity(at: [Double(layers), Double(kind)]))
        total += share
        #expect(abs((counts[[Double(layers), Double(kind)]] ?? 0) / 20_000 - share) < 0.012)
      }
    }
    #expect(abs(total - 1) < 1e-12)
  }

  @Test func aProposalIsAFunctionOfSeedNumberAndTrials() throws {
    let space = try Golden.space()
    let trials = Study(space, seed: 3).trials(30) { $0["dropout"] ?? 0 }
    let sampler = TPESampler(space, directions: [.minimize], seed: 5)
    let proposal = try #require(sampler.parameters(of: 30, after: trials))
    #expect(TPESampler(space, directions: [.minimize], seed: 5).parameters(of: 30, after: trials) == proposal)
    #expect(sampler.parameters(of: 31, after: trials) != proposal)
    #expect(TPESampler(space, directions: [.minimize], seed: 6).parameters(of: 30, after: trials) != proposal)
    // The first ones are random, whatever came before.
    let few = Array(trials.prefix(9))
    #expect(sampler.parameters(of: 9, after: few) == RandomSampler(space, seed: 5).parameters(of: 9, after: few))
    for parameter in space.parameters { #expect(parameter.distribution.contains(try #require(proposal[parameter.name]))) }
  }

  /// With a run at the best place, proposals keep away from it.
  @Test func runningTrialsRepel() {
    let space = SearchSpace([.init("x", .float(low: 0, high: 1, isLog: false, step: nil))])
    let trials = Study(space, seed: 0).trials(40) { ($0["x"] ?? 0) * ($0["x"] ?? 0) }
    let running = (0..<12).map { Trial(number: 40 + $0, state: .running, parameters: ["x": 0.005 * Double($0)]) }
    func mean(_ trials: [Trial]) -> Double {
      let drawn = (60..<90).map { TPESampler(space, directions: [.minimize], seed: 1).parameters(of: $0, after: trials)?["x"] ?? 9 }
      return drawn.reduce(0, +) / 30
    }
    #expect(mean(trials + running) > mean(trials) + 0.01)
  }

  @Test func conditionalParametersHaveDensitiesOfTheirOwn() throws {
    let space = SearchSpace([
      .init("kind", .categorical(["a", "b"])),
      .init("x", .float(low: 0, high: 1, isLog: false, step: nil), when: .init("kind", isOneOf: [0])),
      .init("y", .float(low: 0, high: 1, isLog: false, step: nil), when: .init("kind", isOneOf: [1])),
    ])
    // Of kind b, y near 0.7 is best; kind a is always worse.
    let study = Study(space, seed: 2)
    let trials = study.trials(60, sampler: TPESampler(space, directions: [.minimize], seed: 2)) { parameters in
      parameters["y"].map { ($0 - 0.7) * ($0 - 0.7) } ?? 1 + (parameters["x"] ?? 0)
    }
    for trial in trials { #expect((trial.parameters["x"] == nil) == (trial.parameters["kind"] == 1) && trial.parameters.count == 2) }
    let late = trials.suffix(20)
    #expect(late.count { $0.parameters["kind"] == 1 } >= 14)
    #expect(try abs(#require(trials.best(.minimize)?.parameters["y"]) - 0.7) < 0.05)
  }

  @Test func severalObjectivesAndConstraints() throws {
    let space = SearchSpace(["x", "y"].map { .init($0, .float(low: 0, high: 1, isLog: false, step: nil)) })
    let directions: [Direction] = [.minimize, .maximize]
    var trials: [Trial] = []
    let sampler = TPESampler(space, directions: directions, seed: 1)
    for number in 0..<80 {
      let parameters = try #require(sampler.parameters(of: number, after: trials))
      let (x, y) = (try #require(parameters["x"]), try #require(parameters["y"]))
      // On the front y is 0.2, whatever x; x below 0.5 is not allowed.
      let offset = (y - 0.2) * (y - 0.2)
      trials.append(
        Trial(number: number, state: .complete, parameters: parameters, values: [x + offset, x - offset], constraints: [0.5 - x]))
    }
    let late = trials.suffix(30)
    let (early, mean) = (
      trials.prefix(10), { (trials: ArraySlice<Trial>) in trials.reduce(0) { $0 + abs(($1.parameters["y"] ?? 9) - 0.2) } }
    )
    #expect(mean(late) / 30 < 0.6 * mean(early) / 10)
    #expect(late.count { $0.isFeasible } >= 22)
  }

  @Test func weightsRampUp() {
    #expect(ParzenEstimator.weights(3) == [1, 1, 1] && ParzenEstimator.weights(25).allSatisfy { $0 == 1 })
    let weights = ParzenEstimator.weights(29)
    #expect(weights[0] == 1.0 / 29 && weights[3] == 1 && weights.suffix(25).allSatisfy { $0 == 1 } && weights[1] > weights[0])
    #expect(abs(weights[1] - (1.0 / 29 + 28.0 / 29 / 3)) < 1e-15)
  }
}
