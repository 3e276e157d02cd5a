/// The names of a ``CNN``'s parameters: those of another implementation in PyTorch, so that its weights can be loaded and the other way round.
public enum CNNNames: Sendable {
  /// Blocks `blocks.N`, with a first one `stem` and one at the end `last`, hidden layers `layers.N` and `output`.
  case standard
  /// Those of PyTorch's tutorials: `conv1`, `conv2`, `fc1`, `fc2`, `fc3`.
  case lenet
  /// torchvision's `ResNet`.
  case resnet
  /// `ResNet` of tsai, a library for time series.
  case resnet1d
  /// torchvision's `MobileNetV2`.
  case mobilenet

  /// The names of a block, the `position`-th of all, of which `isExpanded` says whether it begins with a convolution to more channels.
  func block(_ role: CNN.Role, _ kind: ConvolutionBlockKind, position: Int, isExpanded: Bool) -> ConvolutionBlockNames {
    let layers = kind.layerNames(expands: isExpanded)
    func names(_ block: String, _ layers: [ConvolutionNames], projection: String = "downsample") -> ConvolutionBlockNames {
      ConvolutionBlockNames(
        block: block, layers: layers, projection: ConvolutionNames("\(block).\(projection).0", "\(block).\(projection).1"),
        inputNorm: "\(block).\(projection)")
    }
    func within(_ block: String, _ layers: [ConvolutionNames], projection: String = "downsample") -> ConvolutionBlockNames {
      names(block, layers.map { ConvolutionNames("\(block).\($0.convolution)", "\(block).\($0.norm)") }, projection: projection)
    }
    /// conv1 and bn1, conv2 and bn2, and so on.
    var numbered: [ConvolutionNames] { layers.indices.map { ConvolutionNames("conv\($0 + 1)", "bn\($0 + 1)") } }
    switch (self, role) {
    case (.lenet, .block): return names("conv\(position + 1)", [ConvolutionNames("conv\(position + 1)", "bn\(position + 1)")])
    case (.resnet, .stem): return names("conv1", numbered)
    case (.resnet, .block(let stage, let index, _)): return within("layer\(stage + 1).\(index)", numbered)
    case (.resnet1d, .block(_, _, let number)):
      let blocks = layers.indices.map { ConvolutionNames("convblock\($0 + 1).0", "convblock\($0 + 1).1") }
      return within("resblock\(number + 1)", blocks, projection: "shortcut")
    case (.mobilenet, .block):
      let last = layers.count - 1
      let inner = layers.indices.map {
        $0 == last ? ConvolutionNames("conv.\(last)", "conv.\(last + 1)") : ConvolutionNames("conv.\($0).0", "conv.\($0).1")
      }
      return within("features.\(position)", inner)
    case (.mobilenet, _): return within("features.\(position)", [ConvolutionNames("0", "1")])
    case (_, .stem): return within("stem", layers)
    case (_, .block(_, _, let number)): return within("blocks.\(number)", layers)
    case (_, .last): return within("last", layers)
    }
  }

  /// The names of the layers after the blocks.
  func dense(hidden: Int) -> MLP.Names {
    switch self {
    case .standard: MLP.Names(output: "output")
    case .lenet: MLP.Names(hidden: (0..<hidden).map { "fc\($0 + 1)" }, output: "fc\(hidden + 1)")
    case .resnet, .resnet1d: MLP.Names(output: "fc")
    case .mobilenet: MLP.Names(output: "classifier.1")
    }
  }
}
