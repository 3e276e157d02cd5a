import TemperCore

/// What a block of a ``CNN`` does before its last activation.
public enum ConvolutionBlockKind: String, CaseIterable, Sendable {
  /// A convolution and a norm.
  case plain
  /// A convolution of each channel by itself with norm and activation, then one of 1 x 1 with a norm (MobileNet, Howard et al. 2017).
  case separable
  /// Two convolutions, each with a norm and with an activation between, added to the input (ResNet's basic block, He et al. 2016). Where the size or the
  /// number of channels changes, the input goes through a convolution of 1 x 1 and a norm.
  case residual
}

/// A block of a ``CNN`` without its last activation. With a norm, convolutions have no bias.
///
/// Parameters: `plain` has `conv.*` and `norm.*`; `separable` `depthwise.*`, `depthwise_norm.*`, `conv.*` and `norm.*`; `residual` `conv1.*`, `norm1.*`,
/// `conv2.*`, `norm2.*`, and where its input is projected `downsample.0.*` and `downsample.1.*`.
struct ConvolutionBlock {
  private struct Layer {
    let convolution: Convolution
    let norm: Norm
    let places: Int

    func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor { norm(convolution(x), context) }
    var operations: Int { 6 * places * convolution.weight.shape.count }
    var numbers: Int { 2 * places * convolution.weight.shape[0] }
  }

  private let layers: [Layer]
  /// What the input of a residual block goes through; nil where it is added as it is.
  private let projection: Layer?
  /// Which rows skip the layers of a residual block; nil for others.
  private let skipping: StochasticDepth?
  private let activation: Activation

  /// Makes or loads the parameters of the block `index` of `count`, whose images have `size`.
  init(
    _ scope: ParameterScope, _ kind: ConvolutionBlockKind, index: Int, of count: Int, channels: Int, outputs: Int,
    _ geometry: ConvolutionGeometry, size: Extent, norm: NormKind, activation: Activation
  ) {
    let result = geometry.output(of: size)
    func layer(_ name: String, _ normName: String, _ channels: Int, _ outputs: Int, _ geometry: ConvolutionGeometry) -> Layer {
      Layer(
        convolution: Convolution(
          scope[name], channels: channels, outputs: outputs, geometry, bias: norm == .none,
          initializer: .kaimingUniform(gain: activation.gain)),
        norm: Norm(scope[normName], norm, size: outputs), places: result.height * result.width)
    }
    let single = ConvolutionGeometry(kernel: Extent(1))
    self.activation = activation
    switch kind {
    case .plain:
      layers = [layer("conv", "norm", channels, outputs, geometry)]
      (projection, skipping) = (nil, nil)
    case .separable:
      var own = geometry
      own.groups = channels
      layers = [layer("depthwise", "depthwise_norm", channels, channels, own), layer("conv", "norm", channels, outputs, single)]
      (projection, skipping) = (nil, nil)
    case .residual:
      var second = geometry
      second.stride = Extent(1)
      layers = [layer("conv1", "norm1", channels, outputs, geometry), layer("conv2", "norm2", outputs, outputs, second)]
      let isSame = channels == outputs && result == size
      projection =
        isSame
        ? nil
        : layer("downsample.0", "downsample.1", channels, outputs, ConvolutionGeometry(kernel: Extent(1), stride: geometry.stride))
      skipping = StochasticDepth(scope, block: index, of: count)
    }
  }

  /// Operations of a training step on a row.
  var operationsPerRow: Int { all.reduce(0) { $0 + $1.operations } }
  /// Numbers that a step keeps for a row.
  var numbersPerRow: Int { all.reduce(0) { $0 + $1.numbers } }
  private var all: [Layer] { layers + (projection.map { [$0] } ?? []) }

  /// `[rows, height, width, channels]` to what goes into the last activation.
  func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    var h = layers[0](x, context)
    for layer in layers.dropFirst() { h = layer(activation(h), context) }
    guard let skipping else { return h }
    return skipping(h, context) + (projection?(x, context) ?? x)
  }
}
