import TemperCore
import TemperTestSupport
import Testing

import TemperNN

@Suite("what the first layer of a network for tables reads") struct FeatureInputsTests {
  private static func store() -> ParameterStore { ParameterStore(random: RandomStreams(seed: 3)) }
  private static func value(_ store: ParameterStore, _ name: String) throws -> Tensor {
    try #require(store.parameters.first { $0.name == name }).value
  }

  @Test func withoutEmbeddingsItIsTheFeatures() {
    let inputs = FeatureInputs(Self.store().root, FeatureColumns(count: 4, numbers: [0, 3], categories: [1..<3]))
    let x = Tensor([2, 4], [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(inputs(x).values == x.values)
    #expect(inputs.width == 4 && inputs.parts == [1, 2, 1])
  }

  @Test func columnsAreEmbeddedAndOthersKept() throws {
    let store = Self.store()
    let columns = FeatureColumns(count: 8, numbers: [1], categories: [2..<5, 5..<7])
    let inputs = FeatureInputs(
      store.root, columns, numbers: .piecewiseLinear(bins: 2, width: 3), categories: CategoryEmbeddingConfig(width: 2, minFeatures: 3))
    #expect(inputs.parts == [3, 2, 1, 2, 1] && inputs.width == 9)
    let y = inputs(Tensor([1, 8], [0.5, 2, 0, 1, 0, 1, 0, 0.25])).values
    // The second category's vector, and what is not embedded, in its order.
    let vectors = try Self.value(store, "categories.0.weight").values
    #expect(Array(y[3..<5]) == [vectors[1], vectors[4]])
    #expect(Array(y[5...]) == [0.5, 1, 0, 0.25])
    let (slope, bias) = (try Self.value(store, "numbers.slope").values, try Self.value(store, "numbers.bias").values)
    for k in 0..<3 { #expect(abs(y[k] - (2 * slope[k] + bias[k])) < 1e-6) }
  }

  @Test func binsLieBetweenQuantiles() throws {
    let store = Self.store()
    let columns = FeatureColumns(numbers: 3)
    let inputs = FeatureInputs(store.root["inputs"], columns, numbers: .piecewiseLinear(bins: 4, width: 2))
    let model = MLP(store.root, inputs: 3, hidden: [], classes: 1, features: inputs)
    // 0...8, a column of two numbers, a constant.
    model.fit(to: Tensor([9, 3], (0..<9).flatMap { [Float(8 - $0), $0 < 3 ? 1 : 5, 7] }))
    let edges = try Self.value(store, "inputs.numbers.edges").values
    #expect(edges == [0, 2, 4, 6, 8, 1, 5, 5, 5, 5, 7, 7, 7, 7, 7])
    #expect(model(Tensor([2, 3], [1, 2, 3, -50, 50, 1e6]), .evaluation()).isFinite)
  }

  @Test func weightsAreFittedToTheRows() throws {
    var random = RandomTensors("rows")
    let rows = random.normal([200, 5]) * Tensor([5], [1, 10, 0.1, 3, 0])
    for isNTK in [false, true] {
      let store = Self.store()
      let model = MLP(store.root, inputs: 5, hidden: [7], classes: 2, activation: .relu, isNTK: isNTK, isFitted: true)
      model.fit(to: rows)
      let (w, b) = (try Self.value(store, "layers.0.linear.weight"), try Self.value(store, "layers.0.linear.bias"))
      let z = linear(rows, isNTK ? w * Float(1 / 5.0.squareRoot()) : w, b)
      for unit in 0..<7 {
        let values = (0..<200).map { Double(z.values[7 * $0 + unit]) }
        let mean = values.reduce(0, +) / 200
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200).squareRoot()
        #expect(abs(deviation - 1) < 1e-4)
        #expect(values.contains { $0 < 0 } && values.contains { $0 > 0 }, "unit \(unit) does not bend within the rows")
      }
    }
  }

  @Test func aConstantUnitStaysFinite() throws {
    let store = Self.store()
    let model = MLP(store.root, inputs: 2, hidden: [3], classes: 1, isFitted: true)
    model.fit(to: Tensor.filled([6, 2], 2))
    #expect(store.parameters.allSatisfy { $0.value.isFinite })
  }
}
