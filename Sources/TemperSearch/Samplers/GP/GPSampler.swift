import TemperCore

/// Bayesian optimization with a Gaussian process (Snoek et al. 2012): Matern-5/2 covariance, expected improvement, for one objective.
///
/// Trials that violate constraints, and running ones at the values expected of them, count; pruned ones do not. It takes a scrambled Sobol
/// sequence until 10 trials are complete. Time grows with the cube of the number of trials.
public struct GPSampler: Sampler {
  private let space: SearchSpace
  private let direction: Direction
  private let streams: RandomStreams
  private let start: any Sampler
  /// The number of complete trials before the first proposal from a process.
  public let startupTrials: Int
  /// The number of points at which the acquisition is computed before it is climbed.
  private let candidateCount = 1024

  /// A sampler of `space` for one objective.
  ///
  /// - Throws: ``SearchError/severalObjectives(sampler:)``, ``SearchError/conditionalParameter(sampler:parameter:)``.
  public init(_ space: SearchSpace, directions: [Direction], seed: UInt64, startupTrials: Int = 10) throws(SearchError) {
    guard directions.count == 1 else { throw .severalObjectives(sampler: "gp") }
    if let parameter = space.parameters.first(where: { $0.condition != nil }) {
      throw .conditionalParameter(sampler: "gp", parameter: parameter.name)
    }
    (self.space, direction, streams, self.startupTrials) = (space, directions[0], RandomStreams(seed: seed), max(1, startupTrials))
    if let sobol = try? QuasiRandomSampler(space, seed: seed) { start = sobol } else { start = RandomSampler(space, seed: seed) }
  }

  /// The parameters of trial `number`.
  public func parameters(of number: Int, after trials: [Trial]) -> [String: Double]? {
    let open = space.parameters.filter { !$0.distribution.isSingle }
    let complete = trials.filter { $0.number != number && $0.state == .complete && $0.values(of: open) != nil }
    guard complete.count >= startupTrials, !open.isEmpty else { return start.parameters(of: number, after: trials) }
    let running = trials.filter { $0.number != number && $0.state == .running }.compactMap { $0.values(of: open) }
    let distributions = open.map(\.distribution)
    let search = AcquisitionSearch(distributions: distributions, acquisition: acquisition(complete, running, open))
    let incumbent = complete.best(direction).flatMap { $0.values(of: open) }
    let best = search.best(candidates(distributions, number), from: incumbent.map { [$0] } ?? [])
    let proposal = Dictionary(zip(open.map(\.name), best)) { first, _ in first }
    return space.values { proposal[$0.name] ?? $0.distribution.value(atUnit: 0) }
  }

  private func acquisition(_ complete: [Trial], _ running: [[Double]], _ open: [SearchSpace.Parameter]) -> Acquisition {
    func coordinates(_ values: [Double]) -> [Double] { zip(values, open).map { AcquisitionSearch.coordinate($0, $1.distribution) } }
    let points = complete.compactMap { $0.values(of: open) }.map(coordinates)
    let pending = running.map(coordinates)
    let isChoice = open.map { if case .categorical = $0.distribution { true } else { false } }
    func process(_ values: [Double]) -> GaussianProcess {
      GaussianProcess(KernelFit(points, values, isChoice).kernel(), points, values, isChoice).believing(pending)
    }
    let losses = Standardized(complete.map { direction.loss($0.values[0]) })
    let feasible = complete.indices.filter { complete[$0].isFeasible }
    let best = feasible.map { losses.values[$0] }.min()
    let constraints = (0..<(complete.map(\.constraints.count).max() ?? 0)).map { index in
      let values = Standardized(complete.map { $0.constraints.indices.contains(index) ? $0.constraints[index] : 0 })
      return (process: process(values.values), limit: values.place(of: 0))
    }
    return Acquisition(objective: best == nil ? nil : process(losses.values), best: best ?? 0, constraints: constraints)
  }

  private func candidates(_ distributions: [Distribution], _ number: Int) -> [[Double]] {
    var random = streams.sequence("search.gp", number)
    let sobol = try? SobolSequence(dimensions: distributions.count, random: random)
    return (0..<candidateCount).map { index in
      let units = sobol.map { $0(index) } ?? distributions.map { _ in random.uniform() }
      return zip(distributions, units).map { $0.value(atUnit: $1) }
    }
  }
}

/// Numbers with mean 0 and deviation 1; infinite ones count as the largest or smallest finite one.
struct Standardized {
  let values: [Double]
  private let mean: Double
  private let deviation: Double

  init(_ raw: [Double]) {
    let finite = raw.filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 0)
    let clipped = raw.map { $0.isNaN ? high : min(max($0, low), high) }
    let mean = clipped.reduce(0, +) / Double(max(clipped.count, 1))
    let variance = clipped.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(clipped.count, 1))
    let deviation = variance > 0 ? variance.squareRoot() : 1
    (values, self.mean, self.deviation) = (clipped.map { ($0 - mean) / deviation }, mean, deviation)
  }

  /// Where `value` lies among them.
  func place(of value: Double) -> Double { (value - mean) / deviation }
}
