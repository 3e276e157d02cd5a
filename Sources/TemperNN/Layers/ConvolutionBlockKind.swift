/// What a block of a ``CNN`` does before its last activation.
public enum ConvolutionBlockKind: String, CaseIterable, Sendable {
  /// A convolution and a norm.
  case plain
  /// A convolution of each channel by itself with norm and activation, then one of 1 x 1 with a norm (MobileNet, Howard et al. 2017).
  case separable
  /// A convolution of 1 x 1 to more channels and one of each channel by itself, both with norm and activation, then one of 1 x 1 with a norm, after which
  /// there is no activation; the input is added where size and channels are the same (MobileNetV2, Sandler et al. 2018).
  case inverted
  /// Two convolutions, each with a norm and with an activation between, added to the input (ResNet's basic block, He et al. 2016). Where the size or the
  /// number of channels changes, the input goes through a convolution of 1 x 1 and a norm.
  case residual
  /// Three convolutions, of which each has a kernel shorter by two than the one before, else like `residual`; an input that keeps its channels goes through
  /// a norm (Wang et al. 2017).
  case residual3

  /// Whether blocks are added to their inputs, so that all convolutions but for their stride must keep the size.
  public var isResidual: Bool { self == .residual || self == .residual3 }
  /// Whether an activation follows.
  public var isActivated: Bool { self != .inverted }
}

/// A convolution and the norm after it, by their names.
public struct ConvolutionNames: Sendable {
  /// The convolution.
  public var convolution: String
  /// The norm.
  public var norm: String

  /// Of the two.
  public init(_ convolution: String, _ norm: String) { (self.convolution, self.norm) = (convolution, norm) }
}

/// The names of the layers of a block of a ``CNN``.
public struct ConvolutionBlockNames: Sendable {
  /// The block, as activations are called.
  public var block: String
  /// The layers in their order.
  public var layers: [ConvolutionNames]
  /// What the input goes through.
  public var projection: ConvolutionNames
  /// The norm that the input goes through by itself.
  public var inputNorm: String
}

extension ConvolutionBlockKind {
  /// The names of the layers within a block, unless a ``CNNNames`` has others; an inverted one may go without the first.
  func layerNames(expands: Bool) -> [ConvolutionNames] {
    switch self {
    case .plain: [ConvolutionNames("conv", "norm")]
    case .separable: [ConvolutionNames("depthwise", "depthwise_norm"), ConvolutionNames("conv", "norm")]
    case .inverted:
      (expands ? [ConvolutionNames("expand", "expand_norm")] : []) + ConvolutionBlockKind.separable.layerNames(expands: false)
    case .residual: (1...2).map { ConvolutionNames("conv\($0)", "norm\($0)") }
    case .residual3: (1...3).map { ConvolutionNames("conv\($0)", "norm\($0)") }
    }
  }
}
