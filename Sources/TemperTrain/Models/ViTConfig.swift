import TemperCore
import TemperJSON
import TemperNN

/// The block of a `vit`. Keys of the blocks are those of a `bert`.
public struct ViTConfig: Sendable {
  /// The length of a patch in each direction, or its height and width.
  public let patch: [Int]
  /// What the last layer reads.
  public let pooling: ViT.Pooling
  /// The number of blocks.
  public let layers: Int
  /// The attention heads of a block.
  public let heads: Int
  /// The width of a token between blocks.
  public let width: Int
  /// The hidden units of a block's feed-forward layer.
  public let feedForwardWidth: Int
  /// The dropout rate after the embeddings and after each dense layer of a block.
  public let dropout: Double
  /// The dropout rate of attention weights.
  public let attentionDropout: Double
  /// Whether blocks are recomputed in the backward pass instead of storing their activations.
  public let recomputesBlocks: Bool
  private let shape: SampleShapeKey

  /// Reads the block.
  public init(_ c: FieldReader, isLoaded: Bool) {
    patch =
      c.optionalIntegerOrIntegers(
        "patch", in: 1...4096, count: 1...2,
        doc: "Size of a patch, which divides the size of the image: a number or `[height, width]`; by default 4. Of a sequence, its length."
      )
      ?? [4]
    pooling = c.choice(
      "pool", default: ViT.Pooling.class, doc: "Input of the last layer: a learned `class` token before the patches, or the `mean` of all.")
    width = c.transformerWidth()
    layers = c.transformerLayers()
    heads = c.transformerHeads()
    feedForwardWidth = c.feedForwardWidth(width)
    dropout = c.number(
      "hidden_dropout_prob", default: 0, in: 0..<1,
      doc: "Dropout after the embeddings and after the dense layers of a block, except queries, keys and values.")
    attentionDropout = c.number("attention_probs_dropout_prob", default: 0, in: 0..<1, doc: "Dropout of attention weights.")
    recomputesBlocks = c.gradientCheckpointing()
    shape = SampleShapeKey(c)
    c.demandWholeHeads(width: width, heads: heads)
  }

  /// The size of a patch of what the model reads; nil where it does not divide it.
  private func patch(of input: ImageInput) -> Extent? {
    let patch = patch.count == 2 ? Extent(patch[0], patch[1]) : input.isSequence ? Extent(1, patch[0]) : Extent(patch[0])
    let (height, width) = (
      input.size.height.quotientAndRemainder(dividingBy: patch.height), input.size.width.quotientAndRemainder(dividingBy: patch.width)
    )
    return height.remainder == 0 && width.remainder == 0 ? patch : nil
  }
}

extension ViTConfig: TransformerDropoutKeys {
  /// See ``TransformerDropoutKeys``.
  public var dropoutRates: [(key: String, rate: Double, standard: Double)] {
    [("hidden_dropout_prob", dropout, 0), ("attention_probs_dropout_prob", attentionDropout, 0)]
  }
}

extension ViTConfig: FeatureModelConfig {
  /// See ``ModelConfig``.
  public static var type: String { "vit" }
  /// See ``ModelConfig``.
  public static var doc: String { "Vision Transformer for images and sequences." }
  /// See ``ModelConfig``.
  public static var takes: [SampleKind] { [.features] }
  /// See ``ModelConfig``: the blocks.
  public var hiddenLayers: Int { layers }
  /// See ``ModelConfig``.
  public var residualBlocks: Int { layers }
  /// See ``ModelConfig``: constant pixels are pixels.
  public var keepsConstants: Bool { shape.dimensions != nil }

  /// See ``ModelConfig``.
  public func summary(inputs: Int, outputs: Int) -> String {
    "vit \(inputs): patches of \(patch.map(String.init).joined(separator: " x ")), \(layers) x \(width), \(heads) heads: \(outputs)"
  }

  /// See ``FeatureModelConfig``.
  public func problem(with shape: SampleShape) -> (key: String, text: String)? {
    if let problem = self.shape.problem(with: shape) { return problem }
    let input = self.shape.checkedInput(shape)
    guard let patch = patch(of: input) else {
      return (
        "model.patch",
        "does not divide the \(input.size.height) x \(input.size.width) places of a sample; set it to a divisor of \(input.isSequence ? "the length" : "both"), "
          + "or to [height, width]"
      )
    }
    let tokens = (input.size.height / patch.height) * (input.size.width / patch.width) + 1
    if tokens > 65_536 {
      return ("model.patch", "makes \(tokens) tokens of a sample, more than the 65536 that attention takes; use larger patches")
    }
    return nil
  }

  /// See ``FeatureModelConfig``.
  public func model(
    _ scope: ParameterScope, _ shape: SampleShape, columns: FeatureColumns, outputs: OutputLayer, regularization: RegularizationConfig
  ) -> any Model<Tensor> {
    let input = self.shape.checkedInput(shape)
    guard let patch = patch(of: input) else { fail("a vit has been made for images that its patches do not divide") }
    let sizes = ViT.Sizes(
      patch: patch, layers: layers, heads: heads, width: width, feedForwardWidth: feedForwardWidth, dropout: dropout,
      attentionDropout: attentionDropout)
    return ViT(
      scope, input, sizes, pooling: pooling, recomputesBlocks: recomputesBlocks, outputs: outputs,
      dropout: regularization.transformerDropout)
  }

  /// See ``FeatureModelConfig``.
  public func sizeKey(inputs: Int, outputs: Int) -> String? { "model.hidden_size" }
}
