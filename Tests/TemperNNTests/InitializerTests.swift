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
    #expect(values(.constant(-0.25), [2, 2]) == [Double](repeating: -0.25, count: 4))
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

  /// A normal distribution cut at ±2 has a deviation of 0.8796.
  @Test func truncatedNormalsEndAtTwoDeviations() {
    let values = values(.truncatedNormal(deviation: 0.02), [400, 500])
    let largest = values.map(\.magnitude).max() ?? 0
    #expect(largest <= 0.04 * 1.000_001 && largest > 0.0399)
    let measured = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    #expect(abs(measured / (0.879_626 * 0.02) - 1) < 0.01)
    let mean = values.reduce(0, +) / Double(values.count)
    #expect(abs(mean) < 3 * 0.0176 / Double(values.count).squareRoot())
  }

  @Test(arguments: [[7, 7], [5, 12], [12, 5], [1, 9], [6, 2, 5], [4]], [1, 1.5]) func orthogonalMatrices(lengths: [Int], gain: Double) {
    let w = values(.orthogonal(gain: gain), Shape(lengths))
    let rows = lengths[0]
    let columns = w.count / rows
    let isWide = rows <= columns
    let count = min(rows, columns)
    // W Wᵀ of a wide matrix, Wᵀ W of a tall one.
    for a in 0..<count {
      for b in 0..<count {
        var dot = 0.0
        for i in 0..<max(rows, columns) {
          dot += isWide ? w[a * columns + i] * w[b * columns + i] : w[i * columns + a] * w[i * columns + b]
        }
        let expected = a == b ? gain * gain : 0
        #expect(abs(dot - expected) < 1e-6, "\(a), \(b)")
      }
    }
  }

  /// Spread evenly over the orthogonal matrices: no direction and no sign is preferred.
  @Test func orthogonalMatricesAreRandom() {
    let corners = (0..<400).map { values(.orthogonal(gain: 1), [3, 3], seed: UInt64($0))[0] }
    let mean = corners.reduce(0, +) / 400
    let square = corners.reduce(0) { $0 + $1 * $1 } / 400
    #expect(abs(mean) < 4 * (1.0 / 1200).squareRoot())
    #expect(abs(square - 1.0 / 3) < 0.08)
  }

  @Test func gainsFollowTheActivation() {
    #expect(abs(Activation.leakyReLU.gain - 1.414_142_8) < 1e-6)
    #expect(Activation.elu.gain == 2.0.squareRoot() && Activation.softplus.gain == 2.0.squareRoot())
    #expect(Activation.relu.gain == 2.0.squareRoot())
    #expect(Activation.tanh.gain == 5.0 / 3 && Activation.selu.gain == 0.75 && Activation.mish.gain == 2.0.squareRoot())
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
