import Glibc
import TemperCore
import TemperNN
import Testing

import TemperGuard

@Suite struct FeatureRankTests {
  private func ranks(_ rows: [[Float]], limit: Int = 100) -> (effective: Double, stable: Double)? {
    let monitor = FeatureRank(of: "features", limit: limit)
    for row in rows { monitor.hooks("features", Tensor([1, row.count], row)) }
    return monitor.ranks
  }

  /// diag(3, 2, 1), by hand and by numpy: exp(entropy of 1/2, 1/3, 1/6), and 14 / 9.
  @Test func ranksOfADiagonalMatrix() throws {
    let found = try #require(ranks([[3, 0, 0], [0, 2, 0], [0, 0, 1]]))
    #expect(abs(found.effective - 2.749459273997205) < 1e-12)
    #expect(abs(found.stable - 1.5555555555555556) < 1e-12)
  }

  /// The singular values of a matrix are those of its transpose, whichever product they are computed from.
  @Test(arguments: [(40, 7), (7, 40), (12, 12)]) func transposesHaveTheSameValues(rows: Int, columns: Int) throws {
    var sequence = RandomStreams(seed: 5).sequence("matrix")
    let values = (0..<rows * columns).map { _ in sequence.normal() }
    let transposed = (0..<columns).flatMap { j in (0..<rows).map { values[$0 * columns + j] } }
    let (a, b) = (
      try #require(singularValues(values, rows: rows, columns: columns)),
      try #require(singularValues(transposed, rows: columns, columns: rows))
    )
    #expect(a.count == min(rows, columns) && zip(a, b).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(abs(a.reduce(0) { $0 + $1 * $1 } - values.reduce(0) { $0 + $1 * $1 }) < 1e-9)
  }

  @Test func whatHasNoRank() throws {
    #expect(ranks([]) == nil && ranks([[0, 0], [0, 0]]) == nil)
    #expect(ranks([[1, .nan], [0, 1]]) == nil)
    let one = try #require(ranks([[2, 4], [1, 2], [3, 6]]))
    #expect(abs(one.effective - 1) < 1e-6 && abs(one.stable - 1) < 1e-12)
    // Rows beyond the limit do not count.
    #expect(abs(try #require(ranks([[1, 0], [0, 1]], limit: 1)).effective - 1) < 1e-6)
  }
}

@Suite struct GradientNoiseScaleTests {
  /// |G|² = 0.72 and tr Σ = 40.96 from squared norms of 2 at 32 rows and 0.8 at 512.
  @Test func theEstimatesAreThoseOfThePaper() throws {
    let estimates = GradientNoiseScale.estimates(small: (32, 2), large: (512, 0.8))
    #expect(abs(estimates.signal - 0.72) < 1e-12 && abs(estimates.noise - 40.96) < 1e-12)
    var scale = GradientNoiseScale()
    #expect(scale.value == nil)
    scale.observe(small: (32, 2), large: (512, 0.8))
    #expect(abs((scale.value ?? 0) - 56.888888888888886) < 1e-9)
    #expect(try GradientNoiseScale(restoring: scale.state) == scale)
  }

  /// Gradients g + n of a batch of B rows, with n of variance σ² / B in each of d directions, have the noise scale d σ² / |g|².
  @Test func itFindsAKnownScale() throws {
    var sequence = RandomStreams(seed: 9).sequence("noise")
    let (dimensions, deviation, rows) = (200, 0.5, 8.0)
    let mean = (0..<dimensions).map { _ in 0.2 * sequence.normal() }
    var scale = GradientNoiseScale()
    for _ in 0..<200 {
      let batches = (0..<2).map { _ in mean.map { $0 + deviation / rows.squareRoot() * sequence.normal() } }
      func square(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
      scale.observe(small: (rows, square(batches[0])), large: (2 * rows, square(zip(batches[0], batches[1]).map { ($0 + $1) / 2 })))
    }
    let exact = Double(dimensions) * deviation * deviation / mean.reduce(0) { $0 + $1 * $1 }
    #expect(abs(try #require(scale.value) / exact - 1) < 0.25)
  }

  @Test func noMeasurementIsLost() {
    var scale = GradientNoiseScale()
    scale.observe(small: (8, .infinity), large: (16, 1))
    #expect(scale == GradientNoiseScale())
    // More norm at more rows: there is no noise to be seen.
    scale.observe(small: (8, 1), large: (16, 2))
    #expect(scale.value == nil)
  }
}

@Suite struct WorkBudgetTests {
  @Test func aMonitorRunsAsOftenAsItsShareAllows() throws {
    var budget = WorkBudget(share: 0.01)
    let steps = (1...1000).filter { step in
      let isDue = budget.affords(20, after: 10 * Double(step))
      if isDue { budget.spend(20) }
      return isDue
    }
    #expect(steps == [200, 400, 600, 800, 1000])
    var other = WorkBudget(share: 0.01)
    try other.restore(budget.state)
    #expect(other == budget)
    #expect(throws: MalformedState.self) { try other.restore(nil) }
  }
}
