import TemperJSON
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  private static let shape = "\"shape\": [6]"

  /// A `cnn` on the six features of the table, taken as a sequence, with more `keys`.
  private static func cnn(_ keys: String = shape) -> String {
    let others = ["\"channels\": [3, 4]", "\"hidden\": [5]", shape].filter { other in
      !keys.contains(other.prefix { $0 != ":" })
    }
    return "model={\"type\": \"cnn\", \((others + [keys]).joined(separator: ", "))}"
  }

  static let cnnCases: [KeyCase] = [
    KeyCase("model.channels (cnn)") { (lab: Lab) throws in
      let run = try lab.train([cnn("\"channels\": [7]")])
      #expect(run.outcome.model == "cnn 6: 7: 5-3")
      #expect(try run.values("blocks.0.conv.weight").count == 7 * 3 && run.values("layers.0.linear.weight").count == 5 * 7 * 3)
    },
    KeyCase("model.preset (cnn)") { (lab: Lab) throws in
      let series = try lab.train(["model={\"type\": \"cnn\", \"preset\": \"resnet1d\", \"channels\": [2, 3], \(shape)}"])
      #expect(series.outcome.model == "cnn 6: resnet1d 2-3, mean: 3")
      #expect(try series.values("resblock2.convblock3.0.weight").count == 3 * 3 * 3 && series.values("fc.weight").count == 3 * 3)
      let image = "\"shape\": [2, 3]"
      let images = try lab.train([
        "model={\"type\": \"cnn\", \"preset\": \"lenet\", \"padding\": 4, \"channels\": [2, 3], \"hidden\": [5, 4], \(image)}"
      ])
      #expect(try images.values("fc3.weight").count == 3 * 4)
      #expect(throws: Diagnostics.self) { try lab.train(["model={\"type\": \"cnn\", \"preset\": \"resnet1d\", \(image)}"]) }
      #expect(throws: Diagnostics.self) {
        try lab.config(["model={\"type\": \"cnn\", \"preset\": \"resnet\", \"block\": \"plain\", \(image)}"])
      }
    },
    KeyCase("model.repeat (cnn)") { (lab: Lab) throws in
      let run = try lab.train([cnn("\"repeat\": [1, 2]")])
      #expect(run.outcome.model == "cnn 6: 3-2x4: 5-3")
      #expect(try run.values("blocks.2.conv.weight").count == 4 * 4 * 3)
      // The stride and the pooling are once a stage.
      #expect(
        try lab.train([cnn("\"repeat\": 2, \"stride\": [2, 1], \"pool_size\": [1, 1]")]).values("layers.0.linear.weight").count == 5 * 4 * 3
      )
    },
    KeyCase("model.expansion (cnn)") { (lab: Lab) throws in
      let run = try lab.train([cnn("\"block\": \"inverted\", \"expansion\": [1, 2]")])
      #expect(try run.values("blocks.1.expand.weight").count == 6 * 3 && run.values("blocks.0.expand.weight").isEmpty)
      #expect(throws: Diagnostics.self) { try lab.config([cnn("\"expansion\": 2")]) }
    },
    KeyCase("model.stem.channels (cnn)") { (lab: Lab) throws in
      let run = try lab.train([cnn("\"stem\": {\"channels\": 2}")])
      #expect(try run.values("stem.conv.weight").count == 2 * 3 && run.values("blocks.0.conv.weight").count == 32 * 2 * 3)
      let without = "model={\"type\": \"cnn\", \"preset\": \"resnet\", \"channels\": [2], \"stem\": null, \(shape)}"
      #expect(try lab.train([without]).values("layer1.0.conv1.weight").count == 2 * 3)
    },
    KeyCase("model.stem.kernel (cnn)") { (lab: Lab) throws in
      #expect(try lab.train([cnn("\"stem\": {\"channels\": 2, \"kernel\": 5}")]).values("stem.conv.weight").count == 2 * 5)
    },
    KeyCase("model.stem.stride (cnn)") { (lab: Lab) throws in
      let run = try lab.train([cnn("\"stem\": {\"stride\": 2}, \"pool\": \"none\"")])
      #expect(try run.values("layers.0.linear.weight").count == 5 * 4 * 3)
    },
    KeyCase("model.stem.pool_size (cnn)") { (lab: Lab) throws in
      let run = try lab.train([cnn("\"stem\": {\"pool_size\": 3}, \"pool\": \"none\"")])
      #expect(try run.values("layers.0.linear.weight").count == 5 * 4 * 3)
    },
    KeyCase("model.last_channels (cnn)") { (lab: Lab) throws in
      let run = try lab.train([cnn("\"last_channels\": 9, \"global_pool\": true")])
      #expect(try run.values("last.conv.weight").count == 9 * 4 && run.values("layers.0.linear.weight").count == 5 * 9)
    },
    KeyCase(
      "model.norm_groups (cnn)",
      givesOtherWeights: [1, 3].map { [cnn("\"channels\": [3, 6], \"norm\": \"group\", \"norm_groups\": \($0)")] }
    ) {
      (runs: [TrainedRun]) throws in
      #expect(try runs[0].values("blocks.0.norm.running_mean").isEmpty)
      let lab = Lab()
      #expect(throws: Diagnostics.self) { try lab.config([cnn("\"norm_groups\": 2")]) }
      #expect(throws: Diagnostics.self) { try lab.train([cnn("\"norm\": \"group\", \"norm_groups\": 2")]) }
    },
    KeyCase("model.kernel (cnn)") { (lab: Lab) throws in
      #expect(try lab.train([cnn("\"kernel\": [5, 1]")]).values("blocks.0.conv.weight").count == 3 * 5)
      for wrong in ["[3, 3, 3]", "0"] { #expect(throws: Diagnostics.self) { try lab.config([cnn("\"kernel\": \(wrong)")]) } }
    },
    KeyCase("model.stride (cnn)") { (lab: Lab) throws in
      let run = try lab.train([cnn("\"stride\": [2, 1], \"pool\": \"none\"")])
      #expect(try run.values("layers.0.linear.weight").count == 5 * 4 * 3)
    },
    KeyCase("model.padding (cnn)") { (lab: Lab) throws in
      #expect(try lab.train([cnn("\"padding\": 2")]).values("layers.0.linear.weight").count == 5 * 4 * 3)
      // A kernel that does not fit is refused once the features are known.
      #expect(throws: Diagnostics.self) { try lab.train([cnn("\"padding\": 0, \"kernel\": 7")]) }
    },
    KeyCase("model.block (cnn)", givesOtherWeights: ["plain", "separable", "residual", "inverted"].map { [cnn("\"block\": \"\($0)\"")] }) {
      (runs: [TrainedRun]) throws in
      #expect(runs[2].outcome.model == "cnn 6: residual 3-4: 5-3")
      #expect(
        try runs[1].values("blocks.1.depthwise.weight").count == 3 * 3 && runs[2].values("blocks.1.downsample.0.weight").count == 4 * 3)
      let lab = Lab()
      for wrong in ["\"kernel\": 2", "\"padding\": 0"] {
        #expect(throws: Diagnostics.self) { try lab.config([cnn("\"block\": \"residual\", \(wrong)")]) }
      }
      #expect(try lab.train([cnn("\"block\": \"residual3\", \"kernel\": 5")]).values("blocks.0.conv3.weight").count == 3 * 3)
      #expect(throws: Diagnostics.self) { try lab.config([cnn("\"block\": \"residual3\"")]) }
      // Residual blocks can be skipped.
      let skipped = ["regularization={\"stochastic_depth\": 0.5}"]
      #expect(try lab.train([cnn("\"block\": \"residual\"")] + skipped).last != runs[2].last)
      #expect(throws: Diagnostics.self) { try lab.config([cnn()] + skipped) }
    },
    KeyCase("model.dilation (cnn)", givesOtherWeights: [[cnn()], [cnn("\"dilation\": 2")]]),
    KeyCase("model.pool (cnn)", givesOtherWeights: [[cnn()], [cnn("\"pool\": \"average\"")], [cnn("\"pool\": \"none\"")]]) {
      (runs: [TrainedRun]) throws in
      #expect(try runs.map { try $0.values("layers.0.linear.weight").count } == [5 * 4, 5 * 4, 5 * 4 * 6])
    },
    KeyCase("model.pool_size (cnn)") { (lab: Lab) throws in
      #expect(try lab.train([cnn("\"pool_size\": [1, 3]")]).values("layers.0.linear.weight").count == 5 * 4 * 2)
      #expect(throws: Diagnostics.self) { try lab.config([cnn("\"pool\": \"none\", \"pool_size\": 2")]) }
    },
    KeyCase("model.norm (cnn)", givesOtherWeights: ["batch", "layer", "rms", "none", "instance"].map { [cnn("\"norm\": \"\($0)\"")] }) {
      (runs: [TrainedRun]) throws in
      #expect(try runs[0].values("blocks.0.conv.bias").isEmpty)
      #expect(try runs[3].values("blocks.0.conv.bias").count == 3)
    },
    KeyCase("model.activation (cnn)", givesOtherWeights: ["relu", "gelu", "tanh", "none"].map { [cnn("\"activation\": \"\($0)\"")] }),
    KeyCase("model.global_pool (cnn)") { (lab: Lab) throws in
      #expect(try lab.train([cnn("\"global_pool\": true")]).values("layers.0.linear.weight").count == 5 * 4)
    },
    KeyCase("model.hidden (cnn)") { (lab: Lab) throws in
      #expect(try lab.train([cnn("\"hidden\": []")]).values("output.weight").count == 3 * 4)
    },
    KeyCase("model.shape (cnn, vit)") { (lab: Lab) throws in
      let images = try lab.train([cnn("\"shape\": [2, 3]"), "model.pool=\"none\""])
      #expect(try images.values("blocks.0.conv.weight").count == 3 * 9)
      let channels = try lab.train([cnn("\"shape\": [3, 1, 2]"), "model.pool=\"none\""])
      #expect(try channels.values("blocks.0.conv.weight").count == 3 * 3 * 3)
      for wrong in ["[7]", "[2, 2]"] { #expect(throws: Diagnostics.self) { try lab.train([cnn("\"shape\": \(wrong)")]) } }
      #expect(throws: Diagnostics.self) { try lab.train(["model={\"type\": \"cnn\"}"]) }
      #expect(throws: Diagnostics.self) { try lab.config([cnn(), "train.batch_size=1"]) }
      // More numbers than a shape can have.
      let vast = "model={\"type\": \"cnn\", \"shape\": [100000], \"channels\": [65536]}"
      #expect(throws: Diagnostics.self) {
        try lab.train(["data={\"type\": \"random\", \"rows\": 4, \"inputs\": 100000, \"classes\": 3}", vast])
      }
    },
  ]
}
