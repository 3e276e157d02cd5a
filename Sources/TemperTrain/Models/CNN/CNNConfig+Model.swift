import TemperCore
import TemperJSON
import TemperNN

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
  public var residualBlocks: Int {
    if block.isResidual { return numbers.repeats.reduce(0, +) }
    return block == .inverted ? numbers.repeats.reduce(0) { $0 + $1 - 1 } : 0
  }

  /// See ``ModelConfig``.
  public func summary(inputs: Int, outputs: Int) -> String {
    let stages = zip(numbers.repeats, channels).map { $0 == 1 ? "\($1)" : "\($0)x\($1)" }
    let name = preset?.rawValue ?? (block == .plain ? "" : block.rawValue)
    return "cnn \(inputs): " + (name.isEmpty ? "" : name + " ") + stages.joined(separator: "-") + (averages ? ", mean" : "") + ": "
      + (hidden + [outputs]).map(String.init).joined(separator: "-")
  }

  /// The blocks for samples of `size`; of a sequence, kernels and windows have the height 1.
  private func blocks(_ size: Extent) -> [CNN.BlockConfig] {
    let isSequence = size.height == 1
    func extent(_ length: Int, flat: Int) -> Extent { Extent(isSequence ? flat : length, length) }
    func geometry(_ kernel: Int, stride: Int, padding: Int, dilation: Int = 1) -> ConvolutionGeometry {
      ConvolutionGeometry(
        kernel: extent(kernel, flat: 1), stride: extent(stride, flat: 1), padding: extent(padding, flat: 0),
        dilation: extent(dilation, flat: 1))
    }
    var blocks: [CNN.BlockConfig] = []
    if let stem {
      let pool = stem.poolSize.map { Pool(isMax: true, geometry($0, stride: 2, padding: $0 / 2)) }
      blocks.append(
        CNN.BlockConfig(
          .stem, channels: stem.channels, geometry(stem.kernel, stride: stem.stride, padding: (stem.kernel - 1) / 2), pool: pool))
    }
    var number = 0
    for stage in channels.indices {
      let window = geometry(numbers.poolSize[stage], stride: numbers.poolSize[stage], padding: 0)
      for index in 0..<numbers.repeats[stage] {
        let kernel = geometry(
          numbers.kernel[stage], stride: index == 0 ? numbers.stride[stage] : 1, padding: numbers.padding[stage],
          dilation: numbers.dilation[stage])
        let isLast = index == numbers.repeats[stage] - 1
        blocks.append(
          CNN.BlockConfig(
            .block(stage: stage, index: index, number: number), block, channels: channels[stage], kernel,
            expansion: numbers.expansion[stage], pool: isLast ? poolsByMax.map { Pool(isMax: $0, window) } : nil))
        number += 1
      }
    }
    if let lastChannels { blocks.append(CNN.BlockConfig(.last, channels: lastChannels, geometry(1, stride: 1, padding: 0))) }
    return blocks
  }

  /// See ``FeatureModelConfig``.
  public func problem(with shape: SampleShape) -> (key: String, text: String)? {
    if let problem = self.shape.problem(with: shape) { return problem }
    let input = self.shape.checkedInput(shape)
    if preset == .resnet1d, !input.isSequence {
      return (
        "model.preset", "\"resnet1d\" is for sequences, but a row is an image of \(input.size.height) x \(input.size.width); use \"resnet\""
      )
    }
    var (size, channels) = (input.size, input.channels)
    for (index, block) in blocks(input.size).enumerated() {
      let next = block.output(of: size)
      guard next.height > 0, next.width > 0 else {
        return (
          block.role == .stem ? "model.stem" : "model.channels",
          "block \(index + 1) gets \(size.height) x \(size.width) places, into which its kernel or its pooling does not fit; use fewer blocks, or less pooling"
        )
      }
      let widths = block.normWidths(channels: channels)
      let places = [size, block.geometry.output(of: size), next].map { $0.height * $0.width }.max() ?? 0
      guard places * (widths.max() ?? 1) <= Int(Int32.max) else {
        return (
          "model.channels",
          "block \(index + 1) has \(places) places of \(widths.max() ?? 1) channels, more than can be numbered; use fewer"
        )
      }
      if norm == .group, let width = widths.first(where: { $0 % normGroups != 0 }) {
        return ("model.norm_groups", "is \(normGroups), which does not divide the \(width) channels of block \(index + 1)")
      }
      (size, channels) = (next, block.channels)
    }
    return nil
  }

  /// See ``FeatureModelConfig``.
  public func model(
    _ scope: ParameterScope, _ shape: SampleShape, columns: FeatureColumns, outputs: OutputLayer, regularization: RegularizationConfig
  ) -> any Model<Tensor> {
    let input = self.shape.checkedInput(shape)
    return CNN(
      scope, input, blocks: blocks(input.size), names: names, norm: norm, normGroups: normGroups, activation: activation,
      averages: averages, hidden: hidden, outputs: outputs, dropout: regularization.dropout)
  }

  /// See ``FeatureModelConfig``.
  public func sizeKey(inputs: Int, outputs: Int) -> String? { "model.channels" }
}
