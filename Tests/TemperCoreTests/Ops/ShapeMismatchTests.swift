import TemperCore
import Testing

/// Shapes that do not fit end the program with status 1 and name the op and both shapes.
@Suite struct ShapeMismatchTests {
  @Test func addition() async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      _ = Tensor.filled([2, 3], 1) + Tensor.filled([2, 4], 1)
    }
    try expectMessage(result, names: ["+", "[2, 3]", "[2, 4]"])
  }

  @Test func products() async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      _ = matmul(.filled([2, 3], 1), .filled([4, 5], 1))
    }
    try expectMessage(result, names: ["matmul", "[2, 3]", "[4, 5]"])
  }

  @Test func linearLayers() async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      _ = linear(.filled([2, 3], 1), .filled([5, 4], 1))
    }
    try expectMessage(result, names: ["linear", "[2, 3]", "4"])
  }

  @Test func biases() async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      _ = linear(.filled([2, 3], 1), .filled([5, 3], 1), .filled([4], 1))
    }
    try expectMessage(result, names: ["linear", "[4]", "[5, 3]"])
  }

  @Test func layerNorms() async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      _ = layerNorm(.filled([2, 3], 1), .filled([4], 1), .filled([3], 1))
    }
    try expectMessage(result, names: ["layerNorm", "[2, 3]", "[4]", "[3]"])
  }

  @Test func reshapes() async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      _ = Tensor.filled([2, 3], 1).reshaped([7])
    }
    try expectMessage(result, names: ["reshaped", "[2, 3]", "[7]"])
  }

  @Test func labels() async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      _ = softmaxCrossEntropy(.filled([2, 3], 1), [0, 3])
    }
    try expectMessage(result, names: ["softmaxCrossEntropy", "row 1", "3"])
  }

  @Test func attentionHeads() async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      _ = attention(.filled([2, 3, 16], 1), heads: 3, keyValueHeads: 1, mask: .causal)
    }
    try expectMessage(result, names: ["attention", "[2, 3, 16]", "3 + 2 * 1"])
  }

  @Test func fullCaches() async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      let cache = KeyValueCache(layers: 1, capacity: 4, keyValueHeads: 1, headWidth: 2)
      for _ in 0..<2 { _ = cachedAttention(.filled([1, 3, 6], 1), heads: 1, keyValueHeads: 1, cache: cache, layer: 0) }
    }
    try expectMessage(result, names: ["cachedAttention", "room for 4", "3 and 3 more"])
  }

  @Test func rotaryPositions() async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      _ = rotary(.filled([1, 3, 4], 1), heads: 1, headWidth: 4, table: RotaryTable(headWidth: 4, positions: 5), first: 3)
    }
    try expectMessage(result, names: ["rotary", "5 positions", "6"])
  }

  @Test(arguments: [-0.1, 1, 1.5]) func dropoutRates(rate: Double) async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) { [rate] in
      _ = dropout(.filled([1, 3], 1), rate: rate, DropoutSource(stream: Philox(key: 1), step: 0, rows: [0]))
    }
    try expectMessage(result, names: ["dropout", "0..<1"])
  }

  private func expectMessage(_ result: ExitTest.Result?, names words: [String]) throws {
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    for word in words { #expect(message.contains(word), "\(message)") }
  }
}
