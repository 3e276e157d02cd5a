import TemperCore
import TemperNN
import Testing

@Suite struct InitializerTests {
  private func values(_ initializer: Initializer, _ shape: Shape, seed: UInt64 = 3, name: String = "weight") -> [Double] {
    let store = ParameterStore(random: RandomStreams(seed: seed))
    return store.root.parameter(name, shape, initializer).value.values.map(Double.init)
  }

  @Test func constants() {
    #expect(values(.zeros, [3, 2]) == [Double](repeating: 0, count: 6))
    #expect(values(.ones, [5]) == [Double](repeating: 1, count: 5))
  }

  /// Fan-in 500, fan-out 400: bounds of uniform numbers, deviations of normal ones, as torch.nn.init has them.
  static let cases: [(initializer: Initializer, deviation: Double, isUniform: Bool)] = [
    (.kaimingUniform(gain: 1), 1 / root(500), true),
    (.kaimingUniform(gain: root(2)), root(2) / root(500), true),
    (.kaimingNormal(gain: root(2)), root(2) / root(500), false),
    (.xavierUniform(gain: 3), 3 * root(2) / root(900), true),
    (.xavierNormal(gain: 1), root(2) / root(900), false),
    (.normal(deviation: 0.02), 0.02, false),
  ]

  private static func root(_ x: Double) -> Double { x.squareRoot() }

  @Test(arguments: cases.indices) func boundsAndDeviations(_ index: Int) {
    let (initializer, deviation, isUniform) = Self.cases[index]
    let values = values(initializer, [400, 500])
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let measured = (values.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
    #expect(abs(mean) < 3 * deviation / count.squareRoot())
    #expect(abs(measured / deviation - 1) < 0.01)
    let largest = values.map(\.magnitude).max() ?? 0
    if isUniform {
      let bound = 3.0.squareRoot() * deviation
      #expect(largest <= bound * 1.000_001 && largest > 0.999 * bound)
    } else {
      #expect(largest > 3.5 * deviation)
    }
  }

  @Test func gainsFollowTheActivation() {
    #expect(Activation.relu.gain == 2.0.squareRoot())
    #expect(Activation.tanh.gain == 5.0 / 3)
    #expect(Activation.sigmoid.gain == 1 && Activation.none.gain == 1)
  }

  @Test func theSeedDecides() {
    let initializer = Initializer.kaimingNormal(gain: 1)
    #expect(values(initializer, [7, 5]) == values(initializer, [7, 5]))
    #expect(values(initializer, [7, 5], seed: 4) != values(initializer, [7, 5]))
    #expect(values(initializer, [7, 5], name: "other") != values(initializer, [7, 5]))
  }

  @Test func anotherLayerLeavesTheOthersAsTheyWere() {
    func weights(_ hidden: [Int]) -> [String: [Float]] {
      let store = ParameterStore(random: RandomStreams(seed: 9))
      _ = MLP(store.root, inputs: 4, hidden: hidden, classes: 3)
      return Dictionary(uniqueKeysWithValues: store.parameters.map { ($0.name, $0.value.values) })
    }
    let (short, long) = (weights([6]), weights([6, 6]))
    #expect(short.count == 4 && long.count == 6)
    for (name, values) in short { #expect(long[name] == values, "\(name)") }
    #expect(long["layers.1.linear.weight"] != long["layers.0.linear.weight"])
  }

  /// The numbers of a seed may never change: stored runs are repeated from them.
  @Test func biasesStartAtZeroAndWeightsDoNot() {
    let store = ParameterStore(random: RandomStreams(seed: 9))
    _ = MLP(store.root, inputs: 4, hidden: [6], classes: 3, norm: .layer)
    for parameter in store.parameters {
      let values = parameter.value.values
      switch parameter.name.split(separator: ".").suffix(2).joined(separator: ".") {
      case "norm.weight": #expect(values.allSatisfy { $0 == 1 })
      case "linear.weight", "output.weight": #expect(Set(values).count == values.count)
      default: #expect(values.allSatisfy { $0 == 0 }, "\(parameter.name)")
      }
    }
  }
}
