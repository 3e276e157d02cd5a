import Glibc
import TemperCore
import Testing

@Suite struct DistributionTests {
  private static let streams = RandomStreams(seed: 7)

  /// Mean, variance and fourth central moment.
  private func moments(_ values: [Double]) -> (mean: Double, variance: Double, fourth: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    func moment(_ power: Double) -> Double { values.reduce(0) { $0 + pow($1 - mean, power) } / count }
    return (mean, moment(2), moment(4))
  }

  /// Expects a mean and a variance that are those given to within four of their standard errors.
  private func expect(_ values: [Double], mean: Double, variance: Double, _ name: String) {
    let (found, spread, fourth) = moments(values)
    let count = Double(values.count)
    #expect(abs(found - mean) < 4 * (variance / count).squareRoot(), "\(name): mean \(found)")
    #expect(abs(spread - variance) < 4 * ((fourth - spread * spread) / count).squareRoot(), "\(name): variance \(spread)")
  }

  /// The mean and the variance of a gamma distribution are its shape.
  @Test(arguments: [0.1, 0.5, 1, 2.5, 40]) func gamma(shape: Double) {
    var random = Self.streams.sequence("gamma")
    expect((0..<100_000).map { _ in exp(random.logGamma(shape: shape)) }, mean: shape, variance: shape, "gamma(\(shape))")
  }

  @Test(arguments: [(0.2, 0.2), (1, 1), (4, 4), (2, 5), (0.5, 3), (100, 100)] as [(Double, Double)]) func beta(a: Double, b: Double) {
    var random = Self.streams.sequence("beta")
    let values = (0..<100_000).map { _ in random.beta(a, b) }
    #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
    let sum = a + b
    expect(values, mean: a / sum, variance: a * b / (sum * sum * (sum + 1)), "beta(\(a), \(b))")
    if a == b { #expect(abs(moments(values).mean - 0.5) < 0.01) }
  }

  /// Beta(1, 1) is uniform, and Beta(1/2, 1/2) has its mass where the arcsine law puts it.
  @Test func sharesOfIntervals() {
    var random = Self.streams.sequence("intervals")
    for (a, law) in [(1, { (x: Double) in x }), (0.5, { (x: Double) in 2 / .pi * asin(x.squareRoot()) })] as [(Double, (Double) -> Double)]
    {
      var counts = [Double](repeating: 0, count: 10)
      for _ in 0..<100_000 { counts[min(9, Int(10 * random.beta(a, a)))] += 1 }
      let square = counts.indices.reduce(0.0) { sum, i in
        let expected = 100_000 * (law(Double(i + 1) / 10) - law(Double(i) / 10))
        return sum + (counts[i] - expected) * (counts[i] - expected) / expected
      }
      #expect(square < 27.88, "the 0.999 quantile for 9 degrees of freedom")
    }
  }

  /// Parameters so small that both gamma variates would be 0.
  @Test func tinyParametersGiveTheEnds() {
    var random = Self.streams.sequence("tiny")
    let values = (0..<10_000).map { _ in random.beta(1e-5, 1e-5) }
    #expect(values.allSatisfy { $0 == 0 || $0 == 1 || ($0 > 0 && $0 < 1) })
    #expect(abs(values.reduce(0, +) / 10_000 - 0.5) < 0.02)
    #expect(values.filter { $0 < 1e-6 || $0 > 1 - 1e-6 }.count > 9900)
  }

  private func normals(_ rows: Int, width: Int, deviation: Float = 1, round: UInt32 = 0) -> [[Float]] {
    let noise = NormalNoise(Self.streams.philox("noise"), width: width)
    return (0..<rows).map { row in
      var x = [Float](repeating: 0, count: width)
      x.withUnsafeMutableBufferPointer {
        noise.add(to: $0.baseAddress!, deviations: Array(repeating: deviation, count: width), row: UInt32(row), round: round)
      }
      return x
    }
  }

  @Test func normalNoise() {
    let values = normals(2000, width: 101).flatMap { $0 }.map(Double.init)
    expect(values, mean: 0, variance: 1, "normal")
    #expect(abs(moments(values).fourth - 3) < 4 * (96 / Double(values.count)).squareRoot())
    // Shares within 1, 2 and 3 deviations.
    for (bound, share) in [(1, 0.6827), (2, 0.9545), (3, 0.9973)] {
      let within = Double(values.filter { abs($0) < Double(bound) }.count) / Double(values.count)
      #expect(abs(within - share) < 4 * (share * (1 - share) / Double(values.count)).squareRoot())
    }
    // Neighbours, and the two numbers of one pair, have nothing to do with each other.
    let rows = normals(2000, width: 8).map { $0.map(Double.init) }
    for i in 0..<8 {
      for j in 0..<i {
        let correlation = rows.reduce(0) { $0 + $1[i] * $1[j] } / 2000
        let squares = rows.reduce(0) { $0 + ($1[i] * $1[i] - 1) * ($1[j] * $1[j] - 1) } / 4000
        #expect(abs(correlation) < 0.09 && abs(squares) < 0.09, "\(i) and \(j)")
      }
    }
  }

  @Test func noiseIsThatOfItsRowAndRound() {
    let rows = normals(5, width: 13)
    #expect(rows == normals(5, width: 13))
    #expect(Set(rows.flatMap { $0 } + normals(5, width: 13, round: 1).flatMap { $0 }).count == 130)
    let wide = normals(5, width: 13, deviation: 3)
    for (a, b) in zip(rows.joined(), wide.joined()) { #expect(abs(3 * a - b) < 1e-5) }
    #expect(normals(5, width: 13, deviation: 0).joined().allSatisfy { $0 == 0 })
  }
}
