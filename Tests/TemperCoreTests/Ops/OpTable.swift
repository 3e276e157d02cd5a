import TemperCore
import TemperTestSupport
import Testing

/// An operation with inputs to try it on: what every law that holds for all operations is checked against.
struct OpCase: Sendable, CustomTestStringConvertible {
  let name: String
  let inputs: @Sendable (inout RandomTensors) -> [Tensor]
  let function: @Sendable ([Tensor]) -> Tensor
  /// Whether every element of the result depends on every input.
  let mixesInputs: Bool

  var testDescription: String { name }

  /// The inputs, the same in every call.
  func makeInputs() -> [Tensor] {
    var random = RandomTensors(name)
    return inputs(&random)
  }

  init(
    _ name: String, _ inputs: @escaping @Sendable (inout RandomTensors) -> [Tensor], mixesInputs: Bool = true,
    _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    (self.name, self.inputs, self.function, self.mixesInputs) = (name, inputs, function, mixesInputs)
  }

  /// Every operation of the library, those with several paths once for each.
  static let all = arithmetic + elementwise + products + normalizations + reductions + layouts + losses + sparseLosses + transformers

  private static let arithmetic: [OpCase] = {
    let pairs: [(Shape, Shape)] = [
      ([3, 4], [3, 4]), ([5, 3], [3]), ([4, 3], [4, 1]), ([2, 3, 4], [3, 1]), ([3, 2], []), ([], [2, 3]), ([3, 1], [1, 4]), ([17], [17]),
    ]
    let functions: [(String, @Sendable ([Tensor]) -> Tensor)] = [
      ("add", { $0[0] + $0[1] }), ("subtract", { $0[0] - $0[1] }), ("multiply", { $0[0] * $0[1] }), ("divide", { $0[0] / $0[1] }),
    ]
    return functions.flatMap { name, function in
      pairs.map { a, b in
        OpCase("\(name) \(a) \(b)", { [$0.normal(a), $0.signed(b, magnitude: 0.8...2)] }, function)
      }
    }
  }()

  /// The functions of one number, with the inputs where each is smooth. NaN must come out of each where it went in.
  static let elementwise: [OpCase] = {
    let anywhere: @Sendable (inout RandomTensors) -> [Tensor] = { [$0.normal([7, 5])] }
    let positive: @Sendable (inout RandomTensors) -> [Tensor] = { [$0.uniform([3, 11], in: 0.5...3)] }
    let functions: [OpCase] = [
      OpCase("negate", anywhere, { -$0[0] }), OpCase("exp", anywhere, { $0[0].exp() }), OpCase("log", positive, { $0[0].log() }),
      OpCase("sqrt", positive, { $0[0].sqrt() }), OpCase("square", anywhere, { $0[0].squared() }),
      OpCase("magnitude", { [$0.signed([6, 7], magnitude: 0.2...2)] }, { $0[0].magnitude() }),
      OpCase("relu", { [$0.signed([6, 7], magnitude: 0.2...2)] }, { $0[0].relu() }),
      OpCase("leaky_relu", { [$0.signed([6, 7], magnitude: 0.2...2)] }, { $0[0].leakyReLU(slope: 0.2) }),
      OpCase("relu6", { [$0.signed([6, 7], magnitude: 0.2...2)] }, { ($0[0] * 2.5).relu6() }),
      OpCase("elu", { [$0.signed([6, 7], magnitude: 0.2...2)] }, { $0[0].elu(alpha: 1.5) }),
      OpCase("selu", { [$0.signed([6, 7], magnitude: 0.2...2)] }, { $0[0].selu() }),
      OpCase("softplus", anywhere, { $0[0].softplus() }),
      OpCase("gelu", anywhere, { $0[0].gelu() }), OpCase("gelu_tanh", anywhere, { $0[0].geluTanh() }),
      OpCase("tanh", anywhere, { $0[0].tanh() }), OpCase("sigmoid", anywhere, { $0[0].sigmoid() }),
      OpCase("silu", anywhere, { $0[0].silu() }), OpCase("mish", anywhere, { $0[0].mish() }),
    ]
    return functions
  }()

  private static let products: [OpCase] = {
    let linears = Activation.allCases.flatMap { activation in
      [
        // Biases of ±4 keep what goes into relu away from its kink.
        OpCase(
          "linear \(activation) with bias",
          { [$0.uniform([3, 5], in: -1...1), $0.uniform([4, 5], in: -0.5...0.5), $0.signed([4], magnitude: 3.5...4)] },
          { linear($0[0], $0[1], $0[2], activation: activation) }),
        OpCase(
          "linear \(activation) without bias", { [$0.uniform([4, 4], in: 0.5...1), $0.uniform([4, 4], in: 0.5...1)] },
          { linear($0[0], $0[1], activation: activation) }),
      ]
    }
    return linears + [
      OpCase("linear of three axes", { [$0.normal([2, 3, 5]), $0.normal([6, 5]), $0.normal([6])] }, { linear($0[0], $0[1], $0[2]) }),
      OpCase("linear of one axis", { [$0.normal([5]), $0.normal([6, 5]), $0.normal([6])] }, { linear($0[0], $0[1], $0[2]) }),
      OpCase("matmul", { [$0.normal([3, 6]), $0.normal([6, 4])] }, { matmul($0[0], $0[1]) }),
      OpCase("matmul of batches", { [$0.normal([3, 2, 6]), $0.normal([3, 6, 4])] }, { matmul($0[0], $0[1]) }),
      OpCase("matmul of batches of squares", { [$0.normal([2, 3, 3]), $0.normal([2, 3, 3])] }, { matmul($0[0], $0[1]) }),
      OpCase("matmul with one right factor", { [$0.normal([3, 2, 6]), $0.normal([6, 4])] }, { matmul($0[0], $0[1]) }),
      OpCase("matmul of squares", { [$0.normal([5, 5]), $0.normal([5, 5])] }, { matmul($0[0], $0[1]) }),
    ]
  }()

  private static let normalizations: [OpCase] = [
    OpCase("softmax", { [$0.normal([4, 6])] }, { $0[0].softmax() }),
    OpCase("log_softmax", { [$0.normal([2, 3, 5])] }, { $0[0].logSoftmax() }),
    OpCase("layer_norm", { [$0.normal([4, 9]), $0.normal([9]), $0.normal([9])] }, { layerNorm($0[0], $0[1], $0[2]) }),
    OpCase("rms_norm", { [$0.normal([4, 9]), $0.normal([9])] }, { rmsNorm($0[0], $0[1]) }),
    OpCase("group_norm", { [$0.normal([3, 5, 6]), $0.normal([6]), $0.normal([6])] }, { groupNorm($0[0], $0[1], $0[2], groups: 2) }),
    OpCase(
      "instance_norm", { [$0.normal([2, 3, 4, 5]), $0.normal([5]), $0.normal([5])] }, { groupNorm($0[0], $0[1], $0[2], groups: 5) }),
    OpCase("batch_norm of a batch", { [$0.normal([9, 4]), $0.normal([4]), $0.normal([4])] }, { batchNorm($0[0], $0[1], $0[2]).y }),
    OpCase(
      "batch_norm by given statistics", { [$0.normal([5, 4]), $0.normal([4]), $0.normal([4])] },
      { batchNorm($0[0], $0[1], $0[2], mean: Tensor([0, 1, -1, 2]), variance: Tensor([1, 2, 0.5, 4])) }),
    OpCase(
      "dropout", { [$0.normal([5, 13])] },
      { dropout($0[0], rate: 0.4, masks) }),
    OpCase("gaussian_dropout", { [$0.normal([5, 13])] }, { dropout($0[0], rate: 0.4, noise: .gaussian, masks) }),
    // The mask is a constant, so what it depends on must not move.
    OpCase("standout", { [$0.normal([5, 13])] }, { standout($0[0], Tensor.filled([5, 13], 0.3), alpha: 2, beta: 0.1, masks) }),
    OpCase("standout in evaluation", { [$0.normal([5, 3]), $0.normal([5, 3])] }, { standoutMean($0[0], $0[1], alpha: 2, beta: 0.5) }),
    OpCase("concrete_dropout", { [$0.normal([5, 13]), $0.normal([1])] }, { concreteDropout($0[0], $0[1], temperature: 1, masks) }),
    OpCase(
      "penalty of concrete dropout", { [$0.normal([1]), $0.normal([3, 4])] },
      { concretePenalty($0[0], $0[1], units: 4, weightRegularizer: 0.5, dropoutRegularizer: 1.5) }),
    OpCase("divergence of variational dropout", { [apart([3, 4], &$0), $0.normal([3, 4])] }, { variationalDivergence($0[0], $0[1]) }),
  ]

  private static var masks: DropoutSource { DropoutSource(stream: RandomStreams(seed: 3).philox("x"), step: 2, rows: [4, 0, 9, 1, 2]) }

  private static let reductions: [OpCase] = [
    OpCase("sum of all", { [$0.normal([3, 5])] }, { $0[0].sum() }),
    OpCase("mean of all", { [$0.normal([3, 5])] }, { $0[0].mean() }),
    OpCase("sum over the first axis", { [$0.normal([3, 5])] }, { $0[0].sum(axis: 0) }),
    OpCase("sum over the last axis", { [$0.normal([3, 5])] }, { $0[0].sum(axis: -1, keepingAxis: true) }),
    OpCase("mean over a middle axis", { [$0.normal([2, 3, 4])] }, { $0[0].mean(axis: 1) }),
    OpCase("maximum over the first axis", { [apart([5, 3], &$0)] }, { $0[0].maximum(axis: 0) }),
    OpCase("maximum over the last axis", { [apart([2, 3, 4], &$0)] }, { $0[0].maximum(axis: -1, keepingAxis: true) }),
    OpCase("top_k", { [apart([3, 7], &$0)] }, { topKActivation($0[0], k: 3) }),
  ]

  /// Elements in random order, 0.3 apart: which are the largest does not change within a difference quotient.
  private static func apart(_ shape: Shape, _ random: inout RandomTensors) -> Tensor {
    let order = zip(random.normal(shape).values, 0..<shape.count).sorted { $0 < $1 }.map(\.1)
    var values = [Float](repeating: 0, count: shape.count)
    for (rank, index) in order.enumerated() { values[index] = 0.3 * Float(rank) - 2 }
    return Tensor(shape, values)
  }

  private static let layouts: [OpCase] = [
    OpCase("reshape", { [$0.normal([3, 4])] }, { $0[0].reshaped([2, 6]) }),
    OpCase("rows", { [$0.normal([5, 3])] }, { $0[0].rows(1..<4) }),
    OpCase("slice of the first axis", { [$0.normal([5, 3])] }, { $0[0].slice(1..<4, axis: 0) }),
    OpCase("slice of the last axis", { [$0.normal([2, 3, 5])] }, { $0[0].slice(2..<5, axis: -1) }),
    OpCase("concatenate rows", { [$0.normal([2, 3]), $0.normal([1, 3]), $0.normal([2, 3])] }, mixesInputs: false, { concatenate($0) }),
    OpCase(
      "concatenate a middle axis", { [$0.normal([2, 1, 3]), $0.normal([2, 2, 3])] }, mixesInputs: false, { concatenate($0, axis: 1) }),
    OpCase("gather rows", { [$0.normal([4, 3])] }, { gather($0[0], rows: [3, 0, 3]) }),
    OpCase("gather a column of each row", { [$0.normal([4, 3])] }, { gather($0[0], columnOfEachRow: [2, 0, 1, 1]) }),
    OpCase("embedding", { [$0.normal([5, 3])] }, { embedding($0[0], [4, 1, 4]) }),
    OpCase("bags of embeddings", { [$0.normal([5, 3])] }, mixesInputs: false, { embeddingBag($0[0], [4, 1, 4], [0, 2, 2]) }),
    OpCase("embedding in a computed table", { [$0.normal([5, 3])] }, { embedding(-$0[0], [4, 1, 4]) }),
    OpCase("transpose", { [$0.normal([9, 17])] }, { $0[0].transposed() }),
    OpCase("transpose of outer axes", { [$0.normal([2, 3, 4])] }, { $0[0].transposed(0, 2) }),
    OpCase("transpose of an axis with itself", { [$0.normal([3, 4])] }, { $0[0].transposed(0, 0) }),
  ]

  /// At logits from which no difference quotient changes the classes that are left out.
  private static let sparseLosses: [OpCase] = {
    let labels: [Int32] = [0, 3, -100, 1, 3]
    let options = CrossEntropyOptions(classWeights: [1, 2, 0.5, 3])
    let rows: [Float] = [0.5, 2, 1, 0, 1]
    // In steps of 0.4, in an order that the row rotates.
    let z: @Sendable (inout RandomTensors) -> [Tensor] = { _ in
      [Tensor([5, 4], (0..<20).map { 0.4 * Float(($0 % 4 * 3 + $0 / 4) % 4) })]
    }
    return [
      OpCase("sparsemax", z, { $0[0].sparsemax() }), OpCase("entmax of 1.5", z, { $0[0].entmax15() }),
      OpCase("entmax of 1.2", z, { $0[0].entmax(alpha: 1.2) }),
      OpCase("sparsemax loss", z, { sparsemaxLoss($0[0], labels, options: options, rowWeights: rows).sum }),
      OpCase("entmax loss of 1.5", z, { entmax15Loss($0[0], labels, options: options).sum }),
      OpCase("entmax loss of 1.2", z, { entmaxLoss($0[0], labels, alpha: 1.2, rowWeights: rows).sum }),
      OpCase("cross-entropy of the top 2", z, { topKCrossEntropy($0[0], labels, k: 2, options: options, rowWeights: rows).sum }),
      OpCase("cross-entropy of AS-softmax", z, { asSoftmaxCrossEntropy($0[0], labels, delta: 0.26, options: options).sum }),
      OpCase(
        "cross-entropy of a sample", { [$0.normal([5, 3]), $0.normal([4, 3]), $0.normal([4])] },
        {
          sampledCrossEntropy(
            $0[0], $0[1], $0[2], labels, candidates: [2, 1], expectedCount: { 1 / (1 + Double($0)) }, options: options, rowWeights: rows
          ).sum
        }),
    ]
  }()

  private static let losses: [OpCase] = {
    let labels: [Int32] = [0, 3, -100, 1, 3]
    let options: [(String, CrossEntropyOptions)] = [
      ("plain", .init()), ("smoothed", .init(labelSmoothing: 0.2)), ("weighted", .init(classWeights: [1, 2, 0.5, 3])),
      ("smoothed and weighted", .init(classWeights: [1, 2, 0.5, 3], normalization: .count, labelSmoothing: 0.1)),
    ]
    let classifications = options.flatMap { name, options in
      [
        OpCase("cross-entropy, \(name)", { [$0.normal([5, 4])] }, { softmaxCrossEntropy($0[0], labels, options: options).sum }),
        OpCase("focal loss, \(name)", { [$0.normal([5, 4])] }, { focalLoss($0[0], labels, gamma: 1.5, options: options).sum }),
        OpCase(
          "cross-entropy of weighted rows, \(name)", { [$0.normal([5, 4])] },
          { softmaxCrossEntropy($0[0], labels, options: options, rowWeights: [0.5, 2, 1, 0, 1]).sum }),
        OpCase(
          "focal loss of weighted rows, \(name)", { [$0.normal([5, 4])] },
          { focalLoss($0[0], labels, gamma: 1.5, options: options, rowWeights: [0.5, 2, 1, 0, 1]).sum }),
        OpCase(
          "cross-entropy of probabilities, \(name)", { [$0.uniform([5, 4], in: 0.5...1)] },
          { probabilityCrossEntropy($0[0], labels, options: options).sum }),
      ]
    }
    let targets: [Float] = [0, 1, 1, 0, 0.5, 1]
    let binary = BinaryCrossEntropyOptions(positiveWeights: [2, 1, 0.5], negativeWeights: [1, 1, 3], labelSmoothing: 0.1)
    // Targets that no difference quotient carries an output across a kink of.
    let far: @Sendable (inout RandomTensors) -> [Tensor] = { [$0.signed([3, 2], magnitude: 0.2...0.8)] }
    let zeros = [Float](repeating: 0, count: 6)
    return classifications + [
      OpCase("binary cross-entropy", { [$0.normal([6])] }, { binaryCrossEntropy($0[0], targets).sum }),
      OpCase(
        "binary cross-entropy, weighted", { [$0.normal([2, 3])] },
        { binaryCrossEntropy($0[0], targets, options: binary, rowWeights: [2, 0.5]).sum }),
      OpCase("squared error", { [$0.normal([3, 2])] }, { squaredError($0[0], targets, rowWeights: [1, 2, 0.5]).sum }),
      OpCase("absolute error", far, { absoluteError($0[0], zeros, rowWeights: [1, 2, 0.5]).sum }),
      OpCase("Huber's error, near", far, { huberError($0[0], zeros, delta: 1).sum }),
      OpCase("Huber's error, far", far, { huberError($0[0], zeros, delta: 0.1, rowWeights: [1, 2, 0.5]).sum }),
    ]
  }()
}
