import TemperJSON
import TemperTestSupport
import Testing

import TemperCore

@Suite struct PoolingTests {
  private static let records: [JSON] = ((try? Goldens.json("pooling.json"))?.array ?? [])

  @Test func everyRecordIsThere() { #expect(Self.records.count == 12) }

  @Test(arguments: 0..<12) func valuesAndGradients(_ index: Int) throws {
    let record = Self.records[index]
    func extent(_ key: String) throws -> Extent {
      let lengths = try #require(record[key]?.integers)
      return Extent(lengths[0], lengths[1])
    }
    let geometry = ConvolutionGeometry(kernel: try extent("kernel"), stride: try extent("stride"), padding: try extent("padding"))
    let x = try GoldenTensor(record["x"]).tensor
    let (value, gradients) = valueWithGradients(at: [x], seed: try GoldenTensor(record["cotangent"]).tensor) {
      record["kind"] == "max" ? maxPool($0[0], geometry) : averagePool($0[0], geometry)
    }
    #expect(mismatch(value, try GoldenTensor(record["y"])) == nil)
    #expect(mismatch(gradients[0], try GoldenTensor(record["dx"])) == nil)
  }

  /// A gradient that comes on top of another one is added.
  @Test func gradientsAreAdded() {
    var random = RandomTensors("pooling")
    let x = random.normal([2, 6, 5, 3])
    let geometry = ConvolutionGeometry(kernel: Extent(2), stride: Extent(2))
    func gradient(_ f: @escaping (Tensor) -> Tensor) -> Tensor { valueWithGradients(at: [x]) { f($0[0]).squared().sum() }.gradients[0]! }
    for pool in [{ maxPool($0, geometry) }, { averagePool($0, geometry) }, { channelsFirst($0) }] as [(Tensor) -> Tensor] {
      let twice = valueWithGradients(at: [x]) { inputs in pool(inputs[0]).squared().sum() + pool(inputs[0]).squared().sum() }.gradients[0]!
      #expect(mismatch(twice, gradient(pool) * 2) == nil)
    }
  }

  @Test func channelsChangePlaces() {
    let x = Tensor([2, 12], (0..<24).map(Float.init))
    let last = channelsLast(x, channels: 3, size: Extent(2, 2))
    #expect(last.shape == [2, 2, 2, 3] && Array(last.values[0..<6]) == [0, 4, 8, 1, 5, 9])
    #expect(channelsFirst(last).values == x.values && channelsFirst(last).shape == [2, 12])
  }

  @Test func threadsChangeNothing() {
    var random = RandomTensors("pooling threads")
    let x = random.normal([33, 28, 28, 12])
    let geometry = ConvolutionGeometry(kernel: Extent(3), stride: Extent(2), padding: Extent(1))
    let runs = (1...4).map { threads in Engine.withThreads(threads) { valueWithGradients(at: [x]) { maxPool($0[0], geometry).squared() } } }
    for run in runs { #expect(run.value.bits == runs[0].value.bits && run.gradients[0]?.bits == runs[0].gradients[0]?.bits) }
  }

  /// What is not a number is greater than anything, as in PyTorch.
  @Test func notANumberStays() {
    let x = Tensor([1, 2, 2, 1], [1, .nan, 3, 2])
    #expect(maxPool(x, ConvolutionGeometry(kernel: Extent(2), stride: Extent(2))).values[0].isNaN)
  }
}
