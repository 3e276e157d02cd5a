import Glibc
import TemperCore
import TemperJSON
import TemperMetrics
import Testing

@testable import TemperSearch

@Suite struct GPTests {
  @Test func theExpectedImprovement() throws {
    for table in try Golden.array("log_expected_improvement") {
      let row = table.numbers
      let own = Acquisition.logExpectedImprovement(mean: row[0], deviation: row[1], best: row[2])
      #expect(abs(own - row[3]) < 1e-9 * (1 + abs(row[3])), "\(row)")
    }
    // SciPy, for a maximum with a margin of 0.01: mean 1, deviation 0.5, best 0.8.
    #expect(abs(exp(Acquisition.logExpectedImprovement(mean: -1, deviation: 0.5, best: -0.81)) - 0.3087021252403239) < 1e-14)
  }

  @Test func quantilesInvertTheNormalDistribution() {
    for p in [1e-300, 1e-20, 1e-5, 0.1, 0.4999, 0.5, 0.6, 0.999] { #expect(abs(Normal.below(Normal.quantile(p)) / p - 1) < 1e-9) }
    for (a, b) in [(-1.0, 2.0), (3, 4), (-9, -7), (0, 0.1)] {
      let z = Normal.truncatedQuantile(0.25, a, b)
      #expect(abs(Normal.logMass(a, z) - Normal.logMass(a, b) - log(0.25)) < 1e-6)
    }
  }

  private func sample(_ count: Int, _ axes: Int) -> [[Double]] {
    var random = RandomStreams(seed: 4).sequence("points")
    return (0..<count).map { _ in (0..<axes).map { $0 == 1 ? Double(random.below(3)) : random.uniform() } }
  }

  @Test func aFactorSolvesAndInverts() throws {
    let count = 7
    let rows = sample(count, 9)
    let matrix = rows.flatMap { row in rows.map { dot(row, $0) + (row == $0 ? 0.5 : 0) } }
    let factor = try #require(Cholesky(matrix, count: count))
    let b = rows.map { $0[0] }
    let x = factor.solveUpper(factor.solveLower(b))
    for i in 0..<count { #expect(abs(dot(Array(matrix[(i * count)..<(i * count + count)]), x) - b[i]) < 1e-12) }
    let inverse = factor.inverse()
    for i in 0..<count {
      let row = (0..<count).map { j in j <= i ? inverse[i * count + j] : inverse[j * count + i] }
      #expect(abs(dot(row, b) - x[i]) < 1e-12)
    }
    #expect(Cholesky([1, 0, 2, 1], count: 2) == nil)
  }

  @Test func gradientsAreThoseOfDifferences() {
    let points = sample(12, 3)
    let isChoice = [false, true, false]
    let values = points.map { sin(6 * $0[0]) + 0.3 * $0[1] + $0[2] }
    let fit = KernelFit(points, values, isChoice)
    let logs = [0.4, -0.3, 1.1, 0.2, -4]
    let (_, gradient) = fit.loss(logs)
    func derivative(_ x: [Double], _ axis: Int, _ f: ([Double]) -> Double) -> Double {
      var (up, down) = (x, x)
      up[axis] += 1e-5
      down[axis] -= 1e-5
      return (f(up) - f(down)) / 2e-5
    }
    for axis in logs.indices { #expect(abs(derivative(logs, axis) { fit.loss($0).0 } - gradient[axis]) < 1e-6 * (1 + abs(gradient[axis]))) }

    let kernel = MaternKernel(weights: [2, 0.5, 1], scale: 1.2, noise: 1e-3)
    let process = GaussianProcess(kernel, points, values, isChoice)
    let acquisition = Acquisition(objective: process, best: -1.5, constraints: [(process: process, limit: 0.3)])
    let place = [0.31, 1, 0.62]
    let (value, slope) = acquisition.gradient(place)
    #expect(abs(value - acquisition.value(place)) < 1e-12 && slope[1] == 0)
    for axis in [0, 2] { #expect(abs(derivative(place, axis, acquisition.value) - slope[axis]) < 1e-5 * (1 + abs(slope[axis]))) }
  }

  @Test func aProcessGoesThroughItsPoints() {
    let points = sample(10, 3)
    let values = points.map { $0[0] - $0[1] }
    let process = GaussianProcess(MaternKernel(weights: [4, 1, 1], scale: 1, noise: 1e-8), points, values, [false, true, false])
    for (point, value) in zip(points, values) {
      let (mean, variance) = process.posterior(point)
      #expect(abs(mean - value) < 1e-5 && variance < 1e-6)
    }
    #expect(abs(process.posterior([0.5, 7, 0.5]).variance - 1) < 0.9)
    let believing = process.believing([[0.5, 1, 0.5]])
    #expect(
      believing.posterior([0.5, 1, 0.5]).variance < 1e-6
        && abs(believing.posterior([0.2, 1, 0.2]).mean - process.posterior([0.2, 1, 0.2]).mean) < 1e-4)
  }

  @Test func aBoxIsNotLeft() {
    let search = BoxLBFGS(low: [-1, -1], high: [2, 0.5], steps: 200, tolerance: 1e-14)
    // Rosenbrock's function, whose minimum (1, 1) is outside: on the edge it is at the root of x^2 = 0.5 or near it.
    let found = search.minimize([-0.8, 0.3]) { x in
      let (a, b) = (1 - x[0], x[1] - x[0] * x[0])
      return (a * a + 100 * b * b, [-2 * a - 400 * x[0] * b, 200 * b])
    }
    #expect(found.point[1] == 0.5 && abs(found.point[0] - 0.7084) < 1e-3 && found.value < 0.086)
  }

  /// Ints, choices and a constraint: the best is at (0.3, 7, b) without it, and x above 0.5 is asked for.
  @Test func mixedParametersWithAConstraint() throws {
    let space = SearchSpace([
      .init("x", .float(low: 0, high: 1, isLog: false, step: nil)), .init("n", .int(low: 1, high: 40, isLog: false, step: 1)),
      .init("k", .categorical(["a", "b", "c"])), .init("one", .int(low: 4, high: 4, isLog: false, step: 1)),
    ])
    let sampler = try GPSampler(space, directions: [.maximize], seed: 0)
    var trials: [Trial] = []
    for number in 0..<30 {
      let parameters = try #require(sampler.parameters(of: number, after: trials))
      let (x, n, k) = (try #require(parameters["x"]), try #require(parameters["n"]), try #require(parameters["k"]))
      #expect(parameters["one"] == 4 && n == n.rounded())
      let loss = (x - 0.3) * (x - 0.3) + (n - 7) * (n - 7) / 400 + (k == 1 ? 0 : 0.5)
      trials.append(Trial(number: number, state: .complete, parameters: parameters, values: [-loss], constraints: [0.5 - x]))
    }
    let best = try #require(trials.best(.maximize))
    #expect(best.parameters["k"] == 1 && abs((best.parameters["n"] ?? 0) - 7) <= 1 && abs((best.parameters["x"] ?? 0) - 0.5) < 0.05)
    let again = try GPSampler(space, directions: [.maximize], seed: 0).parameters(of: 29, after: Array(trials.prefix(29)))
    #expect(again == trials[29].parameters)
    let running = Trial(number: 30, state: .running, parameters: trials[29].parameters)
    let proposal = try #require(sampler.parameters(of: 31, after: trials))
    #expect(sampler.parameters(of: 31, after: trials + [Trial(number: 30, state: .running, parameters: proposal)]) != proposal)
    #expect(sampler.parameters(of: 31, after: trials + [running]) != nil)
  }

  @Test func whatItCannotDoIsAnError() {
    let space = SearchSpace([
      .init("a", .categorical([1, 2])), .init("b", .float(low: 0, high: 1, isLog: false, step: nil), when: .init("a", isOneOf: [0])),
    ])
    #expect(throws: SearchError.severalObjectives(sampler: "gp")) {
      try GPSampler(SearchSpace([]), directions: [.minimize, .minimize], seed: 0)
    }
    #expect(throws: SearchError.conditionalParameter(sampler: "gp", parameter: "b")) {
      try GPSampler(space, directions: [.minimize], seed: 0)
    }
  }
}
