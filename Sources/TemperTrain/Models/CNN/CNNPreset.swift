import TemperCore
import TemperNN

/// A published network, whose sizes are the defaults of the keys of a `cnn` and whose names its parameters have.
public enum CNNPreset: String, CaseIterable, Sendable {
  /// LeNet (LeCun et al. 1998) with ReLU and maximum pooling, as PyTorch's tutorials have it, for images of 28 x 28.
  case lenet
  /// ResNet-18 (He et al. 2016).
  case resnet
  /// The residual network for time series of Wang et al. 2017.
  case resnet1d
  /// MobileNetV2 (Sandler et al. 2018).
  case mobilenet
}

/// The defaults of the keys of a `cnn`.
struct CNNDefaults: Sendable {
  var channels = [32, 64]
  var block = ConvolutionBlockKind.plain
  var repeats: [Int] = []
  var kernel = 3
  var strides: [Int] = []
  var paddings: [Int] = []
  var expansions: [Int] = []
  var stem: CNNStem?
  var lastChannels: Int?
  var pool = "max"
  var norm = NormKind.batch
  var activation = Activation.relu
  var averages = false
  var hidden = [128]
  var names = CNNNames.standard

  /// Those of `preset`, or of none.
  init(_ preset: CNNPreset?) {
    switch preset {
    case nil: break
    case .lenet:
      (channels, kernel, paddings, norm, hidden, names) = ([6, 16], 5, [2, 0], .none, [120, 84], .lenet)
    case .resnet:
      (channels, block, repeats, strides) = ([64, 128, 256, 512], .residual, [2, 2, 2, 2], [1, 2, 2, 2])
      stem = CNNStem(channels: 64, kernel: 7, stride: 2, poolSize: 3)
      (pool, averages, hidden, names) = ("none", true, [], .resnet)
    case .resnet1d:
      (channels, block, kernel) = ([64, 128, 128], .residual3, 7)
      (pool, averages, hidden, names) = ("none", true, [], .resnet1d)
    case .mobilenet:
      (channels, block, repeats) = ([16, 24, 32, 64, 96, 160, 320], .inverted, [1, 2, 3, 4, 3, 3, 1])
      (strides, expansions) = ([1, 2, 2, 2, 1, 2, 1], [1, 6, 6, 6, 6, 6, 6])
      (stem, lastChannels) = (CNNStem(channels: 32, kernel: 3, stride: 2, poolSize: nil), 1280)
      (activation, pool, averages, hidden, names) = (.relu6, "none", true, [], .mobilenet)
    }
  }
}
