import TemperCore
import TemperJSON
import TemperTestSupport
import Testing

/// One record of ops.json or attention.json.
struct OpGolden: Sendable, CustomTestStringConvertible {
  let index: Int
  let json: JSON

  var op: String { json["op"]?.string ?? "" }
  var testDescription: String { "\(index): \(op) \(json["attributes"].map { $0.serialized() } ?? "")" }

  static let all: [OpGolden] = {
    let records = ["ops.json", "attention.json"].flatMap { (try? Goldens.json($0))?.array ?? [] }
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
    case "group_norm":
      let (groups, eps) = (try #require(attributes["groups"]?.integer), Float(try #require(attributes["eps"]?.number)))
      return { groupNorm($0[0], $0[1], $0[2], groups: groups, eps: eps) }
    case "batch_norm":
      let eps = Float(try #require(attributes["eps"]?.number))
      if attributes["training"] == true { return { batchNorm($0[0], $0[1], $0[2], eps: eps).y } }
      return { batchNorm($0[0], $0[1], $0[2], mean: $0[3], variance: $0[4], eps: eps) }
    default: return try pieceFunction(attributes) ?? transformerFunction(attributes) ?? loss().map { loss in { loss($0).sum } }
    }
  }

  /// The operations that pick, join or reduce, and those with a constant of their own.
  private func pieceFunction(_ attributes: JSON) throws -> (([Tensor]) -> Tensor)? {
    func number(_ key: String) throws -> Float { Float(try #require(attributes[key]?.number)) }
    func integer(_ key: String) throws -> Int { try #require(attributes[key]?.integer) }
    func indices() throws -> [Int32] { try #require(attributes["indices"]?.integers).map { Int32($0) } }
    switch op {
    case "leaky_relu_slope":
      let slope = try number("slope")
      return { $0[0].leakyReLU(slope: slope) }
    case "elu_alpha":
      let alpha = try number("alpha")
      return { $0[0].elu(alpha: alpha) }
    case "max":
      let (axis, keeping) = (try integer("axis"), attributes["keepdim"] == true)
      return { $0[0].maximum(axis: axis, keepingAxis: keeping) }
    case "concatenate":
      let axis = try integer("axis")
      return { concatenate($0, axis: axis) }
    case "slice":
      let (axis, range) = (try integer("axis"), try integer("start")..<integer("end"))
      return { $0[0].slice(range, axis: axis) }
    case "gather_rows":
      let rows = try indices()
      return { gather($0[0], rows: rows) }
    case "gather_column":
      let columns = try indices()
      return { gather($0[0], columnOfEachRow: columns) }
    case "embedding":
      let ids = try indices()
      return { embedding($0[0], ids) }
    case "rms_norm":
      let eps = try number("eps")
      return { rmsNorm($0[0], $0[1], eps: eps) }
    case "top_k":
      let k = try integer("k")
      return { topKActivation($0[0], k: k) }
    default: return nil
    }
  }

  /// The loss called `op`, with its attributes; nil for another operation.
  func loss() throws -> (([Tensor]) -> (sum: Tensor, weight: Double))? {
    let attributes = json["attributes"] ?? .null
    func floats(_ key: String) -> [Float]? { attributes[key]?.numbers.map { $0.map { Float($0) } } }
    let (targets, rowWeights) = (floats("targets") ?? [], floats("row_weights"))
    switch op {
    case "softmax_cross_entropy", "linear_cross_entropy", "probability_cross_entropy", "focal_loss":
      let labels = try #require(attributes["labels"]?.integers).map { Int32($0) }
      let options = try crossEntropyOptions()
      if op == "softmax_cross_entropy" { return { softmaxCrossEntropy($0[0], labels, options: options) } }
      if op == "linear_cross_entropy" {
        return { linearCrossEntropy($0[0], $0[1], $0.count > 2 ? $0[2] : nil, labels, options: options) }
      }
      if op == "probability_cross_entropy" { return { probabilityCrossEntropy($0[0], labels, options: options) } }
      let gamma = try #require(attributes["gamma"]?.number)
      return { focalLoss($0[0], labels, gamma: gamma, options: options) }
    case "binary_cross_entropy":
      let options = BinaryCrossEntropyOptions(
        positiveWeights: floats("positive_weights"), negativeWeights: floats("negative_weights"),
        normalization: try #require(attributes["normalize"]?.string.flatMap(CrossEntropyOptions.Normalization.init(rawValue:))),
        labelSmoothing: Float(try #require(attributes["label_smoothing"]?.number)))
      return { binaryCrossEntropy($0[0], targets, options: options, rowWeights: rowWeights) }
    case "squared_error": return { squaredError($0[0], targets, rowWeights: rowWeights) }
    case "absolute_error": return { absoluteError($0[0], targets, rowWeights: rowWeights) }
    case "huber_error":
      let delta = Float(try #require(attributes["delta"]?.number))
      return { huberError($0[0], targets, delta: delta, rowWeights: rowWeights) }
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
    #expect(OpGolden.all.count >= 305)
    #expect(Set(OpGolden.all.map(\.op)).count >= 50)
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

  @Test(arguments: OpGolden.all.filter { $0.json["outputs"] != nil }) func weightsOfLosses(_ golden: OpGolden) throws {
    let loss = try #require(try golden.loss())
    let inputs = try #require(golden.json["inputs"]?.members).map { try GoldenTensor($0.value).tensor }
    #expect(mismatch([loss(inputs).weight], try GoldenTensor(golden.json["outputs"]?["weight_sum"]).data) == nil)
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
