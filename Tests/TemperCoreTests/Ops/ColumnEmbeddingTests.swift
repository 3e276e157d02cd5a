import TemperJSON
import TemperTestSupport
import Testing

import TemperCore

@Suite("embeddings of numeric columns, layers of networks for tables") struct ColumnEmbeddingTests {
  private static func record(_ op: String, _ activation: String? = nil) throws -> JSON {
    let records = try #require(try Goldens.json("tables.json")["layers"]?.members).map(\.value)
    return try #require(
      records.first { $0["op"]?.string == op && (activation == nil || $0["attributes"]?["activation"]?.string == activation) })
  }

  private static func flat(_ golden: GoldenTensor) -> Tensor {
    golden.tensor.reshaped([golden.shape[0], golden.shape.dropFirst().reduce(1, *)])
  }

  /// Bins of four columns in one matrix, those of shorter columns filled up with their last edge.
  private static func edges(_ record: JSON) throws -> (edges: Tensor, counts: [Int]) {
    let bins = try #require(record["attributes"]?["bins"]?.array).map { try #require($0.numbers).map { Float($0) } }
    let most = bins.map(\.count).max() ?? 0
    let rows = bins.map { $0 + Array(repeating: $0[$0.count - 1], count: most - $0.count) }
    return (Tensor([bins.count, most], rows.flatMap { $0 }), bins.map { $0.count - 1 })
  }

  private static func padded(_ parts: [JSON], bins: Int, width: Int) throws -> [Float] {
    try parts.flatMap { part in
      let values = try GoldenTensor(part).tensor.values
      return values + Array(repeating: 0, count: bins * width - values.count)
    }
  }

  @Test func piecewiseLinearIsThatOfItsAuthors() throws {
    let record = try Self.record("piecewise_linear_embedding")
    let (edges, _) = try Self.edges(record)
    let (inputs, gradients) = (try #require(record["inputs"]), try #require(record["gradients"]))
    let (x, slope, bias) = (
      try GoldenTensor(inputs["x"]).tensor, try GoldenTensor(inputs["w"]).tensor, try GoldenTensor(inputs["c"]).tensor
    )
    let (columns, width, bins) = (slope.shape[0], slope.shape[1], edges.shape[1] - 1)
    let weight = Tensor([columns, bins, width], try Self.padded(try #require(inputs["v"]?.array), bins: bins, width: width))
    let cotangent = Self.flat(try GoldenTensor(record["cotangent"]))
    let (value, found) = valueWithGradients(at: [weight, slope, bias], seed: cotangent) {
      piecewiseLinearEmbedding(x, columns: [0, 1, 2, 3], edges: edges, weight: $0[0], slope: $0[1], bias: $0[2])
    }
    #expect(mismatch(value, Self.flat(try GoldenTensor(record["output"]))) == nil)
    let expected = Tensor([columns, bins, width], try Self.padded(try #require(gradients["v"]?.array), bins: bins, width: width))
    #expect(mismatch(found[0], expected) == nil)
    #expect(mismatch(found[1], try GoldenTensor(gradients["w"])) == nil)
    #expect(mismatch(found[2], try GoldenTensor(gradients["c"])) == nil)
  }

  @Test func periodicIsThatOfRealMLP() throws {
    let record = try Self.record("pbld")
    let (inputs, gradients) = (try #require(record["inputs"]), try #require(record["gradients"]))
    let x = try GoldenTensor(inputs["x"]).tensor
    // The golden weight is [columns, frequencies, outputs].
    func turned(_ json: JSON?) throws -> Tensor { try GoldenTensor(json).tensor.transposed() }
    let at = [
      try GoldenTensor(inputs["w1"]).tensor, try GoldenTensor(inputs["b1"]).tensor, try turned(inputs["w2"]),
      try GoldenTensor(inputs["b2"]).tensor,
    ]
    let cotangent = Self.flat(try GoldenTensor(record["cotangent"]))
    let (value, found) = valueWithGradients(at: at, seed: cotangent) {
      periodicEmbedding(x, columns: [0, 1, 2], frequency: $0[0], phase: $0[1], weight: $0[2], bias: $0[3])
    }
    #expect(mismatch(value, Self.flat(try GoldenTensor(record["output"]))) == nil)
    #expect(mismatch(found[0], try GoldenTensor(gradients["w1"])) == nil)
    #expect(mismatch(found[1], try GoldenTensor(gradients["b1"])) == nil)
    #expect(mismatch(found[2], try turned(gradients["w2"])) == nil)
    #expect(mismatch(found[3], try GoldenTensor(gradients["b2"])) == nil)
  }

  @Test func numbersHaveGradients() {
    var random = RandomTensors("column embeddings")
    let (weight, slope, bias) = (random.normal([2, 3, 4]), random.normal([2, 4]), random.normal([2, 4]))
    // No number is so near to an edge that a small step crosses it.
    let x = Tensor([5, 3], [-1.2, 0, -1.5, -0.1, 0, -0.4, 0.9, 0, 0.5, -0.2, 0, 1.4, 0.5, 0, 2.5])
    let edges = Tensor([2, 4], [-1, 0.1, 0.9, 2, -0.5, 0.25, 0.25, 0.25])
    let piecewise = DifferentiableFunction {
      piecewiseLinearEmbedding($0[0], columns: [2, 0], edges: edges, weight: weight, slope: slope, bias: bias)
    }
    #expect(piecewise.dotProductMismatch(at: [x]) == nil)
    let (frequency, phase) = (0.2 * random.normal([2, 5]), random.normal([2, 5]))
    let (waves, shift) = (random.normal([2, 3, 5]), random.normal([2, 3]))
    let periodic = DifferentiableFunction {
      periodicEmbedding($0[0], columns: [2, 0], frequency: frequency, phase: phase, weight: waves, bias: shift)
    }
    #expect(periodic.dotProductMismatch(at: [x]) == nil)
  }

  @Test func membersHaveGradientsOfTheirOwn() {
    var random = RandomTensors("members")
    let (x, scale, w, b) = (random.normal([4, 3]), random.normal([2, 3]), random.normal([2, 5, 3]), random.normal([2, 5]))
    let scaled = DifferentiableFunction { memberScaled(memberRows($0[0], scale: $0[1]), scale: $0[1]) }
    #expect(scaled.dotProductMismatch(at: [x, scale]) == nil)
    let linear = DifferentiableFunction { memberLinear($0[0], $0[1], $0[2]) }
    #expect(linear.dotProductMismatch(at: [memberRows(x, scale: scale), w, b]) == nil)
    // Member 1 of row 2 by itself.
    let row = memberRows(x, scale: scale).rows(5..<6)
    let alone = TemperCore.linear(row, w.rows(1..<2).reshaped([5, 3]), b.rows(1..<2).reshaped([5]))
    #expect(mismatch(memberLinear(memberRows(x, scale: scale), w, b).rows(5..<6), alone) == nil)
  }

  @Test func threadsChangeNothing() {
    var random = RandomTensors("columns")
    let x = random.normal([700, 33])
    let columns = (0..<33).map { Int32($0) }
    let edges = Tensor([33, 9], (0..<33).flatMap { _ in (0..<9).map { Float($0) / 4 - 1 } })
    let (weight, slope, bias) = (random.normal([33, 8, 16]), random.normal([33, 16]), random.normal([33, 16]))
    let (frequency, phase, waves, shift) = (
      random.normal([33, 16]), random.normal([33, 16]), random.normal([33, 3, 16]), random.normal([33, 3])
    )
    let (scale, own, start) = (random.normal([6, 33]), random.normal([6, 7, 33]), random.normal([6, 7]))
    func each(_ body: () -> (value: Tensor, gradients: [Tensor?])) {
      let runs = (1...4).map { Engine.withThreads($0, body) }
      for run in runs {
        #expect(run.value.bits == runs[0].value.bits)
        #expect(run.gradients.map { $0?.bits } == runs[0].gradients.map { $0?.bits })
      }
    }
    each {
      valueWithGradients(at: [weight, slope, bias]) {
        piecewiseLinearEmbedding(x, columns: columns, edges: edges, weight: $0[0], slope: $0[1], bias: $0[2]).squared()
      }
    }
    each {
      valueWithGradients(at: [frequency, phase, waves, shift]) {
        periodicEmbedding(x, columns: columns, frequency: $0[0], phase: $0[1], weight: $0[2], bias: $0[3]).squared()
      }
    }
    each {
      valueWithGradients(at: [scale, own, start]) { memberLinear(memberRows(x, scale: $0[0]), $0[1], $0[2]).squared() }
    }
  }

  @Test func columnsAreGathered() {
    let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
    let (value, gradients) = valueWithGradients(at: [x], seed: Tensor([2, 3], [1, 10, 100, 2, 20, 200])) {
      gather($0[0], columns: [2, 0, 2])
    }
    #expect(value.values == [3, 1, 3, 6, 4, 6])
    #expect(gradients[0]?.values == [10, 0, 101, 20, 0, 202])
  }
}
