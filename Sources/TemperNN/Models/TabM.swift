import TemperCore

/// TabM (Gorishniy, Kotelnikov and Babenko 2025): an ensemble of multilayer perceptrons that share their weights, trained together. Member m sees
/// the features times a random vector of its own, and has its own last layer; in the full variant every layer's inputs and outputs are
/// multiplied by vectors of the member too (BatchEnsemble, Wen et al. 2020), and it has its own biases.
///
/// All members see the same batches, of which the embeddings are computed once.
///
/// Parameters: `inputs.*` (see ``FeatureInputs``), `scale`, `[members, inputs]`, `layers.N.linear.*`, full also `layers.N.input_scale`,
/// `layers.N.output_scale` and `layers.N.bias`, `output.weight` `[members, outputs, width]` and `output.bias`. Activations: `layers.N.activation`,
/// `layers.N`, of all members, and `output`.
public struct TabM: EnsembleModel, FittedModel {
  private struct Block {
    let name: String
    let linear: Linear
    let inputScale: Parameter?
    let outputScale: Parameter?
    let bias: Parameter?
    let dropout: Dropout
  }

  private let inputs: FeatureInputs
  private let scale: Parameter
  private let blocks: [Block]
  private let weight: Parameter
  private let bias: Parameter
  private let activation: Activation
  private let average: MemberAverage
  private let endsInSoftmax: Bool
  /// The number of members.
  public let members: Int
  /// Empty: whether a unit is of use is a matter of each member.
  public var units: [HiddenUnits] { [] }
  /// Of the inputs and the hidden layers of all members.
  public var activationsPerRow: Int { members * blocks.reduce(inputs.width) { $0 + $1.linear.weight.shape[0] } }
  /// Any batch will do.
  public var minimumBatchSize: Int { 1 }

  /// Makes or loads the parameters.
  ///
  /// - Parameters:
  ///   - scope: where the parameters are named.
  ///   - columns: the features.
  ///   - hidden: the width of each hidden layer.
  ///   - members: the number of members.
  ///   - isFull: whether members have vectors of their own in every layer, rather than before the first.
  ///   - activation: of the hidden layers.
  ///   - outputs: the last layer.
  ///   - numbers: the embedding of numeric columns.
  ///   - categories: the embedding of categorical columns.
  public init(
    _ scope: ParameterScope, _ columns: FeatureColumns, hidden: [Int], members: Int, isFull: Bool = false, activation: Activation = .relu,
    outputs: OutputLayer, numbers: NumericEmbeddingConfig? = nil, categories: CategoryEmbeddingConfig? = nil
  ) {
    inputs = FeatureInputs(scope["inputs"], columns, numbers: numbers, categories: categories)
    var width = inputs.width
    // One random number for each column: its features are multiplied alike.
    scale = scope.parameter("scale", [members, width], .ofParts(inputs.parts, isSign: !inputs.embedsNumbers), mayDecay: false)
    var blocks: [Block] = []
    for (index, size) in hidden.enumerated() {
      let place = scope["layers"][index]
      let bound = Initializer.uniform(bound: 1 / Double(max(1, width)).squareRoot())
      blocks.append(
        Block(
          name: place.path,
          linear: Linear(
            place["linear"], inputs: width, outputs: size, bias: !isFull, activation: isFull ? .none : activation, initializer: bound),
          inputScale: isFull && index > 0 ? place.parameter("input_scale", [members, width], .ones, mayDecay: false) : nil,
          outputScale: isFull ? place.parameter("output_scale", [members, size], .ones, mayDecay: false) : nil,
          bias: isFull ? place.parameter("bias", [members, size], bound, mayDecay: false) : nil, dropout: Dropout(place, index: index)))
      width = size
    }
    let bound = Initializer.uniform(bound: 1 / Double(max(1, width)).squareRoot())
    weight = scope["output"].parameter("weight", [members, outputs.count, width], bound)
    bias = scope["output"].parameter("bias", [members, outputs.count], bound, mayDecay: false)
    (self.blocks, self.members, self.activation) = (blocks, members, activation)
    (average, endsInSoftmax) = (outputs.endsInSoftmax ? .values : outputs.average, outputs.endsInSoftmax)
  }
  /// Nil: each member has features of its own.
  public var featureName: String? { nil }

  /// Three products with 2 operations per weight and member.
  public func operationsPerRow(length: Int) -> Int {
    6 * (inputs.weightsPerRow + members * blocks.reduce(0) { $0 + $1.linear.weight.shape.count } + weight.shape.count)
  }

  /// The mean prediction, `[rows, outputs]`.
  public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    let outputs = average(memberOutputs(x, context), members: members)
    context.hooks?("output", outputs)
    return outputs
  }

  /// See ``EnsembleModel``.
  public func memberOutputs(_ x: Tensor, _ context: Context) -> Tensor {
    var h = memberRows(inputs(x), scale: scale.value)
    let rows = x.shape[0]
    for block in blocks {
      if let scale = block.inputScale { h = memberScaled(h, scale: scale.value) }
      h = block.linear(h)
      if let scale = block.outputScale, let bias = block.bias {
        h = memberScaled(h, scale: scale.value)
        h = activation((h.reshaped([rows, members, h.shape[1]]) + bias.value).reshaped(h.shape))
      }
      let width = h.shape[1]
      // A row's mask is that of all its members side by side.
      h = block.dropout(h.reshaped([rows, members * width]), context).reshaped([rows * members, width])
    }
    let logits = memberLinear(h, weight.value, bias.value)
    return endsInSoftmax ? logits.softmax() : logits
  }

  /// See ``FittedModel``.
  public var readsRows: Bool { inputs.readsRows }

  /// Takes the bins of numeric columns from training rows, `[rows, features]`.
  public func fit(to rows: Tensor) { inputs.fit(to: rows) }
}
