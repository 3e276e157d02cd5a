import TemperCore
import TemperJSON
import TemperNN

/// The block of a `cnn`.
public struct CNNConfig: Sendable {
  /// The keys that give each block a number.
  private struct Numbers: Sendable {
    let kernel: [Int]
    let stride: [Int]
    let padding: [Int]
    let dilation: [Int]
    let poolSize: [Int]
  }

  /// The outputs of each block.
  public let channels: [Int]
  /// What a block does.
  public let block: ConvolutionBlockKind
  /// Whether blocks end in pooling by the greatest number; by the mean if false, nil for no pooling.
  public let poolsByMax: Bool?
  /// The normalisation between convolution and activation.
  public let norm: NormKind
  /// The activation of blocks and hidden layers.
  public let activation: Activation
  /// Whether the mean over all places goes on to the hidden layers.
  public let averages: Bool
  /// The width of each hidden layer.
  public let hidden: [Int]
  private let shape: SampleShapeKey
  private let numbers: Numbers

  /// Reads the block.
  public init(_ c: FieldReader, isLoaded: Bool) {
    let channels = c.integers(
      "channels", default: [32, 64], in: 1...65_536, count: 1...1000, doc: "Outputs of the convolution of each block.")
    func perBlock(_ key: String, _ standard: (Int) -> Int, in range: ClosedRange<Int>, doc: String) -> [Int] {
      let given = c.optionalIntegerOrIntegers(key, in: range, count: 1...1000, doc: doc + " An array gives each block its own.")
      guard let given else { return channels.indices.map(standard) }
      if given.count == 1 { return channels.map { _ in given[0] } }
      if given.count != channels.count {
        c.fail(
          key, .invalidValue, "has \(given.count) numbers for \(channels.count) blocks; set one for each, or a single one for all",
          with: ["channels"])
        return channels.indices.map(standard)
      }
      return given
    }
    let kernel = perBlock("kernel", { _ in 3 }, in: 1...1024, doc: "Length of the kernel in each direction; by default 3.")
    let stride = perBlock("stride", { _ in 1 }, in: 1...1024, doc: "Step of the kernel; by default 1.")
    let dilation = perBlock("dilation", { _ in 1 }, in: 1...1024, doc: "Distance of neighbouring taps of the kernel; by default 1.")
    let padding = perBlock(
      "padding", { (kernel[$0] - 1) * dilation[$0] / 2 }, in: 0...1024,
      doc: "Zeros on each side; by default so many that an odd kernel of stride 1 keeps the size.")
    block = c.choice(
      "block", default: ConvolutionBlockKind.plain,
      doc:
        "What a block does: `plain` a convolution; `separable` one of each channel by itself, then one of 1 x 1 (MobileNet); `residual` two convolutions, "
        + "added to the block's input (ResNet).")
    if block == .residual,
      let index = kernel.indices.first(where: { kernel[$0] % 2 == 0 || 2 * padding[$0] != (kernel[$0] - 1) * dilation[$0] })
    {
      c.fail(
        c.isSet("padding") ? "padding" : "kernel", .invalidValue,
        "of block \(index + 1) changes the size, which residual blocks only do by their stride: use odd kernels and the default padding",
        with: ["block"])
    }
    let pool = c.choice(
      "pool", of: ["max", "average", "none"], default: "max", doc: "Pooling after the activation of each block: `max`, `average` or `none`."
    )
    let poolSize = perBlock("pool_size", { _ in 2 }, in: 1...16, doc: "Length and step of the window of pooling; by default 2.")
    poolsByMax = pool == "none" ? nil : pool == "max"
    if pool == "none", c.isSet("pool_size") {
      c.fail("pool_size", .invalidValue, "has no effect with the pool \"none\"; set another, or remove it", with: ["pool"])
    }
    numbers = Numbers(kernel: kernel, stride: stride, padding: padding, dilation: dilation, poolSize: poolSize)
    norm = c.choice("norm", default: NormKind.batch, doc: "Normalisation between a convolution and its activation, over channels.")
    activation = c.choice("activation", default: Activation.relu, doc: "Activation function of blocks and hidden layers.")
    averages = c.bool(
      "global_pool", default: false, doc: "Go on with the mean over all places of the last block, rather than with all of them.")
    hidden = c.integers("hidden", default: [128], in: 1...1_000_000, count: 0...1000, doc: "Width of each hidden layer after the blocks.")
    shape = SampleShapeKey(c)
    self.channels = channels
  }
}

extension CNNConfig: FeatureModelConfig {
  /// See ``ModelConfig``.
  public static var type: String { "cnn" }
  /// See ``ModelConfig``.
  public static var doc: String { "Convolutional network for images and sequences." }
  /// See ``ModelConfig``.
  public static var takes: [SampleKind] { [.features] }
  /// See ``ModelConfig``.
  public var normalizesBatches: Bool { norm == .batch }
  /// See ``ModelConfig``.
  public var hiddenLayers: Int { hidden.count }
  /// See ``ModelConfig``: constant pixels are pixels.
  public var keepsConstants: Bool { shape.dimensions != nil }
  /// See ``ModelConfig``.
  public var residualBlocks: Int { block == .residual ? channels.count : 0 }

  /// See ``ModelConfig``.
  public func summary(inputs: Int, outputs: Int) -> String {
    "cnn \(inputs): " + (block == .plain ? "" : block.rawValue + " ") + channels.map(String.init).joined(separator: "-")
      + (averages ? ", mean" : "") + ": "
      + (hidden + [outputs]).map(String.init).joined(separator: "-")
  }

  /// The blocks for samples of `size`; of a sequence, kernels and windows have the height 1.
  private func blocks(_ size: Extent) -> [CNN.BlockConfig] {
    let isSequence = size.height == 1
    func extent(_ length: Int, flat: Int) -> Extent { Extent(isSequence ? flat : length, length) }
    return channels.indices.map { index in
      let geometry = ConvolutionGeometry(
        kernel: extent(numbers.kernel[index], flat: 1), stride: extent(numbers.stride[index], flat: 1),
        padding: extent(numbers.padding[index], flat: 0), dilation: extent(numbers.dilation[index], flat: 1))
      let window = extent(numbers.poolSize[index], flat: 1)
      let pool = poolsByMax.map { Pool(isMax: $0, ConvolutionGeometry(kernel: window, stride: window)) }
      return CNN.BlockConfig(channels: channels[index], geometry, pool: pool)
    }
  }

  /// See ``FeatureModelConfig``.
  public func problem(with shape: SampleShape) -> (key: String, text: String)? {
    if let problem = self.shape.problem(with: shape) { return problem }
    let input = self.shape.checkedInput(shape)
    var size = input.size
    for (index, block) in blocks(input.size).enumerated() {
      let next = block.output(of: size)
      guard next.height > 0, next.width > 0 else {
        return (
          "model.channels",
          "block \(index + 1) gets \(size.height) x \(size.width) places, into which its kernel or its pooling does not fit; use fewer blocks, or less pooling"
        )
      }
      let places = [block.geometry.output(of: size), next].map { $0.height * $0.width }.max() ?? 0
      if places * block.channels > Int(Int32.max) {
        return (
          "model.channels", "block \(index + 1) has \(places) places of \(block.channels) channels, more than can be numbered; use fewer"
        )
      }
      size = next
    }
    return nil
  }

  /// See ``FeatureModelConfig``.
  public func model(
    _ scope: ParameterScope, _ shape: SampleShape, columns: FeatureColumns, outputs: OutputLayer, regularization: RegularizationConfig
  ) -> any Model<Tensor> {
    let input = self.shape.checkedInput(shape)
    return CNN(
      scope, input, blocks: blocks(input.size), kind: block, norm: norm, activation: activation, averages: averages, hidden: hidden,
      outputs: outputs, dropout: regularization.dropout)
  }

  /// See ``FeatureModelConfig``.
  public func sizeKey(inputs: Int, outputs: Int) -> String? { "model.channels" }
}
