import TemperCore
import TemperTestSupport
import Testing

@Suite struct DropoutTests {
  private static let stream = RandomStreams(seed: 7).philox("layers.0.dropout")

  private func source(_ rows: [Int32], step: Int = 0, stream: Philox = stream) -> DropoutSource {
    DropoutSource(stream: stream, step: step, rows: rows)
  }

  /// The factors of ones: the mask itself.
  private func mask(_ rows: [Int32], width: Int, rate: Double = 0.5, step: Int = 0, stream: Philox = stream) -> [[Float]] {
    let y = dropout(.filled([rows.count, width], 1), rate: rate, source(rows, step: step, stream: stream)).values
    return rows.indices.map { Array(y[$0 * width..<($0 + 1) * width]) }
  }

  @Test(arguments: [0.1, 0.25, 0.5, 0.9]) func theMeanStays(rate: Double) {
    let count = 1000 * 200
    let values = mask(Array(0..<1000), width: 200, rate: rate).flatMap { $0 }
    let dropped = values.count { $0 == 0 }
    let deviation = (rate * (1 - rate) / Double(count)).squareRoot()
    #expect(abs(Double(dropped) / Double(count) - rate) < 3 * deviation)
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(count)
    #expect(abs(mean - 1) < 3 * deviation / (1 - rate))
  }

  /// Each column is dropped as often as any other: every 16 bits of a counter serve.
  @Test func everyColumnIsDroppedAlike() {
    let masks = mask(Array(0..<4000), width: 20, rate: 0.25)
    for column in 0..<20 {
      let dropped = masks.count { $0[column] == 0 }
      #expect(abs(Double(dropped) / 4000 - 0.25) < 4 * (0.1875 / 4000).squareRoot(), "column \(column)")
    }
  }

  @Test(arguments: [0.1, 0.5, 0.3]) func keptValuesAreScaledExactly(rate: Double) {
    var random = RandomTensors("dropout")
    let x = random.normal([40, 33])
    let y = dropout(x, rate: rate, source(Array(0..<40)))
    let rounded = (rate * 65536).rounded() / 65536
    let keep = Float(1 / (1 - rounded))
    for (x, y) in zip(x.values, y.values) { #expect(y == 0 || y == x * keep) }
    #expect(y.values.contains(0) && y.values.contains { $0 != 0 })
  }

  @Test(arguments: [0, 1e-6]) func aRateOfZeroIsTheIdentity(rate: Double) {
    let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
    let y = dropout(x, rate: rate, source([0, 1]))
    #expect(y.pointer == x.pointer)
    #expect(y.shape == x.shape)
  }

  @Test func aRateJustBelowOneIsAccepted() {
    let values = mask(Array(0..<8), width: 64, rate: 0.999_999_9).flatMap { $0 }
    #expect(values.allSatisfy { $0 == 0 || $0 == 65536 })
  }

  @Test(arguments: [1, 7, 8, 9, 130]) func aRowsMaskDoesNotDependOnItsBatch(width: Int) {
    let rows: [Int32] = [5, 0, 99, 3, 1_000_000]
    let together = mask(rows, width: width)
    for (index, row) in rows.enumerated() {
      #expect(mask([row], width: width)[0] == together[index])
      #expect(mask([7, row, 8], width: width)[1] == together[index])
    }
    #expect(mask(rows.reversed(), width: width) == together.reversed())
  }

  @Test(arguments: [1, 7, 8, 9, 130]) func masksDifferByRowStepAndLayer(width: Int) {
    let rows = Array(Int32(0)..<64)
    let first = mask(rows, width: width)
    #expect(mask(rows, width: width) == first)
    #expect(mask(rows, width: width, step: 1) != first)
    #expect(mask(rows.map { $0 + 64 }, width: width) != first)
    #expect(mask(rows, width: width, stream: RandomStreams(seed: 7).philox("layers.1.dropout")) != first)
    #expect(mask(rows, width: width, stream: RandomStreams(seed: 8).philox("layers.0.dropout")) != first)
    // About half of the elements agree by chance, not more.
    let other = mask(rows, width: width, step: 1).flatMap { $0 }
    let equal = zip(first.flatMap { $0 }, other).count { $0 == $1 }
    let count = Double(64 * width)
    #expect(abs(Double(equal) - count / 2) < 4 * (count / 4).squareRoot())
  }

  @Test func axesBesideTheFirstAreOneRow() {
    let flat = dropout(.filled([3, 10], 1), rate: 0.5, source([4, 5, 6]))
    let deep = dropout(.filled([3, 2, 5], 1), rate: 0.5, source([4, 5, 6]))
    #expect(deep.values == flat.values)
    #expect(deep.shape == [3, 2, 5])
  }

  @Test func theGradientHasTheSameMask() {
    let x = Tensor.filled([6, 21], 1)
    let (value, gradients) = valueWithGradients(at: [x]) { dropout($0[0], rate: 0.4, source(Array(0..<6))) }
    #expect(gradients[0]?.values == value.values)
  }

  private func noise(_ rows: [Int32], width: Int, rate: Double, step: Int = 0) -> [Float] {
    dropout(.filled([rows.count, width], 1), rate: rate, noise: .gaussian, source(rows, step: step)).values
  }

  /// Mean 1 and variance rate / (1 - rate), in every column.
  @Test(arguments: [0.1, 0.5, 0.8]) func gaussianNoiseHasTheMomentsOfDropout(rate: Double) {
    let (rows, width, variance) = (20_000, 13, rate / (1 - rate))
    let values = noise(Array(0..<Int32(rows)), width: width, rate: rate)
    for column in 0..<width {
      let own = stride(from: column, to: values.count, by: width).map { (Double(values[$0]) - 1) / variance.squareRoot() }
      // The means and variances of the first four powers of a normal number.
      let moments: [(mean: Double, variance: Double)] = [(0, 1), (1, 2), (0, 15), (3, 96)]
      var powers = own
      for (mean, variance) in moments {
        let moment = powers.reduce(0, +) / Double(rows)
        #expect(abs(moment - mean) < 4 * (variance / Double(rows)).squareRoot(), "column \(column)")
        for i in own.indices { powers[i] *= own[i] }
      }
    }
  }

  @Test func gaussianNoiseAtARateOfZeroIsTheIdentity() {
    let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
    #expect(dropout(x, rate: 0, noise: .gaussian, source([0, 1])).pointer == x.pointer)
  }

  @Test(arguments: [1, 3, 8, 9, 130]) func gaussianNoiseIsAFunctionOfRowAndStep(width: Int) {
    let rows: [Int32] = [5, 0, 99, 3, 1_000_000]
    let together = noise(rows, width: width, rate: 0.4)
    for (index, row) in rows.enumerated() {
      #expect(Array(noise([7, row], width: width, rate: 0.4)[width...]) == Array(together[index * width..<(index + 1) * width]))
    }
    #expect(noise(rows, width: width, rate: 0.4, step: 1) != together)
    #expect(noise(rows.map { $0 + 1 }, width: width, rate: 0.4) != together)
  }

  @Test func theGradientHasTheSameNoise() {
    let x = Tensor.filled([6, 21], 1)
    let (value, gradients) = valueWithGradients(at: [x]) { dropout($0[0], rate: 0.4, noise: .gaussian, source(Array(0..<6))) }
    #expect(gradients[0]?.values == value.values && Set(value.values).count > 100)
  }
}
