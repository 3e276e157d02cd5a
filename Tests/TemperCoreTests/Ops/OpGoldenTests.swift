import TemperCore
import TemperJSON
import TemperTestSupport
import Testing

/// One record of ops.json.
struct OpGolden: Sendable, CustomTestStringConvertible {
  let index: Int
  let json: JSON

  var op: String { json["op"]?.string ?? "" }
  var testDescription: String { "\(index): \(op) \(json["attributes"].map { $0.serialized() } ?? "")" }

  static let all: [OpGolden] = {
    let records = (try? Goldens.json("ops.json"))?.array ?? []
    return records.enumerated().map { OpGolden(index: $0.offset, json: $0.element) }
  }()

  /// What the operation called `op` is here, with its attributes; nil for one that nobody has told us about.
  func function() throws -> (([Tensor]) -> Tensor)? {
    let attributes = json["attributes"] ?? .null
    if let activation = Activation(rawValue: op) { return { activation($0[0]) } }
    switch op {
    case "add": return { $0[0] + $0[1] }
    case "subtract": return { $0[0] - $0[1] }
    case "multiply": return { $0[0] * $0[1] }
    case "divide": return { $0[0] / $0[1] }
    case "negate": return { -$0[0] }
    case "exp": return { $0[0].exp() }
    case "log": return { $0[0].log() }
    case "sqrt": return { $0[0].sqrt() }
    case "square": return { $0[0].squared() }
    case "matmul": return { matmul($0[0], $0[1]) }
    case "linear":
      let activation = try #require(attributes["activation"]?.string.flatMap(Activation.init(rawValue:)))
      return { linear($0[0], $0[1], $0.count > 2 ? $0[2] : nil, activation: activation) }
    case "softmax": return { $0[0].softmax() }
    case "log_softmax": return { $0[0].logSoftmax() }
    case "sum", "mean":
      let isSum = op == "sum"
      guard let axis = attributes["axis"]?.integer else { return { isSum ? $0[0].sum() : $0[0].mean() } }
      let keeping = attributes["keepdim"] == true
      return { isSum ? $0[0].sum(axis: axis, keepingAxis: keeping) : $0[0].mean(axis: axis, keepingAxis: keeping) }
    case "reshape":
      let shape = Shape(try #require(attributes["shape"]?.integers))
      return { $0[0].reshaped(shape) }
    case "transpose":
      let axes = try #require(attributes["axes"]?.integers)
      return { $0[0].transposed(axes[0], axes[1]) }
    case "layer_norm":
      let eps = Float(try #require(attributes["eps"]?.number))
      return { layerNorm($0[0], $0[1], $0[2], eps: eps) }
    case "batch_norm":
      let eps = Float(try #require(attributes["eps"]?.number))
      if attributes["training"] == true { return { batchNorm($0[0], $0[1], $0[2], eps: eps).y } }
      return { batchNorm($0[0], $0[1], $0[2], mean: $0[3], variance: $0[4], eps: eps) }
    case "softmax_cross_entropy":
      let labels = try #require(attributes["labels"]?.integers).map { Int32($0) }
      let options = try crossEntropyOptions()
      return { softmaxCrossEntropy($0[0], labels, options: options).sum }
    default: return nil
    }
  }

  func crossEntropyOptions() throws -> CrossEntropyOptions {
    let attributes = try #require(json["attributes"])
    return CrossEntropyOptions(
      ignoreIndex: Int32(try #require(attributes["ignore_index"]?.integer)),
      classWeights: attributes["class_weights"]?.numbers.map { $0.map { Float($0) } },
      normalization: try #require(attributes["normalize"]?.string.flatMap(CrossEntropyOptions.Normalization.init(rawValue:))),
      labelSmoothing: Float(try #require(attributes["label_smoothing"]?.number)))
  }
}

@Suite struct OpGoldenTests {
  @Test func everyRecordIsThere() {
    #expect(OpGolden.all.count >= 144)
    #expect(Set(OpGolden.all.map(\.op)).count >= 26)
  }

  @Test(arguments: OpGolden.all) func forwardAndGradients(_ golden: OpGolden) throws {
    let function = try #require(try golden.function(), "the operation \(golden.op) is not tested")
    let members = try #require(golden.json["inputs"]?.members)
    let inputs = try members.map { try GoldenTensor($0.value).tensor }
    let cotangent = try GoldenTensor(golden.json["cotangent"]).tensor
    let (value, gradients) = valueWithGradients(at: inputs, seed: cotangent, function)

    let expected = try GoldenTensor(golden.json["output"] ?? golden.json["outputs"]?["loss_sum"])
    #expect(mismatch(value, expected) == nil)
    let references = try #require(golden.json["gradients"]?.members)
    #expect(!references.isEmpty)
    for reference in references {
      let index = try #require(members.firstIndex { $0.name == reference.name })
      let problem = mismatch(gradients[index], try GoldenTensor(reference.value))
      #expect(problem == nil, "gradient of \(reference.name)")
    }
  }

  @Test(arguments: OpGolden.all.filter { $0.op == "softmax_cross_entropy" }) func weightOfCrossEntropy(_ golden: OpGolden) throws {
    let labels = try #require(golden.json["attributes"]?["labels"]?.integers).map { Int32($0) }
    let logits = try GoldenTensor(golden.json["inputs"]?["logits"]).tensor
    let weight = softmaxCrossEntropy(logits, labels, options: try golden.crossEntropyOptions()).weight
    #expect(mismatch([weight], try GoldenTensor(golden.json["outputs"]?["weight_sum"]).data) == nil)
  }

  @Test(arguments: OpGolden.all.filter { $0.json["running_after"] != nil }) func statisticsOfBatchNorm(_ golden: OpGolden) throws {
    let names = ["x", "weight", "bias", "running_mean", "running_var"]
    let inputs = try names.map { try GoldenTensor(golden.json["inputs"]?[$0]).tensor }
    let attributes = try #require(golden.json["attributes"])
    let momentum = Float(try #require(attributes["momentum"]?.number))
    let statistics = batchNorm(inputs[0], inputs[1], inputs[2], eps: Float(try #require(attributes["eps"]?.number))).statistics
    let after = try #require(golden.json["running_after"])
    for (start, newest, name) in [(inputs[3], statistics.mean, "running_mean"), (inputs[4], statistics.variance, "running_var")] {
      #expect(mismatch(start + (newest - start) * momentum, try GoldenTensor(after[name])) == nil)
    }
  }
}
