import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

import TemperOptim

@Suite("networks for tables learn as those of their authors") struct TableTrainingTests {
  private static let columns = FeatureColumns(count: 5, numbers: [0, 1], categories: [2..<5])

  private static func golden() throws -> JSON { try Goldens.json("table_training.json") }

  /// Two numbers, and a category as three features.
  private static func features(_ golden: JSON) throws -> Tensor {
    let numbers = try GoldenTensor(golden["numbers"]).data
    let categories = try #require(golden["categories"]?.integers)
    var rows: [Float] = []
    for (row, category) in categories.enumerated() {
      rows += [Float(numbers[2 * row]), Float(numbers[2 * row + 1])]
      for other in 0..<3 { rows.append(other == category ? 1 : 0) }
    }
    return Tensor([categories.count, 5], rows)
  }

  private static func fill(_ parameter: Parameter, _ values: [Double]) {
    for (i, value) in values.enumerated() { parameter.value.pointer[i] = Float(value) }
  }

  @Test(arguments: ["tabm", "tabm, embedded", "tabm-mini", "tabm-mini, embedded"]) func tabm(_ name: String) throws {
    let golden = try Self.golden()
    let record = try #require(golden["tabm"]?[name])
    let isFull = record["arch"]?.string == "tabm"
    let bins = record["bins"]?.array?.map { $0.numbers ?? [] }
    let store = ParameterStore(random: RandomStreams(seed: 0))
    let model = TabM(
      store.root, Self.columns, hidden: [5, 5], members: 3, isFull: isFull, outputs: OutputLayer(3),
      numbers: bins == nil ? nil : .piecewiseLinear(bins: 3, width: 4))
    /// The golden values of a parameter, in its own layout.
    func values(_ name: String, in set: JSON?) throws -> [Double] {
      func tensor(_ name: String) throws -> [Double] { try GoldenTensor(set?[name]).data }
      switch name {
      case "scale": return try tensor(isFull ? "backbone.blocks.0.0.r" : "backbone.affine.weight")
      case "output.weight":
        let w = try tensor(name)
        return (0..<3).flatMap { m in (0..<3).flatMap { o in (0..<5).map { w[(m * 5 + $0) * 3 + o] } } }
      case "output.bias": return try tensor(name)
      case "inputs.numbers.slope": return try tensor("num_module.linear0.weight")
      case "inputs.numbers.bias": return try tensor("num_module.linear0.bias")
      case "inputs.numbers.weight":
        // The authors' weights of a column's last bin come last.
        let w = try tensor("num_module.linear.weight")
        return Array(w[..<12] + w[20...]) + Array(repeating: 0, count: 8)
      case "inputs.numbers.edges": return (bins ?? []).flatMap { $0 + Array(repeating: $0[$0.count - 1], count: 4 - $0.count) }
      default:
        let parts = name.split(separator: ".")
        let own = ["weight": "weight", "bias": "bias", "input_scale": "r", "output_scale": "s"][parts[parts.count - 1]] ?? ""
        return try tensor("backbone.blocks.\(parts[1]).0.\(own)")
      }
    }
    for parameter in store.parameters { Self.fill(parameter, try values(parameter.name, in: record["initial"])) }
    let (x, labels) = (
      try Self.features(golden), try #require(golden["labels"]?.integers).flatMap { Array(repeating: Int32($0), count: 3) }
    )
    let context = Context.training(step: 0, rows: Array(0..<8))
    #expect(mismatch(model.memberOutputs(x, context).reshaped([8, 3, 3]), try GoldenTensor(record["logits"])) == nil)
    let mean = model(x, .evaluation()).exp()
    #expect(mismatch(mean, model.memberOutputs(x, context).softmax().reshaped([8, 3, 3]).mean(axis: 1)) == nil)

    let optimizer = AdamW(store, AdamWConfig(weightDecay: 3e-4), decaying: .all)
    let gradients = store.makeGradients()
    for (step, expected) in try #require(record["losses"]?.numbers).enumerated() {
      gradients.reset()
      let loss = store.addGradients(to: gradients) { softmaxCrossEntropy(model.memberOutputs(x, context), labels).sum / Float(24) }
      #expect(abs(Double(loss.scalar) / expected - 1) < 1e-5, "step \(step)")
      if step == 0 {
        for (index, parameter) in store.trainable.enumerated() {
          let found = try #require(gradients.gradient(index, shape: parameter.shape)).values.map { Double($0) }
          #expect(mismatch(found, try values(parameter.name, in: record["gradients"])) == nil, "\(parameter.name)")
        }
      }
      optimizer.step(gradients, scale: 1, learningRate: 2e-3)
    }
    for parameter in store.trainable {
      #expect(
        mismatch(parameter.value.values.map { Double($0) }, try values(parameter.name, in: record["final"])) == nil, "\(parameter.name)")
    }
  }

  @Test(arguments: [false, true]) func realMLP(isFull: Bool) throws {
    let golden = try Self.golden()
    let record = try #require(golden["realmlp"]?[isFull ? "td" : "td_s"])
    let store = ParameterStore(random: RandomStreams(seed: 0))
    let inputs = FeatureInputs(
      store.root["inputs"], Self.columns, numbers: isFull ? .periodic(frequencies: 5, width: 4, scale: 0.1) : nil, isScaled: true)
    let model = MLP(
      store.root, inputs: 5, hidden: [5, 5], classes: isFull ? 1 : 3, activation: isFull ? .mish : .selu, features: inputs, isNTK: true,
      isParametric: isFull)
    /// The golden name of a parameter, and its values there in its own layout.
    func entry(_ name: String, in set: JSON?) throws -> (name: String, values: [Double]) {
      let own = [
        "inputs.scale": "scale", "inputs.numbers.frequency": "w1", "inputs.numbers.phase": "b1", "inputs.numbers.weight": "w2",
        "inputs.numbers.bias": "b2",
      ]
      let other = name.replacing("layers.", with: "").replacing("linear.", with: "").replacing("output", with: "2")
      let name = own[name] ?? other.replacing("share", with: "a")
      let values = try GoldenTensor(set?[name]).data
      // [columns, frequencies, outputs] is [columns, outputs, frequencies] here.
      return (name, name == "w2" ? (0..<2).flatMap { c in (0..<3).flatMap { o in (0..<5).map { values[(c * 5 + $0) * 3 + o] } } } : values)
    }
    for parameter in store.parameters { Self.fill(parameter, try entry(parameter.name, in: record["initial"]).values) }
    let (x, labels) = (try Self.features(golden), try #require(golden["labels"]?.integers).map { Int32($0) })
    let values = try GoldenTensor(golden["values"]).tensor.reshaped([8, 1])
    let (rates, decays) = (try #require(record["rates"]?.numbers), try #require(record["decays"]?.numbers))
    let gradients = store.makeGradients()
    var (first, second) = (
      store.trainable.map { Array(repeating: 0.0, count: $0.shape.count) },
      store.trainable.map { Array(repeating: 0.0, count: $0.shape.count) }
    )
    for (step, expected) in try #require(record["losses"]?.numbers).enumerated() {
      gradients.reset()
      let loss = store.addGradients(to: gradients) {
        let outputs = model(x, .training(step: step, rows: Array(0..<8)))
        return isFull
          ? (outputs - values).squared().mean()
          : softmaxCrossEntropy(outputs, labels, options: CrossEntropyOptions(labelSmoothing: 0.1)).sum / Float(8)
      }
      #expect(abs(Double(loss.scalar) / expected - 1) < 2e-5, "step \(step)")
      // Adam as RealMLP's code has it, which multiplies decay by the factor of the rate once more than PyTorch's parameter groups do.
      for (index, parameter) in store.trainable.enumerated() {
        let name = try entry(parameter.name, in: record["initial"]).name
        let factor = try #require(record["factors"]?[name]?.number)
        let g = try #require(gradients.gradient(index, shape: parameter.shape)).values
        let keep = name.hasSuffix("bias") ? 1 : 1 - rates[step] * decays[step] * factor * factor
        let (c1, c2) = (1 - power(0.9, step + 1), 1 - power(0.95, step + 1))
        for i in 0..<g.count {
          first[index][i] += 0.1 * (Double(g[i]) - first[index][i])
          second[index][i] += 0.05 * (Double(g[i]) * Double(g[i]) - second[index][i])
          let change = rates[step] * factor * (first[index][i] / c1) / ((second[index][i] / c2).squareRoot() + 1e-8)
          parameter.value.pointer[i] = Float(keep * Double(parameter.value.pointer[i]) - change)
        }
      }
    }
    for parameter in store.trainable {
      let expected = try entry(parameter.name, in: record["final"]).values
      #expect(
        mismatch(parameter.value.values.map { Double($0) }, expected, Tolerance(absolute: 1e-5, relative: 2e-5)) == nil, "\(parameter.name)"
      )
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(1) { result, _ in result * base } }
}
