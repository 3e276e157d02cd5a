import TemperCore
import Testing

@Suite struct RandomSequenceTests {
  private static let streams = RandomStreams(seed: 42)

  /// Streams are part of what makes a run repeatable, so their numbers may never change.
  @Test func theNumbersAreFixed() {
    var random = Self.streams.sequence("init/layers.0.weight", 1)
    var again = random
    let numbers = (0..<5).map { _ in random.next() }
    #expect(numbers == (0..<5).map { _ in again.next() })
    let philox = Self.streams.philox("init/layers.0.weight")
    let (a, b, c, d) = philox(0, 0, 1, 0)
    let (e, f, _, _) = philox(1, 0, 1, 0)
    #expect(numbers[0] == UInt64(a) | UInt64(b) << 32)
    #expect(numbers[1] == UInt64(c) | UInt64(d) << 32)
    #expect(numbers[2] == UInt64(e) | UInt64(f) << 32)
  }

  @Test func uniformNumbersFillTheUnitInterval() {
    var random = Self.streams.sequence("uniform")
    var (sum, squares, counts) = (0.0, 0.0, [Int](repeating: 0, count: 10))
    let count = 200_000
    for _ in 0..<count {
      let x = random.uniform()
      #expect(x >= 0 && x < 1)
      sum += x
      squares += x * x
      counts[Int(10 * x)] += 1
    }
    let mean = sum / Double(count)
    // Three deviations of the means of x and x².
    #expect(abs(mean - 0.5) < 3 * (1.0 / 12 / Double(count)).squareRoot())
    #expect(abs(squares / Double(count) - 1.0 / 3) < 3 * (4.0 / 45 / Double(count)).squareRoot())
    #expect(chiSquare(counts) < 27.9, "the 0.999 quantile for 9 degrees of freedom")
  }

  @Test(arguments: [(2, 10.83), (3, 13.82), (7, 22.46), (10, 27.88)]) func belowIsUnbiased(bound: Int, limit: Double) {
    var random = Self.streams.sequence("below", bound)
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<100_000 { counts[random.below(bound)] += 1 }
    #expect(chiSquare(counts) < limit, "\(counts)")
  }

  /// Where the bound is 3/4 of 2^63, taking remainders would favour the lower part: 2/3 instead of 1/2 below the middle.
  @Test func belowIsUnbiasedForHugeBounds() {
    var random = Self.streams.sequence("huge")
    let bound = 3 << 61
    var counts = [0, 0, 0]
    for _ in 0..<30_000 { counts[random.below(bound) >> 61] += 1 }
    #expect(chiSquare(counts) < 13.82, "\(counts)")
  }

  @Test func normalNumbers() {
    var random = Self.streams.sequence("normal")
    let count = 200_000
    let values = (0..<count).map { _ in random.normal() }
    let mean = values.reduce(0, +) / Double(count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(count)
    #expect(abs(mean) < 3 / Double(count).squareRoot())
    #expect(abs(variance - 1) < 3 * (2 / Double(count)).squareRoot())
    #expect(abs(fourth - 3) < 3 * (96 / Double(count)).squareRoot())
    #expect(values.allSatisfy { $0.isFinite })
  }

  @Test(arguments: [0, 1, 2, 17, 1000]) func shuffleIsAPermutation(count: Int) {
    var items = Array(0..<count)
    var random = Self.streams.sequence("shuffle")
    random.shuffle(&items)
    #expect(items.sorted() == Array(0..<count))
    if count > 10 { #expect(items != Array(0..<count)) }
  }

  /// Each of the 24 orders of four items comes up as often.
  @Test func shuffleIsUnbiased() {
    var counts: [[Int]: Int] = [:]
    var random = Self.streams.sequence("orders")
    for _ in 0..<48_000 {
      var items = [0, 1, 2, 3]
      random.shuffle(&items)
      counts[items, default: 0] += 1
    }
    #expect(counts.count == 24)
    #expect(chiSquare(Array(counts.values)) < 49.73, "the 0.999 quantile for 23 degrees of freedom")
  }

  @Test func shuffleDependsOnSeedNameAndIndexOnly() {
    func shuffled(_ seed: UInt64, _ name: String, _ index: Int) -> [Int] {
      var random = RandomStreams(seed: seed).sequence(name, index)
      var items = Array(0..<100)
      random.shuffle(&items)
      return items
    }
    var other = Self.streams.sequence("noise")
    let first = shuffled(1, "order", 0)
    _ = other.next()
    #expect(shuffled(1, "order", 0) == first)
    #expect(shuffled(2, "order", 0) != first)
    #expect(shuffled(1, "ordes", 0) != first)
    #expect(shuffled(1, "order", 1) != first)
  }

  @Test func streamsDiffer() {
    var firsts: Set<UInt64> = []
    var count = 0
    for seed in [0, 1, 2, UInt64.max] {
      for name in ["", "a", "b", "ab", "ba", "layers.0.dropout", "layers.1.dropout"] {
        for index in 0..<3 {
          var random = RandomStreams(seed: seed).sequence(name, index)
          for _ in 0..<4 { firsts.insert(random.next()) }
          count += 4
        }
      }
    }
    #expect(firsts.count == count)
  }

  private func chiSquare(_ counts: [Int]) -> Double {
    let expected = Double(counts.reduce(0, +)) / Double(counts.count)
    return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  }
}
