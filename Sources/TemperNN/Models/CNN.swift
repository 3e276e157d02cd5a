import TemperCore

/// A convolutional network (LeCun et al. 1998): blocks of convolution, norm, activation and pooling, then hidden layers as those of an ``MLP``
/// on all places of the last block, or on their mean, and a layer to the classes. Sequences are images of height 1.
///
/// Inside, images have channels last; what the first hidden layer reads has channels first, as where PyTorch flattens them.
///
/// Parameters: those of its blocks by ``CNNNames``, as `blocks.N.conv.*` and `blocks.N.norm.*`, and those of the ``MLP``. Activations: each block by its
/// name, as `blocks.N`, and those of the MLP.
public struct CNN: HeadedModel {
  /// Where a block stands.
  public enum Role: Sendable, Equatable {
    /// Before the stages.
    case stem
    /// The `index`-th of a stage, and the `number`-th of all stages, from 0.
    case block(stage: Int, index: Int, number: Int)
    /// After the stages.
    case last

    /// The number of a block of the stages.
    var number: Int? { if case .block(_, _, let number) = self { number } else { nil } }
  }

  /// A block.
  public struct BlockConfig: Sendable {
    /// What it does before its last activation.
    public var kind: ConvolutionBlockKind
    /// Where it stands.
    public var role: Role
    /// The outputs of its last convolution.
    public var channels: Int
    /// How the kernel of its first, or its depthwise, convolution moves.
    public var geometry: ConvolutionGeometry
    /// How many times as many channels an inverted block has inside.
    public var expansion: Int
    /// The pooling after the activation; nil for none.
    public var pool: Pool?

    /// A block without pooling, unless it is given.
    public init(
      _ role: Role, _ kind: ConvolutionBlockKind = .plain, channels: Int, _ geometry: ConvolutionGeometry, expansion: Int = 1,
      pool: Pool? = nil
    ) {
      (self.kind, self.role, self.channels) = (kind, role, channels)
      (self.geometry, self.expansion, self.pool) = (geometry, expansion, pool)
    }

    /// The size of its result; not positive where the kernel or the window does not fit.
    public func output(of size: Extent) -> Extent {
      let size = geometry.output(of: size)
      return pool?.window.output(of: size) ?? size
    }

    /// The channels of each of its norms where it reads images with so many.
    public func normWidths(channels inputs: Int) -> [Int] {
      switch kind {
      case .plain, .residual: [channels]
      case .residual3: [inputs, channels]
      case .separable, .inverted: [inputs * expansion, channels]
      }
    }
  }

  private let input: ImageInput
  private let blocks: [ConvolutionBlock]
  private let averages: Bool
  private let dense: MLP

  /// Makes or loads the parameters.
  ///
  /// - Parameters:
  ///   - scope: where the parameters are named.
  ///   - input: what it reads, into which all kernels and windows fit.
  ///   - blocks: the blocks.
  ///   - names: of the parameters.
  ///   - norm: after each convolution.
  ///   - normGroups: the groups of channels of a group norm.
  ///   - activation: of blocks and hidden layers.
  ///   - averages: whether the mean over all places goes on, rather than all of them.
  ///   - hidden: the widths of the hidden layers.
  ///   - outputs: the last layer.
  ///   - dropout: after each hidden layer.
  public init(
    _ scope: ParameterScope, _ input: ImageInput, blocks: [BlockConfig], names: CNNNames = .standard, norm: NormKind = .batch,
    normGroups: Int = 1, activation: Activation = .relu, averages: Bool = false, hidden: [Int], outputs: OutputLayer,
    dropout: DropoutConfig = .none
  ) {
    let style = ConvolutionBlock.Style(norm: norm, normGroups: normGroups, activation: activation, isSequence: input.isSequence)
    var (channels, size, made) = (input.channels, input.size, [ConvolutionBlock]())
    let staged = blocks.count { $0.role.number != nil }
    for (position, block) in blocks.enumerated() {
      let blockNames = names.block(block.role, block.kind, position: position, isExpanded: block.expansion > 1)
      made.append(
        ConvolutionBlock(
          scope, block, blockNames, depth: (block.role.number ?? 0, staged), channels: channels, size: size, style))
      (channels, size) = (block.channels, block.output(of: size))
    }
    dense = MLP(
      scope, inputs: averages ? channels : channels * size.height * size.width, hidden: hidden, classes: outputs.count,
      activation: activation, dropout: dropout, endsInSoftmax: outputs.endsInSoftmax, clusters: outputs.clusters,
      names: names.dense(hidden: hidden.count))
    (self.input, self.blocks, self.averages) = (input, made, averages)
    minimumBatchSize = norm == .batch && !blocks.isEmpty ? 2 : 1
  }

  /// The hidden units of the layers after the blocks.
  public var units: [HiddenUnits] { dense.units }
  /// See ``Model``.
  public var featureName: String? { dense.featureName ?? blocks.last?.names.block }
  /// See ``Model``.
  public var learnedDropout: [LearnedDropout] { dense.learnedDropout }
  /// 2 with batch normalisation, else 1.
  public let minimumBatchSize: Int
  /// See ``HeadedModel``.
  public var head: Head { dense.head }
  /// Of all places of the blocks.
  public var activationsPerRow: Int {
    dense.activationsPerRow + blocks.reduce(0) { $0 + $1.numbersPerRow }
  }

  /// Three products with 2 operations per weight and place.
  public func operationsPerRow(length: Int) -> Int {
    blocks.reduce(dense.operationsPerRow(length: 0)) { $0 + $1.operationsPerRow }
  }

  /// `[rows, values]` to logits or probabilities, `[rows, classes]`.
  public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor { dense(flattened(x, context), context) }

  /// See ``HeadedModel``.
  public func features(_ x: Tensor, _ context: Context) -> Tensor { dense.features(flattened(x, context), context) }

  /// What the first hidden layer reads, `[rows, values]`.
  private func flattened(_ x: Tensor, _ context: Context) -> Tensor {
    var h = input(x)
    for block in blocks {
      h = block(h, context)
      context.hooks?(block.names.block, h)
    }
    let places = h.shape[1] * h.shape[2]
    return averages ? sequenceMean(h.reshaped([h.shape[0], places, h.shape[3]])) : channelsFirst(h)
  }
}
