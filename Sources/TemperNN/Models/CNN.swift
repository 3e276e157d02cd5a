import TemperCore

/// A convolutional network (LeCun et al. 1998): blocks of convolution, norm, activation and pooling, then hidden layers as those of an ``MLP``
/// on all places of the last block, or on their mean, and a layer to the classes. Sequences are images of height 1.
///
/// Inside, images have channels last; what the first hidden layer reads has channels first, as where PyTorch flattens them.
///
/// Parameters: `blocks.N.conv.*`, `blocks.N.norm.*`, or those of another ``ConvolutionBlockKind``, and those of the ``MLP``. Activations: `blocks.N`, which leaves the block, and those of the MLP.
public struct CNN: HeadedModel {
  /// A block.
  public struct BlockConfig: Sendable {
    /// The outputs of the convolution.
    public var channels: Int
    /// How its kernel moves.
    public var geometry: ConvolutionGeometry
    /// The pooling after the activation; nil for none.
    public var pool: Pool?

    /// A block without pooling, unless it is given.
    public init(channels: Int, _ geometry: ConvolutionGeometry, pool: Pool? = nil) {
      (self.channels, self.geometry, self.pool) = (channels, geometry, pool)
    }

    /// The size of its result; not positive where the kernel or the window does not fit.
    public func output(of size: Extent) -> Extent {
      let size = geometry.output(of: size)
      return pool?.window.output(of: size) ?? size
    }
  }

  private struct Block {
    let name: String
    let layers: ConvolutionBlock
    let pool: Pool?
  }

  private let input: ImageInput
  private let blocks: [Block]
  private let activation: Activation
  private let averages: Bool
  private let dense: MLP

  /// Makes or loads the parameters.
  ///
  /// - Parameters:
  ///   - scope: where the parameters are named.
  ///   - input: what it reads, into which all kernels and windows fit.
  ///   - blocks: the blocks.
  ///   - kind: what a block does before its last activation.
  ///   - norm: after each convolution.
  ///   - activation: of blocks and hidden layers.
  ///   - averages: whether the mean over all places goes on, rather than all of them.
  ///   - hidden: the widths of the hidden layers.
  ///   - outputs: the last layer.
  ///   - dropout: after each hidden layer.
  public init(
    _ scope: ParameterScope, _ input: ImageInput, blocks: [BlockConfig], kind: ConvolutionBlockKind = .plain, norm: NormKind = .batch,
    activation: Activation = .relu, averages: Bool = false, hidden: [Int], outputs: OutputLayer, dropout: DropoutConfig = .none
  ) {
    var (channels, size, made) = (input.channels, input.size, [Block]())
    for (index, block) in blocks.enumerated() {
      let place = scope["blocks"][index]
      let layers = ConvolutionBlock(
        place, kind, index: index, of: blocks.count, channels: channels, outputs: block.channels, block.geometry, size: size, norm: norm,
        activation: activation)
      made.append(Block(name: place.path, layers: layers, pool: block.pool))
      (channels, size) = (block.channels, block.output(of: size))
    }
    dense = MLP(
      scope, inputs: averages ? channels : channels * size.height * size.width, hidden: hidden, classes: outputs.count,
      activation: activation, dropout: dropout, endsInSoftmax: outputs.endsInSoftmax, clusters: outputs.clusters)
    (self.input, self.blocks, self.activation, self.averages) = (input, made, activation, averages)
    minimumBatchSize = norm == .batch && !blocks.isEmpty ? 2 : 1
  }

  /// The hidden units of the layers after the blocks.
  public var units: [HiddenUnits] { dense.units }
  /// See ``Model``.
  public var featureName: String? { dense.featureName ?? blocks.last?.name }
  /// See ``Model``.
  public var learnedDropout: [LearnedDropout] { dense.learnedDropout }
  /// 2 with batch normalisation, else 1.
  public let minimumBatchSize: Int
  /// See ``HeadedModel``.
  public var head: Head { dense.head }
  /// Of all places of the blocks.
  public var activationsPerRow: Int {
    dense.activationsPerRow + blocks.reduce(0) { $0 + $1.layers.numbersPerRow }
  }

  /// Three products with 2 operations per weight and place.
  public func operationsPerRow(length: Int) -> Int {
    blocks.reduce(dense.operationsPerRow(length: 0)) { $0 + $1.layers.operationsPerRow }
  }

  /// `[rows, values]` to logits or probabilities, `[rows, classes]`.
  public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor { dense(flattened(x, context), context) }

  /// See ``HeadedModel``.
  public func features(_ x: Tensor, _ context: Context) -> Tensor { dense.features(flattened(x, context), context) }

  /// What the first hidden layer reads, `[rows, values]`.
  private func flattened(_ x: Tensor, _ context: Context) -> Tensor {
    var h = input(x)
    for block in blocks {
      h = block.layers(h, context)
      // The greatest number stays the greatest, and there are fewer to activate.
      let poolsFirst = block.pool?.isMax == true && activation.isMonotone
      if !poolsFirst { h = activation(h) }
      if let pool = block.pool { h = pool(h) }
      if poolsFirst { h = activation(h) }
      context.hooks?(block.name, h)
    }
    let places = h.shape[1] * h.shape[2]
    return averages ? sequenceMean(h.reshaped([h.shape[0], places, h.shape[3]])) : channelsFirst(h)
  }
}
