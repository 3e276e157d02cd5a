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
      let input = try #require(CNN.Input(.image(channels: 2, height: 6, width: 5)))
      let blocks = [4, 5].map { block($0, kernel: Extent(3), padding: Extent(1), isMax: true, Extent(2)) }
      return CNN(store.root, input, blocks: blocks, hidden: [7], outputs: OutputLayer(3))
    }
    if name == "separable" {
      let input = try #require(CNN.Input(.image(channels: 3, height: 7, width: 6)))
      let block = CNN.BlockConfig(channels: 5, ConvolutionGeometry(kernel: Extent(3), stride: Extent(2), padding: Extent(1)))
      return CNN(store.root, input, blocks: [block], kind: .separable, averages: true, hidden: [], outputs: OutputLayer(3))
    }
    if name == "residual" {
      let input = try #require(CNN.Input(.image(channels: 4, height: 5, width: 6)))
      let blocks = [(4, 1), (6, 2)].map { channels, stride in
        CNN.BlockConfig(channels: channels, ConvolutionGeometry(kernel: Extent(3), stride: Extent(stride), padding: Extent(1)))
      }
      return CNN(store.root, input, blocks: blocks, kind: .residual, averages: true, hidden: [], outputs: OutputLayer(3))
    }
    let input = try #require(CNN.Input(.sequence(length: 13, features: 1)))
    let blocks = [
      block(4, kernel: Extent(1, 5), stride: 2, padding: Extent(0, 2), isMax: false, Extent(1, 2)),
      block(6, kernel: Extent(1, 3), padding: Extent(0, 2), dilation: 2, isMax: false, Extent(1, 2)),
    ]
    return CNN(store.root, input, blocks: blocks, norm: .none, activation: .gelu, averages: true, hidden: [], outputs: OutputLayer(3))
  }

  @Test(arguments: ["images", "sequences", "separable", "residual"]) func tenSteps(_ name: String) throws {
    let record = try #require(try Goldens.json("cnn.json")[name])
    let store = ParameterStore(random: RandomStreams(seed: 0))
    let model = try Self.model(name, store)
    func values(_ name: String, in set: JSON?) throws -> [Double] {
      try GoldenTensor(set?[name.replacing("layers.0.linear", with: "hidden")]).data
    }
    for parameter in store.trainable {
      for (i, value) in try values(parameter.name, in: record["initial"]).enumerated() { parameter.value.pointer[i] = Float(value) }
    }
    let labels = try #require(record["labels"]?.integers).map { Int32($0) }
    let given = try GoldenTensor(record["x"]).tensor
    let x = given.reshaped([labels.count, given.count / labels.count])
    let optimizer = AdamW(store, AdamWConfig(weightDecay: 0.01), decaying: .all)
    let gradients = store.makeGradients()
    for (step, expected) in try #require(record["losses"]?.numbers).enumerated() {
      gradients.reset()
      let loss = store.addGradients(to: gradients) {
        let logits = model(x, .training(step: step, rows: Array(0..<Int32(labels.count))))
        if step == 0 {
          #expect((try? mismatch(logits, GoldenTensor(record["logits"]), Tolerance(absolute: 1e-5, relative: 1e-5))) == .some(nil))
        }
        return softmaxCrossEntropy(logits, labels).sum / Float(labels.count)
      }
      #expect(abs(Double(loss.scalar) / expected - 1) < 1e-5, "step \(step)")
      if step == 0 {
        for (index, parameter) in store.trainable.enumerated() {
          let found = try #require(gradients.gradient(index, shape: parameter.shape)).values.map { Double($0) }
          #expect(
            mismatch(found, try values(parameter.name, in: record["gradients"]), Tolerance(absolute: 3e-6, relative: 1e-5)) == nil,
            "\(parameter.name)")
        }
      }
      optimizer.step(gradients, scale: 1, learningRate: 0.01)
    }
    // Adam divides by the size of gradients, of which small ones are rounded.
    let tolerance = Tolerance(absolute: 2e-4, relative: 1e-4)
    for parameter in store.parameters {
      #expect(
        mismatch(parameter.value.values.map { Double($0) }, try values(parameter.name, in: record["final"]), tolerance) == nil,
        "\(parameter.name)")
    }
    #expect(mismatch(model(x, .evaluation()), try GoldenTensor(record["evaluated"]), Tolerance(absolute: 1e-3, relative: 1e-3)) == nil)
  }
}
