import Glibc
import TemperJSON
import TemperTestSupport
import Testing

@testable import TemperCore

@Suite struct ConcreteDropoutTests {
  private static let stream = RandomStreams(seed: 7).philox("layers.0.dropout")

  private func source(_ rows: [Int32], step: Int = 0) -> DropoutSource {
    DropoutSource(stream: Self.stream, step: step, rows: rows)
  }

  private func logit(_ p: Double) -> Tensor { Tensor([1], [Float(log(p / (1 - p)))]) }

  /// The factors of ones: the mask itself.
  private func mask(_ p: Double, _ rows: [Int32], width: Int, temperature: Float = 0.1, step: Int = 0) -> [Float] {
    concreteDropout(.filled([rows.count, width], 1), logit(p), temperature: temperature, source(rows, step: step)).values
  }

  @Test func thePublishedFormula() throws {
    let golden = try #require(try Goldens.json("dropout.json")["concrete_published"])
    let (p, u) = (try #require(golden["p"]?.number), try #require(golden["u"]?.numbers))
    let noise = Tensor([1, u.count], u.map { Float(log($0) - log(1 - $0)) })
    let temperature = Float(try #require(golden["temperature"]?.number))
    let y = concreteDropout(.filled(noise.shape, 1), logit(p), temperature: temperature, noise: noise)
    #expect(mismatch(y.values.map(Double.init), try #require(golden["scale"]?.numbers)) == nil)
    let drop = y.values.map { 1 - Double($0) * (1 - p) }
    #expect(mismatch(drop, try #require(golden["drop"]?.numbers)) == nil)
    let entropy = concretePenalty(logit(p), .filled([2, 3], 5), units: 3, weightRegularizer: 0, dropoutRegularizer: 1)
    #expect(mismatch([Double(entropy.scalar) / 3], [try #require(golden["negative_entropy"]?.number)]) == nil)
  }

  @Test(arguments: ["cold", "warm"]) func valuesAndGradients(name: String) throws {
    let golden = try #require(try Goldens.json("dropout.json")["concrete"]?[name])
    let logit = Tensor([1], [Float(try #require(golden["logit"]?.number))])
    let (x, noise) = (try GoldenTensor(golden["x"]).tensor, try GoldenTensor(golden["noise"]).tensor)
    let temperature = Float(try #require(golden["temperature"]?.number))
    let (y, gradients) = valueWithGradients(at: [x, logit], seed: try GoldenTensor(golden["cotangent"]).tensor) {
      concreteDropout($0[0], $0[1], temperature: temperature, noise: noise)
    }
    // A temperature of 0.1 makes ten of every rounding error.
    let tolerance = Tolerance(absolute: 1e-5, relative: 2e-5)
    #expect(mismatch(y, try GoldenTensor(golden["y"]), tolerance) == nil)
    #expect(mismatch(gradients[0], try GoldenTensor(golden["dx"]), tolerance) == nil)
    #expect(mismatch(gradients[1], try GoldenTensor(golden["dlogit"]), Tolerance(absolute: 1e-4, relative: 2e-5)) == nil)
  }

  @Test(arguments: ["usual", "strong", "extreme"]) func thePenalty(name: String) throws {
    let golden = try #require(try Goldens.json("dropout.json")["concrete_penalty"]?[name])
    let inputs = [Tensor([1], [Float(try #require(golden["logit"]?.number))]), try GoldenTensor(golden["w"]).tensor]
    let units = try #require(golden["units"]?.integer)
    let (weight, dropout) = (
      Float(try #require(golden["weight_regularizer"]?.number)), Float(try #require(golden["dropout_regularizer"]?.number))
    )
    let (value, gradients) = valueWithGradients(at: inputs, seed: Tensor(1)) {
      concretePenalty($0[0], $0[1], units: units, weightRegularizer: weight, dropoutRegularizer: dropout)
    }
    #expect(mismatch([Double(value.scalar)], [try #require(golden["value"]?.number)]) == nil)
    #expect(mismatch(gradients[0], try GoldenTensor(golden["dlogit"])) == nil)
    #expect(mismatch(gradients[1], try GoldenTensor(golden["dw"])) == nil)
  }

  /// An element is more dropped than not with probability p, in every column, at any temperature.
  @Test(arguments: [0.05, 0.3, 0.8]) func elementsAreDroppedAsOftenAsTheyShould(p: Double) {
    let (rows, width) = (20_000, 9)
    let values = mask(p, Array(0..<Int32(rows)), width: width)
    let deviation = (p * (1 - p) / Double(rows)).squareRoot()
    for column in 0..<width {
      let dropped = stride(from: column, to: values.count, by: width).count { Double(values[$0]) * (1 - p) < 0.5 }
      #expect(abs(Double(dropped) / Double(rows) - p) < 4.5 * deviation, "column \(column)")
    }
  }

  /// At a low temperature it is dropout: nearly all factors are 0 or 1 / (1 - p).
  @Test func theColderTheHarder() {
    func soft(_ temperature: Float) -> Int {
      mask(0.3, Array(0..<2000), width: 10, temperature: temperature).count { (0.01...0.99).contains($0 * 0.7) }
    }
    let counts = ([0.001, 0.1, 1] as [Float]).map(soft)
    #expect(counts[0] < 100 && counts[0] < counts[1] && counts[1] < counts[2])
  }

  @Test(arguments: [1, 3, 4, 5, 130]) func aRowsMaskDoesNotDependOnItsBatch(width: Int) {
    let rows: [Int32] = [5, 0, 99, 3, 1_000_000]
    let together = mask(0.4, rows, width: width)
    for (index, row) in rows.enumerated() {
      #expect(mask(0.4, [7, row], width: width)[width...] == together[index * width..<(index + 1) * width])
    }
    #expect(mask(0.4, rows, width: width, step: 1) != together)
    #expect(mask(0.4, rows.map { $0 + 1 }, width: width) != together)
  }

  @Test func noFactorIsEverInfinite() {
    for p in [1e-6, 0.5, 1 - 1e-6] {
      #expect(mask(p, Array(0..<5000), width: 16, temperature: 0.01).allSatisfy { $0.isFinite })
    }
  }
}
