import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

import TemperOptim

@Suite("vision transformers learn as PyTorch's") struct ViTTrainingTests {
  private static func model(_ name: String, _ store: ParameterStore, recomputes: Bool = false) throws -> ViT {
    let (shape, patch): (SampleShape, Extent) =
      switch name {
      case "class": (.image(channels: 1, height: 4, width: 6), Extent(2, 3))
      case "mean": (.image(channels: 2, height: 4, width: 4), Extent(2))
      default: (.sequence(length: 12, features: 2), Extent(1, 3))
      }
    return ViT(
      store.root, try #require(ImageInput(shape)), ViT.Sizes(patch: patch, layers: 2, heads: 2, width: 6, feedForwardWidth: 7),
      pooling: name == "mean" ? .mean : .class, recomputesBlocks: recomputes, outputs: OutputLayer(3))
  }

  @Test(arguments: ["class", "mean", "sequence"]) func tenSteps(_ name: String) throws {
    let store = ParameterStore(random: RandomStreams(seed: 0))
    try NetworkGolden("vit.json", name).expectSteps(of: try Self.model(name, store), store) {
      $0
    } idle: { parameter in
      // A bias of keys adds the same to all scores of a query, which their softmax does not see.
      parameter.hasSuffix("in_proj_bias") ? 6..<12 : nil
    }
  }

  @Test(arguments: ["class", "mean"]) func threadsAndRecomputationChangeNothing(_ name: String) throws {
    let record = try #require(try Goldens.json("vit.json")[name])
    let x = try GoldenTensor(record["x"]).tensor
    let rows = x.shape[0]
    func run(threads: Int, recomputes: Bool = false) throws -> [[UInt32]?] {
      let store = ParameterStore(random: RandomStreams(seed: 3))
      let model = try Self.model(name, store, recomputes: recomputes)
      // The last layer starts at zero, by which nothing else would have a gradient.
      for i in 0..<model.head.weight.value.count { model.head.weight.value.pointer[i] = Float(i % 5 - 2) / 4 }
      let gradients = store.makeGradients()
      let value = Engine.withThreads(threads) {
        store.addGradients(to: gradients) {
          model(x.reshaped([rows, x.count / rows]), .training(step: 0, rows: Array(0..<Int32(rows)))).squared().sum()
        }
      }
      return [value.bits] + (store.trainable.enumerated().map { gradients.gradient($0, shape: $1.shape)?.bits } as [[UInt32]?])
    }
    let first = try run(threads: 1)
    #expect(first.allSatisfy { $0?.contains { $0 << 1 != 0 } == true })
    for threads in 2...4 { #expect(try run(threads: threads) == first) }
    #expect(try run(threads: 2, recomputes: true) == first)
  }

  /// torchvision's numbers of parameters, `sum(p.numel() for p in vit_b_16().parameters())`, and the names of its state_dict.
  @Test func theBaseModelHasTheParametersOfTorchvision() throws {
    let store = ParameterStore.counting()
    let input = try #require(ImageInput(.image(channels: 3, height: 224, width: 224)))
    _ = ViT(
      store.root, input, ViT.Sizes(patch: Extent(16), layers: 12, heads: 12, width: 768, feedForwardWidth: 3072), outputs: OutputLayer(1000)
    )
    #expect(store.parameters.reduce(0) { $0 + $1.shape.count } == 86_567_656)
    let own = store.parameters.map(\.name).filter { !$0.hasPrefix("encoder.layers") || $0.hasPrefix("encoder.layers.encoder_layer_11.") }
    let block = [
      "ln_1.weight", "ln_1.bias", "self_attention.in_proj_weight", "self_attention.in_proj_bias", "self_attention.out_proj.weight",
      "self_attention.out_proj.bias", "ln_2.weight", "ln_2.bias", "mlp.0.weight", "mlp.0.bias", "mlp.3.weight", "mlp.3.bias",
    ]
    let others = [
      "class_token", "conv_proj.weight", "conv_proj.bias", "encoder.pos_embedding", "encoder.ln.weight", "encoder.ln.bias",
      "heads.head.weight",
      "heads.head.bias",
    ]
    #expect(Set(own) == Set(others + block.map { "encoder.layers.encoder_layer_11." + $0 }))
    #expect(store.parameters.first { $0.name == "conv_proj.weight" }?.shape == [768, 3, 16, 16])
    #expect(store.parameters.first { $0.name == "encoder.pos_embedding" }?.shape == [1, 197, 768])
  }
}
