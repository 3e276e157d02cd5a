import TemperCore

/// A Vision Transformer (Dosovitskiy et al. 2021): an image is cut into patches, each a token by a linear layer, which go through pre-norm blocks
/// with attention in both directions; a linear layer reads the class token, or the mean of all. Equivalent to torchvision's `VisionTransformer`,
/// whose initial weights it has too. Sequences are images of height 1.
///
/// Parameters: `class_token` where it is read, `conv_proj.*`, `encoder.pos_embedding`, `encoder.layers.encoder_layer_N.*`, `encoder.ln.*` and
/// `heads.head.*`. Activations: `encoder.layers.encoder_layer_N.self_attention`, `encoder.layers.encoder_layer_N.mlp.activation`,
/// `encoder.layers.encoder_layer_N`, the output of the block, and `features`, what the last layer reads.
public struct ViT: HeadedModel {
  /// What the last layer reads. The raw value is the name in a config.
  public enum Pooling: String, CaseIterable, Sendable {
    /// A learned token before the patches.
    case `class`
    /// The mean of all patches.
    case mean
  }

  /// Its sizes.
  public struct Sizes: Sendable {
    /// The size of a patch, which divides that of the image.
    public var patch: Extent
    /// The number of blocks.
    public var layers: Int
    /// The attention heads of a block.
    public var heads: Int
    /// The width of a token, a multiple of `heads`.
    public var width: Int
    /// The hidden units of a block's feed-forward layer.
    public var feedForwardWidth: Int
    /// The dropout rate after the embeddings and after each dense layer of a block.
    public var dropout: Double
    /// The dropout rate of attention weights.
    public var attentionDropout: Double

    /// Without dropout, unless its rates are given.
    public init(
      patch: Extent, layers: Int, heads: Int, width: Int, feedForwardWidth: Int, dropout: Double = 0, attentionDropout: Double = 0
    ) {
      (self.patch, self.layers, self.heads, self.width) = (patch, layers, heads, width)
      (self.feedForwardWidth, self.dropout, self.attentionDropout) = (feedForwardWidth, dropout, attentionDropout)
    }
  }

  private let input: ImageInput
  private let sizes: Sizes
  private let classToken: Parameter?
  private let patches: Convolution
  private let positions: Parameter
  private let dropout: AnyDropout
  private let dropouts: DropoutPlaces
  private let blocks: BlockStack<PreNormBlock>
  private let norm: LayerNorm
  private let endsInSoftmax: Bool
  private let recomputesBlocks: Bool
  /// The last layer.
  public let head: Head

  /// Makes or loads the parameters.
  ///
  /// - Parameters:
  ///   - scope: where the parameters are named.
  ///   - input: what it reads, of a size that the patches divide.
  ///   - sizes: its sizes.
  ///   - pooling: what the last layer reads.
  ///   - recomputesBlocks: whether the backward pass computes blocks again instead of storing their activations.
  ///   - outputs: the last layer.
  ///   - replacement: replaces the dropout rates of `sizes`.
  public init(
    _ scope: ParameterScope, _ input: ImageInput, _ sizes: Sizes, pooling: Pooling = .class, recomputesBlocks: Bool = false,
    outputs: OutputLayer, dropout replacement: TransformerDropout? = nil
  ) {
    let (width, patch, places, encoder) = (sizes.width, sizes.patch, DropoutPlaces(replacement), scope["encoder"])
    let xavier = Initializer.xavierUniform(gain: 1)
    let style = PreNormBlock.Style(
      attention: "self_attention", units: "mlp", queryKeyValue: "in_proj_", projection: "out_proj", up: "0", down: "3",
      initial: (xavier, .kaimingUniform(gain: (1.0 / 3).squareRoot()), xavier, xavier), mask: .full)
    let block = PreNormBlock.Sizes(
      width: width, heads: sizes.heads, feedForwardWidth: sizes.feedForwardWidth, activation: .gelu, normEpsilon: Self.normEpsilon,
      attentionDropout: sizes.attentionDropout, residualDropout: sizes.dropout, unitDropout: sizes.dropout, layers: sizes.layers)
    let readsClass = pooling == .class
    classToken = readsClass ? scope.parameter("class_token", [1, 1, width], .zeros) : nil
    patches = Convolution(
      scope["conv_proj"], channels: input.channels, outputs: width, ConvolutionGeometry(kernel: patch, stride: patch),
      initializer: .truncatedNormal(deviation: 1 / Double(input.channels * patch.height * patch.width).squareRoot()))
    let length = Self.length(input, patch) + (readsClass ? 1 : 0)
    positions = encoder.parameter("pos_embedding", [1, length, width], .normal(deviation: 0.02))
    self.dropout = places.make(.embedding, encoder["dropout"], own: sizes.dropout, layer: 0, units: width, of: patches.weight)
    blocks = BlockStack(sizes.layers, in: encoder["layers"], recomputes: recomputesBlocks, named: { "encoder_layer_\($0)" }) {
      PreNormBlock($0, block, style, places, layer: $1, keepsFirst: readsClass && $1 == sizes.layers - 1)
    }
    norm = LayerNorm(encoder["ln"], size: width, eps: Float(Self.normEpsilon))
    head = Head(scope["heads"]["head"], inputs: width, outputs: outputs.count, clusters: outputs.clusters, initializer: .zeros)
    (self.input, self.sizes, dropouts, endsInSoftmax) = (input, sizes, places, outputs.endsInSoftmax)
    self.recomputesBlocks = recomputesBlocks
  }

  private static let normEpsilon = 1e-6

  /// The number of patches of what it reads.
  static func length(_ input: ImageInput, _ patch: Extent) -> Int {
    (input.size.height / patch.height) * (input.size.width / patch.width)
  }

  /// The hidden units of the blocks.
  public var units: [HiddenUnits] { blocks.blocks.map(\.units) }
  /// What the last layer reads.
  public var featureName: String? { "features" }
  /// See ``Model``.
  public var learnedDropout: [LearnedDropout] { dropouts.rates }
  /// See ``Model``.
  public var minimumBatchSize: Int { 1 }
  /// About ten times the width of a token per block, or once if blocks are recomputed.
  public var activationsPerRow: Int {
    positions.shape.count * (4 + sizes.layers * (recomputesBlocks ? 1 : 6 + 2 * sizes.feedForwardWidth / sizes.width))
  }

  /// Three products with 2 operations per weight and token that reads it, and attention.
  public func operationsPerRow(length: Int) -> Int {
    let (tokens, width) = (positions.shape[1], sizes.width)
    let (projection, rest) = (3 * width * width, width * width + 2 * width * sizes.feedForwardWidth)
    let last = classToken == nil ? tokens : 1
    let blocks = sizes.layers * tokens * projection + ((sizes.layers - 1) * tokens + last) * rest
    return 6 * (Self.length(input, sizes.patch) * patches.weight.shape.count + blocks + head.weightsPerRow)
      + 12 * sizes.layers * width * tokens * tokens
  }

  /// `[rows, values]` to logits or probabilities, `[rows, classes]`.
  public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    let logits = head(features(x, context))
    context.hooks?("output", logits)
    return endsInSoftmax ? logits.softmax() : logits
  }

  /// See ``HeadedModel``.
  public func features(_ x: Tensor, _ context: Context) -> Tensor {
    dropouts.addPenalties(context)
    let (rows, width) = (x.shape[0], sizes.width)
    var h = patches(input(x)).reshaped([rows, Self.length(input, sizes.patch), width])
    if let classToken { h = concatenate([Tensor.filled([rows, 1, 1], 1) * classToken.value, h], axis: 1) }
    h = norm(blocks(dropout(h + positions.value, context), context) { block, x in block(x, context) })
    let pooled = classToken == nil ? sequenceMean(h) : h.reshaped([rows, width])
    context.hooks?("features", pooled)
    return pooled
  }
}
