import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

import TemperOptim

@Suite("convolutional networks learn as PyTorch's") struct CNNTrainingTests {
  private static func square(_ kernel: Int, stride: Int = 1) -> ConvolutionGeometry {
    ConvolutionGeometry(kernel: Extent(kernel), stride: Extent(stride), padding: Extent(kernel / 2))
  }

  /// The `number`-th block, a stage of its own.
  private static func block(
    _ number: Int, _ kind: ConvolutionBlockKind = .plain, channels: Int, _ geometry: ConvolutionGeometry, expansion: Int = 1,
    pool: (isMax: Bool, size: Extent)? = nil
  ) -> CNN.BlockConfig {
    CNN.BlockConfig(
      .block(stage: number, index: 0, number: number), kind, channels: channels, geometry, expansion: expansion,
      pool: pool.map { Pool(isMax: $0.isMax, ConvolutionGeometry(kernel: $0.size, stride: $0.size)) })
  }

  /// A network of `blocks` whose last layer reads the mean.
  private static func averaging(
    _ store: ParameterStore, _ shape: SampleShape, _ blocks: [CNN.BlockConfig], norm: NormKind = .batch, normGroups: Int = 1,
    activation: Activation = .relu
  ) throws -> CNN {
    CNN(
      store.root, try #require(ImageInput(shape)), blocks: blocks, norm: norm, normGroups: normGroups, activation: activation,
      averages: true, hidden: [], outputs: OutputLayer(3))
  }

  private static func model(_ name: String, _ store: ParameterStore) throws -> CNN {
    switch name {
    case "images":
      let input = try #require(ImageInput(.image(channels: 2, height: 6, width: 5)))
      let blocks = [4, 5].enumerated().map { block($0, channels: $1, square(3), pool: (true, Extent(2))) }
      return CNN(store.root, input, blocks: blocks, hidden: [7], outputs: OutputLayer(3))
    case "separable":
      let blocks = [block(0, .separable, channels: 5, square(3, stride: 2))]
      return try averaging(store, .image(channels: 3, height: 7, width: 6), blocks)
    case "residual":
      let blocks = [block(0, .residual, channels: 4, square(3)), block(1, .residual, channels: 6, square(3, stride: 2))]
      return try averaging(store, .image(channels: 4, height: 5, width: 6), blocks)
    case "stem":
      let pool = Pool(isMax: true, square(3, stride: 2))
      let stem = CNN.BlockConfig(.stem, channels: 4, square(3, stride: 2), pool: pool)
      let blocks = [stem] + (0..<2).map { block($0, .residual, channels: 4, square(3)) }
      return try averaging(store, .image(channels: 2, height: 9, width: 8), blocks, norm: .group, normGroups: 2)
    case "series":
      let geometry = ConvolutionGeometry(kernel: Extent(1, 7), padding: Extent(0, 3))
      return try averaging(
        store, .sequence(length: 12, features: 1), (0..<2).map { block($0, .residual3, channels: 3, geometry) })
    case "inverted":
      let blocks = [
        block(0, .inverted, channels: 4, square(3)), block(1, .inverted, channels: 4, square(3, stride: 2), expansion: 2),
        block(2, .inverted, channels: 4, square(3), expansion: 2), CNN.BlockConfig(.last, channels: 7, square(1)),
      ]
      return try averaging(store, .image(channels: 3, height: 6, width: 7), blocks, norm: .group, activation: .relu6)
    case "instances":
      let input = try #require(ImageInput(.image(channels: 1, height: 8, width: 8)))
      let blocks = [3, 4].enumerated().map { block($0, channels: $1, square(3), pool: (true, Extent(2))) }
      return CNN(store.root, input, blocks: blocks, norm: .instance, hidden: [], outputs: OutputLayer(3))
    default:
      let first = ConvolutionGeometry(kernel: Extent(1, 5), stride: Extent(1, 2), padding: Extent(0, 2))
      let second = ConvolutionGeometry(kernel: Extent(1, 3), padding: Extent(0, 2), dilation: Extent(1, 2))
      let blocks = [
        block(0, channels: 4, first, pool: (false, Extent(1, 2))), block(1, channels: 6, second, pool: (false, Extent(1, 2))),
      ]
      return try averaging(store, .sequence(length: 13, features: 1), blocks, norm: .none, activation: .gelu)
    }
  }

  @Test(arguments: ["images", "sequences", "separable", "residual", "stem", "series", "inverted", "instances"])
  func tenSteps(_ name: String) throws {
    let store = ParameterStore(random: RandomStreams(seed: 0))
    try NetworkGolden("cnn.json", name).expectSteps(of: try Self.model(name, store), store) {
      $0.replacing("layers.0.linear", with: "hidden")
    }
  }
}
