import Glibc
import TemperCore
import TemperJSON
import TemperTestSupport
import Testing

@Suite struct StandoutTests {
  private static let stream = RandomStreams(seed: 7).philox("layers.0.dropout")

  private func source(_ rows: [Int32], step: Int = 0) -> DropoutSource {
    DropoutSource(stream: Self.stream, step: step, rows: rows)
  }

  /// The factors of ones: the mask itself.
  private func mask(_ a: Tensor, alpha: Float = 1, beta: Float = 0, step: Int = 0, rows: [Int32]? = nil) -> [Float] {
    standout(
      .filled(a.shape, 1), a, alpha: alpha, beta: beta, source(rows ?? Array(0..<Int32(a.shape[0])), step: step)
    ).values
  }

  /// Units with one and the same input are kept with probability σ(alpha a + beta), at every place of a row, and are not scaled.
  @Test(arguments: [(Float(0), Float(0), Float(3)), (1, 0, -2), (1, 0, 0.5), (-2, 0.5, 1), (3, -1, 1)])
  func unitsStayAsOftenAsTheyShould(alpha: Float, beta: Float, a: Float) {
    let (rows, width) = (20_000, 21)
    let values = mask(.filled([rows, width], a), alpha: alpha, beta: beta)
    let expected = 1 / (1 + exp(-Double(alpha * a + beta)))
    let deviation = (expected * (1 - expected) / Double(rows)).squareRoot()
    #expect(values.allSatisfy { $0 == 0 || $0 == 1 })
    for column in 0..<width {
      let kept = stride(from: column, to: values.count, by: width).reduce(0.0) { $0 + Double(values[$1]) } / Double(rows)
      #expect(abs(kept - expected) < 4.5 * deviation, "column \(column): \(kept) instead of \(expected)")
    }
  }

  @Test func theHigherTheInputTheMoreStay() {
    let inputs: [Float] = [-3, -1, 0, 1, 3]
    let kept = inputs.map { mask(.filled([500, 8], $0)).reduce(0, +) }
    #expect(kept == kept.sorted() && Set(kept).count == kept.count)
  }

  @Test func farInputsKeepAllOrNothing() {
    #expect(mask(.filled([50, 9], 40)).allSatisfy { $0 == 1 })
    #expect(mask(.filled([50, 9], -40)).allSatisfy { $0 == 0 })
    // What is no number must not look like a dropped unit.
    #expect(standout(.filled([1, 3], .nan), .filled([1, 3], .nan), alpha: 1, beta: 0, source([0])).values.allSatisfy { $0.isNaN })
  }

  /// With equal chances a unit falls where dropout at a rate of ½ with the same random numbers drops or keeps it.
  @Test(arguments: [1, 7, 8, 9, 130]) func masksAreOfTheStreamsOfDropout(width: Int) {
    let rows: [Int32] = [5, 0, 99, 3, 1_000_000]
    let dropped = dropout(.filled([5, width], 1), rate: 0.5, source(rows, step: 3)).values
    #expect(mask(.filled([5, width], 0), step: 3, rows: rows) == dropped.map { $0 == 0 ? 1 : 0 })
  }

  @Test(arguments: [1, 7, 8, 9, 130]) func aRowsMaskDoesNotDependOnItsBatch(width: Int) {
    var random = RandomTensors("standout rows")
    let a = random.normal([4, width])
    let together = mask(a, rows: [3, 1, 8, 2])
    for (index, row) in ([3, 1, 8, 2] as [Int32]).enumerated() {
      #expect(mask(a.rows(index..<index + 1), rows: [row]) == Array(together[index * width..<(index + 1) * width]))
    }
    if width > 8 { #expect(mask(a, step: 1, rows: [3, 1, 8, 2]) != together) }
  }

  @Test func theMeanIsThatOfManyMasks() {
    var random = RandomTensors("standout mean")
    let (x, a) = (random.normal([6, 5]), random.normal([6, 5]))
    let steps = 20_000
    var sums = [Double](repeating: 0, count: x.count)
    for step in 0..<steps {
      let y = standout(x, a, alpha: 1.5, beta: -0.5, source(Array(0..<6), step: step))
      for i in sums.indices { sums[i] += Double(y.pointer[i]) }
    }
    for (i, expected) in standoutMean(x, a, alpha: 1.5, beta: -0.5).values.enumerated() {
      #expect(abs(sums[i] / Double(steps) - Double(expected)) < 4.5 * Double(abs(x.values[i])) * 0.5 / Double(steps).squareRoot())
    }
  }

  /// The mask is a constant: no derivative goes through it.
  @Test func theGradientHasTheSameMask() {
    var random = RandomTensors("standout gradient")
    let (x, a) = (random.normal([6, 21]), random.normal([6, 21]))
    let (value, gradients) = valueWithGradients(at: [x, a], seed: x) { standout($0[0], $0[1], alpha: 1, beta: 0, source(Array(0..<6))) }
    #expect(gradients[0]?.values == value.values)
    #expect(gradients[1] == nil)
  }

  @Test(arguments: ["usual", "steep"]) func evaluationIsItsGolden(name: String) throws {
    let golden = try #require(try Goldens.json("dropout.json")["standout_mean"]?[name])
    let (alpha, beta) = (Float(try #require(golden["alpha"]?.number)), Float(try #require(golden["beta"]?.number)))
    let inputs = try ["x", "a"].map { try GoldenTensor(golden[$0]).tensor }
    let (y, gradients) = valueWithGradients(at: inputs, seed: try GoldenTensor(golden["cotangent"]).tensor) {
      standoutMean($0[0], $0[1], alpha: alpha, beta: beta)
    }
    #expect(mismatch(y, try GoldenTensor(golden["y"])) == nil)
    #expect(mismatch(gradients[0], try GoldenTensor(golden["dx"])) == nil)
    #expect(mismatch(gradients[1], try GoldenTensor(golden["da"])) == nil)
  }
}
