import TemperCore

/// A block of a ``CNN`` without its last activation. With a norm, convolutions have no bias.
struct ConvolutionBlock {
  private struct Layer {
    /// Nil for a norm by itself.
    let convolution: Convolution?
    let norm: Norm
    let numbers: Int

    func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor { norm(convolution?(x) ?? x, context) }
  }

  /// What all convolutions of a network have in common.
  struct Style {
    let norm: NormKind
    /// Groups of channels of a group norm.
    let normGroups: Int
    let activation: Activation
    /// Whether images are sequences.
    let isSequence: Bool
  }

  let names: ConvolutionBlockNames
  let pool: Pool?
  private let layers: [Layer]
  /// What the input goes through before it is added; nil where it is added as it is.
  private let projection: Layer?
  /// Which rows skip the layers of a block that is added to its input; nil for others.
  private let skipping: StochasticDepth?
  private let activation: Activation
  private let isActivated: Bool
  /// Operations of a training step on a row.
  let operationsPerRow: Int
  /// Numbers that a step keeps for a row.
  var numbersPerRow: Int { (layers + (projection.map { [$0] } ?? [])).reduce(0) { $0 + $1.numbers } }

  /// Makes or loads the parameters of `block`, which reads images of `size` with `channels`; `depth` says how many blocks come before, of how many.
  init(
    _ scope: ParameterScope, _ block: CNN.BlockConfig, _ names: ConvolutionBlockNames, depth: (index: Int, count: Int), channels: Int,
    size: Extent, _ style: Style
  ) {
    var operations = 0
    var rest = names.layers[...]
    func layer(
      _ names: ConvolutionNames, _ channels: Int, _ outputs: Int, _ geometry: ConvolutionGeometry, of size: Extent, isActivated: Bool = true
    ) -> Layer {
      let result = geometry.output(of: size)
      let places = result.height * result.width
      let convolution = Convolution(
        scope[names.convolution], channels: channels, outputs: outputs, geometry, ofSequence: style.isSequence, bias: style.norm == .none,
        initializer: .kaimingUniform(gain: isActivated ? style.activation.gain : 1))
      operations += 6 * places * convolution.weight.shape.count
      return Layer(
        convolution: convolution, norm: Norm(scope[names.norm], style.norm, size: outputs, groups: style.normGroups),
        numbers: 2 * places * outputs)
    }
    let (outputs, geometry) = (block.channels, block.geometry)
    let (result, single) = (geometry.output(of: size), ConvolutionGeometry(kernel: Extent(1)))
    var made: [Layer] = []
    func add(_ channels: Int, _ outputs: Int, _ geometry: ConvolutionGeometry, of size: Extent, isActivated: Bool = true) {
      made.append(layer(rest.removeFirst(), channels, outputs, geometry, of: size, isActivated: isActivated))
    }
    switch block.kind {
    case .plain: add(channels, outputs, geometry, of: size)
    case .separable, .inverted:
      let wide = channels * (block.kind == .inverted ? block.expansion : 1)
      if wide != channels { add(channels, wide, single, of: size) }
      var own = geometry
      own.groups = wide
      add(wide, wide, own, of: size)
      add(wide, outputs, single, of: result, isActivated: block.kind.isActivated)
    case .residual, .residual3:
      add(channels, outputs, geometry, of: size)
      var next = geometry
      next.stride = Extent(1)
      for _ in 1..<names.layers.count {
        if block.kind == .residual3 { next = next.shortened }
        add(outputs, outputs, next, of: result)
      }
    }
    let isSame = channels == outputs && result == size
    let isAdded = block.kind.isResidual || block.kind == .inverted && isSame
    if block.kind.isResidual, !isSame {
      projection = layer(
        names.projection, channels, outputs, ConvolutionGeometry(kernel: Extent(1), stride: geometry.stride), of: size)
    } else if block.kind == .residual3, style.norm != .none {
      let norm = Norm(scope[names.inputNorm], style.norm, size: channels, groups: style.normGroups)
      projection = Layer(convolution: nil, norm: norm, numbers: size.height * size.width * channels)
    } else {
      projection = nil
    }
    skipping = isAdded ? StochasticDepth(scope[names.block], block: depth.index, of: depth.count) : nil
    (self.names, pool, layers, operationsPerRow) = (names, block.pool, made, operations)
    (activation, isActivated) = (style.activation, block.kind.isActivated)
  }

  /// `[rows, height, width, channels]` to what leaves the block.
  func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    var h = layers[0](x, context)
    for layer in layers.dropFirst() { h = layer(activation(h), context) }
    if let skipping { h = skipping(h, context) + (projection?(x, context) ?? x) }
    // The greatest number stays the greatest, and there are fewer to activate.
    let poolsFirst = pool?.isMax == true && activation.isMonotone
    if isActivated, !poolsFirst { h = activation(h) }
    if let pool { h = pool(h) }
    return isActivated && poolsFirst ? activation(h) : h
  }
}

extension ConvolutionGeometry {
  /// With a kernel shorter by two in each direction in which it has a length, and with the same result.
  fileprivate var shortened: ConvolutionGeometry {
    var shorter = self
    if kernel.height > 1 {
      shorter.kernel.height -= 2
      shorter.padding.height -= dilation.height
    }
    shorter.kernel.width -= 2
    shorter.padding.width -= dilation.width
    return shorter
  }
}
