import TemperCore
import TemperJSON
import TemperNN

/// The block of a `cnn`.
public struct CNNConfig: Sendable {
  /// The keys that give each stage a number.
  struct Numbers: Sendable {
    let repeats: [Int]
    let kernel: [Int]
    let stride: [Int]
    let padding: [Int]
    let dilation: [Int]
    let expansion: [Int]
    let poolSize: [Int]
  }

  /// Whose sizes and names are taken; nil for our own.
  public let preset: CNNPreset?
  /// The outputs of the blocks of each stage.
  public let channels: [Int]
  /// What a block does.
  public let block: ConvolutionBlockKind
  /// Whether stages end in pooling by the greatest number; by the mean if false, nil for no pooling.
  public let poolsByMax: Bool?
  /// The channels of a last block of 1 x 1; nil for none.
  public let lastChannels: Int?
  /// The normalisation between convolution and activation.
  public let norm: NormKind
  /// The groups of channels of a group norm.
  public let normGroups: Int
  /// The activation of blocks and hidden layers.
  public let activation: Activation
  /// Whether the mean over all places goes on to the hidden layers.
  public let averages: Bool
  /// The width of each hidden layer.
  public let hidden: [Int]
  let stem: CNNStem?
  let numbers: Numbers
  let names: CNNNames
  let shape: SampleShapeKey

  /// Reads the block.
  public init(_ c: FieldReader, isLoaded: Bool) {
    let preset = c.optionalChoice(
      "preset", CNNPreset.self,
      doc:
        "Published network that gives the other keys their defaults and the parameters their names: `lenet` and torchvision's `resnet` (ResNet-18) and "
        + "`mobilenet` (MobileNetV2) for images, `resnet1d` for series (Wang et al. 2017).")
    let standard = CNNDefaults(preset)
    let channels = c.integers(
      "channels", default: standard.channels, in: 1...65_536, count: 1...1000, doc: "Outputs of the blocks of each stage.")
    let block = c.choice(
      "block", default: standard.block,
      doc:
        "What a block does: `plain` a convolution; `separable` one of each channel by itself, then one of 1 x 1 (MobileNet); `residual` two convolutions, "
        + "added to the block's input (ResNet); `residual3` three, whose kernels get shorter by two; `inverted` one of 1 x 1 to more channels, one of each "
        + "channel by itself and one of 1 x 1, added to the input (MobileNetV2).")
    if let preset, c.isSet("block") {
      c.fail("block", .invalidValue, "is given by the preset \"\(preset.rawValue)\"; remove one of the two", with: ["preset"])
    }
    let stages = StageNumbers(c, channels.count)
    let repeats = stages.read(
      "repeat", { standard.repeats[at: $0] ?? 1 }, in: 1...1000, doc: "Number of blocks of each stage; by default 1.")
    let kernel = stages.read(
      "kernel", { _ in standard.kernel }, in: 1...1024, doc: "Length of the kernel in each direction; by default 3.")
    let stride = stages.read(
      "stride", { standard.strides[at: $0] ?? (standard.strides.isEmpty ? 1 : 2) }, in: 1...1024,
      doc: "Step of the kernel in the first block of a stage; by default 1.")
    let dilation = stages.read(
      "dilation", { _ in 1 }, in: 1...1024, doc: "Distance of neighbouring taps of the kernel; by default 1.")
    let padding = stages.read(
      "padding", { standard.paddings[at: $0] ?? (kernel[$0] - 1) * dilation[$0] / 2 }, in: 0...1024,
      doc: "Zeros on each side; by default so many that an odd kernel of stride 1 keeps the size.")
    let expansion = stages.read(
      "expansion", { block == .inverted ? standard.expansions[at: $0] ?? 6 : 1 }, in: 1...1000,
      doc: "How many times as many channels an `inverted` block has inside; by default 6.")
    if block != .inverted, c.isSet("expansion") {
      c.fail("expansion", .invalidValue, "has no effect with the block \"\(block.rawValue)\"; remove it", with: ["block"])
    }
    let mustKeepSize = block.isResidual || block == .inverted && repeats.contains { $0 > 1 }
    if mustKeepSize, let index = kernel.indices.first(where: { kernel[$0] % 2 == 0 || 2 * padding[$0] != (kernel[$0] - 1) * dilation[$0] })
    {
      c.fail(
        c.isSet("padding") ? "padding" : "kernel", .invalidValue,
        "of stage \(index + 1) changes the size, which blocks that are added to their input only do by their stride: use odd kernels and the default padding",
        with: ["block"])
    }
    if block == .residual3, let index = kernel.firstIndex(where: { $0 < 5 }) {
      c.fail(
        "kernel", .invalidValue,
        "of stage \(index + 1) is too short: blocks \"residual3\" have kernels shorter by two and by four; use at least 5",
        with: ["block"])
    }
    let pool = c.choice(
      "pool", of: ["max", "average", "none"], default: standard.pool,
      doc: "Pooling after the last block of each stage: `max`, `average` or `none`.")
    let poolSize = stages.read("pool_size", { _ in 2 }, in: 1...16, doc: "Length and step of the window of pooling; by default 2.")
    if pool == "none", c.isSet("pool_size") {
      c.fail("pool_size", .invalidValue, "has no effect with the pool \"none\"; set another, or remove it", with: ["pool"])
    }
    poolsByMax = pool == "none" ? nil : pool == "max"
    stem = CNNStem.read(c, standard.stem)
    let lastDoc = "Channels of a last block, a convolution of 1 x 1 after the stages; none by default."
    lastChannels =
      standard.lastChannels.map { c.valueUnlessNull("last_channels", .integer(in: 1...65_536), default: .integer($0), doc: lastDoc) }
      ?? c.optionalInteger("last_channels", in: 1...65_536, doc: lastDoc)
    norm = c.norm(
      of: NormKind.allCases, default: standard.norm,
      doc:
        "Normalisation between a convolution and its activation: `batch`, `group` or `instance`, over channels; `layer` or `rms` over the channels of each "
        + "place; `none`.")
    normGroups = c.integer("norm_groups", default: 8, in: 1...65_536, doc: "Groups of channels of a `group` norm, which divide them.")
    if norm != .group, c.isSet("norm_groups") {
      c.fail("norm_groups", .invalidValue, "has no effect with the norm \"\(norm.rawValue)\"; remove it", with: ["norm"])
    }
    activation = c.choice("activation", default: standard.activation, doc: "Activation function of blocks and hidden layers.")
    averages = c.bool(
      "global_pool", default: standard.averages,
      doc: "Go on with the mean over all places of the last block, rather than with all of them.")
    hidden = c.integers(
      "hidden", default: standard.hidden, in: 1...1_000_000, count: 0...1000, doc: "Width of each hidden layer after the blocks.")
    shape = SampleShapeKey(c)
    numbers = Numbers(
      repeats: repeats, kernel: kernel, stride: stride, padding: padding, dilation: dilation, expansion: expansion, poolSize: poolSize)
    (self.preset, self.channels, self.block, names) = (preset, channels, block, standard.names)
  }
}

/// Keys that take a number for all stages, or one for each.
private struct StageNumbers {
  let c: FieldReader
  let count: Int

  init(_ c: FieldReader, _ count: Int) { (self.c, self.count) = (c, count) }

  func read(_ key: String, _ standard: (Int) -> Int, in range: ClosedRange<Int>, doc: String) -> [Int] {
    let given = c.optionalIntegerOrIntegers(key, in: range, count: 1...1000, doc: doc + " An array gives each stage its own.")
    guard let given else { return (0..<count).map(standard) }
    if given.count == 1 { return Array(repeating: given[0], count: count) }
    if given.count != count {
      c.fail(
        key, .invalidValue, "has \(given.count) numbers for \(count) stages; set one for each, or a single one for all", with: ["channels"])
      return (0..<count).map(standard)
    }
    return given
  }
}

extension Array {
  /// The element at `index`; nil where there is none.
  fileprivate subscript(at index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

extension FieldReader {
  /// The key `norm`, which takes `kinds`.
  func norm(of kinds: [NormKind], default standard: NormKind, doc: String) -> NormKind {
    NormKind(rawValue: choice("norm", of: kinds.map(\.rawValue), default: standard.rawValue, doc: doc)) ?? standard
  }
}
