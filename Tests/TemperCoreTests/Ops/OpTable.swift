import TemperCore
import TemperTestSupport
import Testing

/// An operation with inputs to try it on: what every law that holds for all operations is checked against.
struct OpCase: Sendable, CustomTestStringConvertible {
  let name: String
  let inputs: @Sendable (inout RandomTensors) -> [Tensor]
  let function: @Sendable ([Tensor]) -> Tensor

  var testDescription: String { name }

  /// The inputs, the same in every call.
  func makeInputs() -> [Tensor] {
    var random = RandomTensors(name)
    return inputs(&random)
  }

  init(
    _ name: String, _ inputs: @escaping @Sendable (inout RandomTensors) -> [Tensor], _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    (self.name, self.inputs, self.function) = (name, inputs, function)
  }

  /// Every operation of the library, those with several paths once for each.
  static let all = arithmetic + elementwise + products + normalizations + reductions + layouts + losses

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
      OpCase("relu", { [$0.signed([6, 7], magnitude: 0.2...2)] }, { $0[0].relu() }),
      OpCase("gelu", anywhere, { $0[0].gelu() }), OpCase("gelu_tanh", anywhere, { $0[0].geluTanh() }),
      OpCase("tanh", anywhere, { $0[0].tanh() }), OpCase("sigmoid", anywhere, { $0[0].sigmoid() }),
      OpCase("silu", anywhere, { $0[0].silu() }),
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
      OpCase("matmul of squares", { [$0.normal([5, 5]), $0.normal([5, 5])] }, { matmul($0[0], $0[1]) }),
    ]
  }()

  private static let normalizations: [OpCase] = [
    OpCase("softmax", { [$0.normal([4, 6])] }, { $0[0].softmax() }),
    OpCase("log_softmax", { [$0.normal([2, 3, 5])] }, { $0[0].logSoftmax() }),
    OpCase("layer_norm", { [$0.normal([4, 9]), $0.normal([9]), $0.normal([9])] }, { layerNorm($0[0], $0[1], $0[2]) }),
    OpCase("batch_norm of a batch", { [$0.normal([9, 4]), $0.normal([4]), $0.normal([4])] }, { batchNorm($0[0], $0[1], $0[2]).y }),
    OpCase(
      "batch_norm by given statistics", { [$0.normal([5, 4]), $0.normal([4]), $0.normal([4])] },
      { batchNorm($0[0], $0[1], $0[2], mean: Tensor([0, 1, -1, 2]), variance: Tensor([1, 2, 0.5, 4])) }),
    OpCase(
      "dropout", { [$0.normal([5, 13])] },
      { dropout($0[0], rate: 0.4, DropoutSource(stream: RandomStreams(seed: 3).philox("x"), step: 2, rows: [4, 0, 9, 1, 2])) }),
  ]

  private static let reductions: [OpCase] = [
    OpCase("sum of all", { [$0.normal([3, 5])] }, { $0[0].sum() }),
    OpCase("mean of all", { [$0.normal([3, 5])] }, { $0[0].mean() }),
    OpCase("sum over the first axis", { [$0.normal([3, 5])] }, { $0[0].sum(axis: 0) }),
    OpCase("sum over the last axis", { [$0.normal([3, 5])] }, { $0[0].sum(axis: -1, keepingAxis: true) }),
    OpCase("mean over a middle axis", { [$0.normal([2, 3, 4])] }, { $0[0].mean(axis: 1) }),
  ]

  private static let layouts: [OpCase] = [
    OpCase("reshape", { [$0.normal([3, 4])] }, { $0[0].reshaped([2, 6]) }),
    OpCase("rows", { [$0.normal([5, 3])] }, { $0[0].rows(1..<4) }),
    OpCase("transpose", { [$0.normal([9, 17])] }, { $0[0].transposed() }),
    OpCase("transpose of outer axes", { [$0.normal([2, 3, 4])] }, { $0[0].transposed(0, 2) }),
    OpCase("transpose of an axis with itself", { [$0.normal([3, 4])] }, { $0[0].transposed(0, 0) }),
  ]

  private static let losses: [OpCase] = {
    let labels: [Int32] = [0, 3, -100, 1, 3]
    let options: [(String, CrossEntropyOptions)] = [
      ("plain", .init()), ("smoothed", .init(labelSmoothing: 0.2)), ("weighted", .init(classWeights: [1, 2, 0.5, 3])),
      ("smoothed and weighted", .init(classWeights: [1, 2, 0.5, 3], normalization: .count, labelSmoothing: 0.1)),
    ]
    return options.map { name, options in
      OpCase("cross-entropy, \(name)", { [$0.normal([5, 4])] }, { softmaxCrossEntropy($0[0], labels, options: options).sum })
    }
  }()
}
