import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

import TemperOptim

@Suite("convolutional networks learn as PyTorch's") struct CNNTrainingTests {
  private static func block(
    _ channels: Int, kernel: Extent, stride: Int = 1, padding: Extent, dilation: Int = 1, isMax: Bool, _ window: Extent
  )
    -> CNN.BlockConfig
  {
    CNN.BlockConfig(
      channels: channels,
      ConvolutionGeometry(kernel: kernel, stride: Extent(1, stride), padding: padding, dilation: Extent(1, dilation)),
      pool: Pool(isMax: isMax, ConvolutionGeometry(kernel: window, stride: window)))
  }

  private static func model(_ name: String, _ store: ParameterStore) throws -> CNN {
    if name == "images" {
      let input = try #require(ImageInput(.image(channels: 2, height: 6, width: 5)))
      let blocks = [4, 5].map { block($0, kernel: Extent(3), padding: Extent(1), isMax: true, Extent(2)) }
      return CNN(store.root, input, blocks: blocks, hidden: [7], outputs: OutputLayer(3))
    }
    if name == "separable" {
      let input = try #require(ImageInput(.image(channels: 3, height: 7, width: 6)))
      let block = CNN.BlockConfig(channels: 5, ConvolutionGeometry(kernel: Extent(3), stride: Extent(2), padding: Extent(1)))
      return CNN(store.root, input, blocks: [block], kind: .separable, averages: true, hidden: [], outputs: OutputLayer(3))
    }
    if name == "residual" {
      let input = try #require(ImageInput(.image(channels: 4, height: 5, width: 6)))
      let blocks = [(4, 1), (6, 2)].map { channels, stride in
        CNN.BlockConfig(channels: channels, ConvolutionGeometry(kernel: Extent(3), stride: Extent(stride), padding: Extent(1)))
      }
      return CNN(store.root, input, blocks: blocks, kind: .residual, averages: true, hidden: [], outputs: OutputLayer(3))
    }
    let input = try #require(ImageInput(.sequence(length: 13, features: 1)))
    let blocks = [
      block(4, kernel: Extent(1, 5), stride: 2, padding: Extent(0, 2), isMax: false, Extent(1, 2)),
      block(6, kernel: Extent(1, 3), padding: Extent(0, 2), dilation: 2, isMax: false, Extent(1, 2)),
    ]
    return CNN(store.root, input, blocks: blocks, norm: .none, activation: .gelu, averages: true, hidden: [], outputs: OutputLayer(3))
  }

  @Test(arguments: ["images", "sequences", "separable", "residual"]) func tenSteps(_ name: String) throws {
    let store = ParameterStore(random: RandomStreams(seed: 0))
    try NetworkGolden("cnn.json", name).expectSteps(of: try Self.model(name, store), store) {
      $0.replacing("layers.0.linear", with: "hidden")
    }
  }
}
