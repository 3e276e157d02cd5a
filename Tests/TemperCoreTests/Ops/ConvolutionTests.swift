import TemperJSON
import TemperTestSupport
import Testing

@testable import TemperCore

@Suite struct ConvolutionTests {
  private static let records: [JSON] = ((try? Goldens.json("convolution.json"))?.array ?? [])
  private static let transposed: [JSON] = ((try? Goldens.json("transposed_convolution.json"))?.array ?? [])

  @Test func everyRecordIsThere() { #expect(Self.records.count == 15 && Self.transposed.count == 9) }

  /// Of sums of some hundred products of the order of 1.
  private static let tolerance = Tolerance(absolute: 1e-5, relative: 1e-5)

  private static func extent(_ record: JSON, _ key: String) throws -> Extent {
    let lengths = try #require(record[key]?.integers)
    return Extent(lengths[0], lengths[1])
  }

  /// Fails unless `function` has the values and gradients of `record`.
  private static func expect(_ record: JSON, _ function: @escaping (Tensor, Tensor, Tensor?, ConvolutionGeometry) -> Tensor) throws {
    let geometry = ConvolutionGeometry(
      kernel: try extent(record, "kernel"), stride: try extent(record, "stride"), padding: try extent(record, "padding"),
      dilation: try extent(record, "dilation"), groups: try #require(record["groups"]?.integer))
    let hasBias = record["b"]?.isNull == false
    let inputs = try (["x", "w"] + (hasBias ? ["b"] : [])).map { try GoldenTensor(record[$0]).tensor }
    let (value, gradients) = valueWithGradients(at: inputs, seed: try GoldenTensor(record["cotangent"]).tensor) {
      function($0[0], $0[1], hasBias ? $0[2] : nil, geometry)
    }
    #expect(mismatch(value, try GoldenTensor(record["y"]), tolerance) == nil)
    for (gradient, name) in zip(gradients, ["dx", "dw", "db"]) {
      #expect(mismatch(gradient, try GoldenTensor(record[name]), tolerance) == nil, "\(name)")
    }
  }

  @Test(arguments: 0..<15) func valuesAndGradients(_ index: Int) throws {
    try Self.expect(Self.records[index]) { convolution($0, $1, $2, $3) }
  }

  @Test(arguments: 0..<9) func valuesAndGradientsOfTransposedOnes(_ index: Int) throws {
    let more = try Self.extent(Self.transposed[index], "output_padding")
    try Self.expect(Self.transposed[index]) { transposedConvolution($0, $1, $2, $3, outputPadding: more) }
  }

  private static let geometries = [
    (ConvolutionGeometry(kernel: Extent(3), padding: Extent(1)), 5, 20),
    (ConvolutionGeometry(kernel: Extent(3), stride: Extent(2), padding: Extent(1)), 8, 36),
    (ConvolutionGeometry(kernel: Extent(3), padding: Extent(1), groups: 40), 40, 40),
    (ConvolutionGeometry(kernel: Extent(2, 3), stride: Extent(1, 2), dilation: Extent(2, 1), groups: 2), 6, 10),
  ]

  @Test(arguments: 0..<4) func products(_ index: Int) {
    let (geometry, channels, outputs) = Self.geometries[index]
    var random = RandomTensors("convolution")
    let x = random.normal([3, 9, 16, channels])
    let w = random.normal([outputs, channels / geometry.groups, geometry.kernel.height, geometry.kernel.width])
    let f = DifferentiableFunction { convolution($0[0], $0[1], $0[2], geometry) }
    #expect(f.dotProductMismatch(at: [x, w, random.normal([outputs])]) == nil)
    // The transposed one is linear in each input too, and its products with other tensors are those of the convolution.
    let z = random.normal([3, 4, 5, outputs])
    let back = DifferentiableFunction { transposedConvolution($0[0], $0[1], $0[2], geometry) }
    #expect(back.dotProductMismatch(at: [z, w, random.normal([channels])]) == nil)
    let y = transposedConvolution(z, w, nil, geometry)
    let other = random.normal(y.shape)
    let (left, right) = ((y * other).sum().scalar, (z * convolution(other, w, nil, geometry)).sum().scalar)
    #expect(abs(left - right) < 1e-3 * max(1, abs(left)))
  }

  @Test(arguments: 0..<4) func gradientsAreAdded(_ index: Int) {
    let (geometry, channels, outputs) = Self.geometries[index]
    var random = RandomTensors("sums")
    let inputs = [
      random.normal([2, 5, 6, outputs]),
      random.normal([outputs, channels / geometry.groups, geometry.kernel.height, geometry.kernel.width]),
      random.normal([channels]),
    ]
    let once = valueWithGradients(at: inputs) { transposedConvolution($0[0], $0[1], $0[2], geometry).squared() }.gradients
    let twice = valueWithGradients(at: inputs) {
      transposedConvolution($0[0], $0[1], $0[2], geometry).squared() + transposedConvolution($0[0], $0[1], $0[2], geometry).squared()
    }.gradients
    for (one, two) in zip(once, twice) { #expect(mismatch(two!, one! * 2) == nil) }
  }

  @Test(arguments: 0..<4) func threadsChangeNothing(_ index: Int) {
    let (geometry, channels, outputs) = Self.geometries[index]
    var random = RandomTensors("threads")
    let x = random.normal([9, 19, 23, channels])
    let w = random.normal([outputs, channels / geometry.groups, geometry.kernel.height, geometry.kernel.width])
    let z = random.normal([9, 11, 12, outputs])
    for (input, function) in [
      (x, { convolution($0[0], $0[1], nil, geometry) }), (z, { transposedConvolution($0[0], $0[1], nil, geometry) }),
    ]
      as [(Tensor, ([Tensor]) -> Tensor)]
    {
      let runs = (1...4).map { threads in
        Engine.withThreads(threads) { valueWithGradients(at: [input, w]) { function($0).squared() } }
      }
      for run in runs {
        #expect(run.value.bits == runs[0].value.bits)
        #expect(run.gradients.map { $0?.bits } == runs[0].gradients.map { $0?.bits })
      }
    }
  }

  @Test(
    arguments: [
      (x: [1, 3, 3, 2], w: [4, 3, 3, 3], message: "convolution: 1 groups of 2 channels and 4 outputs do not fit w [4, 3, 3, 3]"),
      (x: [1, 2, 2, 2], w: [4, 2, 3, 3], message: "does not fit [1, 2, 2, 2]"),
      (x: [1, 3, 3], w: [4, 2, 3, 3], message: "convolution: x [1, 3, 3] must be [rows, height, width, channels]"),
    ])
  func whatDoesNotFitIsRefused(x: [Int], w: [Int], message: String) async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) { [x, w] in
      _ = convolution(.filled(Shape(x), 1), .filled(Shape(w), 1), nil, ConvolutionGeometry(kernel: Extent(3)))
    }
    #expect(String(decoding: try #require(result).standardErrorContent, as: UTF8.self).contains(message))
  }
}
