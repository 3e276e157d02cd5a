import TemperCore

/// A multilayer perceptron. Every hidden block is linear, norm, activation, skip connection and dropout, each optional but the first; then
/// comes a layer to the classes, linear or of an adaptive softmax, and a softmax if the loss takes probabilities. Scheduled dropout rates
/// come from the context of a pass. Without hidden blocks it is softmax regression.
///
/// In training a penalty on activations, if the context has one, is added to the objective.
///
/// Variational dropout is in the weights of all linear layers, the last included, of which a ``HeadLoss`` would take no notice.
///
/// Parameters, unless ``Names`` are given: `inputs.*` (see ``FeatureInputs``), `layers.N.linear.*`, `layers.N.share`, `layers.N.norm.*`,
/// `layers.N.dropout.*` where rates are learned, and `output.*`. Activations: `layers.N.activation`, `layers.N`, which leaves the block, and
/// `output`, the logits.
public struct MLP: HeadedModel, FittedModel {
  /// Names of layers other than the standard ones.
  public struct Names: Sendable {
    /// The name of each hidden block, which its linear layer has too; empty for the standard ones.
    public var hidden: [String]
    /// The layer to the classes.
    public var output: String

    /// Of the hidden blocks and the last layer.
    public init(hidden: [String] = [], output: String) { (self.hidden, self.output) = (hidden, output) }
  }

  private struct Block {
    let name: String
    let activationName: String
    let linear: Linear
    let variational: VariationalDropout?
    let norm: Norm
    let activation: Activation
    /// How much of the activation each unit uses; nil for all of it.
    let share: Parameter?
    /// How many of its units stay active; nil for all.
    let active: Int?
    /// Which rows skip the block; nil without a skip connection.
    let skipping: StochasticDepth?
    let dropConnect: DropConnect
    let dropout: AnyDropout
  }

  private let inputs: FeatureInputs?
  private let blocks: [Block]
  private let random: RandomStreams
  private let isFitted: Bool
  /// The layer to the classes.
  public let head: Head
  private let variational: VariationalDropout?
  private let endsInSoftmax: Bool
  /// The hidden units of each block, named after the block.
  public let units: [HiddenUnits]
  /// 2 with batch normalisation, else 1.
  public let minimumBatchSize: Int

  /// Makes or loads the parameters.
  ///
  /// - Parameters:
  ///   - scope: where the parameters are named.
  ///   - inputs: the number of features.
  ///   - hidden: the width of each hidden block.
  ///   - classes: the number of logits.
  ///   - activation: of the hidden blocks.
  ///   - active: if not empty, the number of units of each hidden block that stay active: the largest of a row after the activation; see
  ///     ``TemperCore/topKActivation(_:k:)``.
  ///   - norm: applied before the activation.
  ///   - residual: whether a block adds its input to its output where both have the same width.
  ///   - dropout: after each hidden block.
  ///   - endsInSoftmax: whether outputs are probabilities instead of logits.
  ///   - clusters: of an adaptive softmax as the last layer; nil for a linear one.
  ///   - initializer: of the hidden weights; by default Kaiming for the activation. The output layer is initialised with gain 1.
  ///   - features: what the first layer reads in place of the features themselves.
  ///   - isNTK: whether layers have the parametrisation of ``Linear`` in which weights are of the order of 1.
  ///   - isParametric: whether each hidden unit learns how much of its activation it uses; see ``TemperCore/parametricActivation(_:_:_:)``.
  ///   - isFitted: whether ``fit(to:)`` sets weights and biases.
  ///   - names: of the layers.
  public init(
    _ scope: ParameterScope, inputs: Int, hidden: [Int], classes: Int, activation: Activation = .relu, active: [Int] = [],
    norm: NormKind = .none, residual: Bool = false, dropout: DropoutConfig = .none, endsInSoftmax: Bool = false,
    clusters: ClassClusters? = nil, initializer: Initializer? = nil, features: FeatureInputs? = nil, isNTK: Bool = false,
    isParametric: Bool = false, isFitted: Bool = false, names: Names = Names(output: "output")
  ) {
    require(
      active.isEmpty || active.count == hidden.count, "MLP: needs a number of active units for each of \(hidden.count) hidden layers")
    var width = features?.width ?? inputs
    var blocks: [Block] = []
    let isSkipped = zip(hidden, [width] + hidden).map { residual && $0 == $1 }
    for (index, size) in hidden.enumerated() {
      let place = names.hidden.isEmpty ? scope["layers"][index] : scope[names.hidden[index]]
      let linearPlace = names.hidden.isEmpty ? place["linear"] : place
      let skipped = isSkipped[...index].count { $0 }
      // The linear op applies the activation itself, unless something else needs its input.
      let isFused = norm == .none && !dropout.needsActivationInput && !isParametric
      let linear = Linear(
        linearPlace, inputs: width, outputs: size, activation: isFused ? activation : .none,
        initializer: initializer ?? .kaimingUniform(gain: activation.gain), isNTK: isNTK)
      blocks.append(
        Block(
          name: place.path, activationName: HiddenUnits.activation(of: place.path),
          linear: linear, variational: VariationalDropout(linearPlace, linear, dropout),
          norm: Norm(place["norm"], norm, size: size),
          activation: isFused ? .none : activation,
          share: isParametric ? place.parameter("share", [size], .ones) : nil,
          active: active.isEmpty ? nil : active[index],
          skipping: isSkipped[index] ? StochasticDepth(place, block: skipped - 1, of: isSkipped.count { $0 }) : nil,
          dropConnect: DropConnect(place),
          dropout: AnyDropout(place, dropout, index: index)))
      width = size
    }
    head = Head(
      scope[names.output], inputs: width, outputs: classes, clusters: clusters, initializer: initializer ?? .kaimingUniform(gain: 1),
      isNTK: isNTK)
    variational = if case .linear(let layer) = head { VariationalDropout(scope[names.output], layer, dropout) } else { nil }
    (self.inputs, self.blocks, self.endsInSoftmax) = (features, blocks, endsInSoftmax)
    (random, self.isFitted) = (scope.store.random, isFitted)
    minimumBatchSize = norm == .batch && !hidden.isEmpty ? 2 : 1
    let weights = blocks.map(\.linear.weight) + [head.weight]
    units = blocks.enumerated().map { index, block in
      HiddenUnits(
        name: block.name, count: hidden[index], incoming: block.linear.weight, bias: block.linear.bias, outgoing: weights[index + 1])
    }
  }

  /// The output of the last block.
  public var featureName: String? { blocks.last?.name }

  /// See ``Model``.
  public var learnedDropout: [LearnedDropout] {
    blocks.compactMap { $0.dropout.learned(at: $0.name) ?? $0.variational?.learned(at: $0.name) }
      + [variational?.learned(at: "output")].compactMap { $0 }
  }

  /// Three products with 2 operations per weight: forward, and the derivatives of weight and input.
  public func operationsPerRow(length: Int) -> Int {
    6 * ((inputs?.weightsPerRow ?? 0) + blocks.map(\.linear.weight.shape.count).reduce(0, +) + head.weightsPerRow)
  }

  /// `[rows, inputs]` to logits or probabilities, `[rows, classes]`.
  public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    let logits = head(features(x, context), variational, context)
    context.hooks?("output", logits)
    return endsInSoftmax ? logits.softmax() : logits
  }

  /// See ``FittedModel``.
  public var readsRows: Bool { isFitted || inputs?.readsRows == true }

  /// Fits bins of embedded numbers to training rows, `[rows, inputs]`, and, if asked for, weights and biases layer by layer.
  public func fit(to rows: Tensor) {
    inputs?.fit(to: rows)
    guard isFitted, rows.shape[0] > 0 else { return }
    var h = inputs?(rows) ?? rows
    for block in blocks {
      block.linear.fit(to: h, using: random)
      let next = activated(block.linear(h), block)
      h = block.skipping == nil ? next : next + h
    }
    if case .linear(let layer) = head { layer.fit(to: h, using: random) }
  }

  /// `[rows, inputs]` to the last hidden layer, `[rows, width]`.
  public func features(_ x: Tensor, _ context: Context) -> Tensor {
    var h = inputs?(x) ?? x
    for (block, units) in zip(blocks, units) {
      let input = h
      let z = block.variational == nil ? block.dropConnect(block.linear, h, context) : block.linear(h, block.variational, context)
      let a = block.norm(z, context)
      h = activated(a, block)
      context.hooks?(block.activationName, h)
      context.penalizeActivations(h)
      if let skipping = block.skipping { h = skipping(h, context) + input }
      h = block.dropout(h, activationInput: a, readBy: units.outgoing, context)
      context.hooks?(block.name, h)
    }
    return h
  }

  /// The values of a block's units, from the inputs of their activation.
  private func activated(_ a: Tensor, _ block: Block) -> Tensor {
    let h = block.share.map { parametricActivation(a, $0.value, block.activation) } ?? block.activation(a)
    return block.active.map { topKActivation(h, k: $0) } ?? h
  }
}
