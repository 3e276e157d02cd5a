import TemperCore
import TemperJSON
import TemperNN
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  static let modelCases: [KeyCase] = [
    KeyCase("model.type") { (lab: Lab) throws in
      let linear = try lab.train(["model={\"type\": \"linear\"}"])
      #expect(linear.outcome.model == "linear 6-3")
      #expect(linear.outcome.parameters == 21)
      #expect(linear.outcome.hiddenUnits == 0)
    },
    KeyCase("model.hidden (mlp)") { (lab: Lab) throws in
      let run = try lab.train(["model.hidden=[5, 7]"])
      #expect(run.outcome.model == "mlp 6-5-7-3")
      #expect(run.outcome.hiddenUnits == 12)
      #expect(run.outcome.parameters == 6 * 5 + 5 + 5 * 7 + 7 + 7 * 3 + 3)
    },
    KeyCase(
      "model.activation (mlp)",
      givesOtherWeights: ["none", "relu", "gelu", "gelu_tanh", "tanh", "sigmoid", "silu", "selu", "mish"].map { ["model.activation=\($0)"] }
        + [["model.activation=top_k", "model.activation_k=2"]]),
    KeyCase("model.activation_k (mlp)") { (lab: Lab) throws in
      func changes(_ k: String) -> [String] { ["model={\"hidden\": [16, 8], \"activation\": \"top_k\", \"activation_k\": \(k)}"] }
      for (k, fraction) in [("2", 4.0 / 24), ("[4, 2]", 6.0 / 24), ("[2, 8]", 10.0 / 24)] {
        let run = try lab.train(changes(k))
        #expect(run.outcome.activeFraction == fraction)
        #expect(try run.json("results.json")["model"]?["active_fraction"]?.number == fraction)
      }
      // All units are the identity.
      #expect(try lab.train(changes("[16, 8]")).last == lab.train(["model={\"hidden\": [16, 8], \"activation\": \"none\"}"]).last)
      for wrong in ["9", "[2, 2, 2]", "0", "null"] { #expect(throws: Diagnostics.self) { try lab.config(changes(wrong)) } }
      #expect(throws: Diagnostics.self) { try lab.config(["model.activation_k=2"]) }
    },
    KeyCase("model.norm (mlp)", givesOtherWeights: ["none", "layer", "batch"].map { ["model.norm=\($0)"] }) { (runs: [TrainedRun]) throws in
      let names = try runs.map { try SafeTensors(parsing: $0.last, path: "").names.filter { $0.contains("norm") } }
      #expect(names.map(\.count) == [0, 2, 4])
      #expect(try runs[2].values("layers.0.norm.running_mean").contains { $0 != 0 })
    },
    KeyCase(
      "model.residual (mlp)",
      givesOtherWeights: [["model.hidden=[8, 8]"], ["model.hidden=[8, 8]", "model.residual=true"]]),
    KeyCase(
      "model.initializer.type (mlp)",
      givesOtherWeights: [
        "kaiming_uniform", "kaiming_normal", "xavier_uniform", "xavier_normal", "normal", "truncated_normal", "orthogonal", "zeros",
      ].map { ["model.initializer.type=\($0)"] }
    ) { (runs: [TrainedRun]) throws in
      // Nothing comes through weights of 0 but the output's bias.
      #expect(try runs[7].values("layers.0.linear.weight").allSatisfy { $0 == 0 })
      #expect(try runs[7].values("output.bias").contains { $0 != 0 })
    },
    KeyCase("model.initializer.std (mlp: normal, truncated_normal)") { (lab: Lab) throws in
      let all = try [0.02, 0.2].map { deviation in
        let initializer = "model.initializer={\"type\": \"truncated_normal\", \"std\": \(deviation)}"
        return try lab.train(still + [initializer]).values("layers.0.linear.weight")
      }
      #expect(zip(all[0], all[1]).allSatisfy { abs($1 - 10 * $0) < 1e-6 && abs($1) <= 0.4 })
      #expect(all[1].contains { abs($0) > 0.2 })
      let norms = try [0.02, 0.2].map {
        norm(try lab.train(still + ["model.initializer={\"type\": \"normal\", \"std\": \($0)}"]).values("layers.0.linear.weight"))
      }
      #expect(abs(norms[1] / norms[0] - 10) < 1e-4)
      #expect(abs(norms[0] / 48.0.squareRoot() - 0.02) < 0.006)
    },
    KeyCase("model.initializer.gain (mlp: orthogonal)") { (lab: Lab) throws in
      for (gain, text) in [(1.0, ""), (3, ", \"gain\": 3")] {
        let weights = try lab.train(still + ["model.initializer={\"type\": \"orthogonal\"\(text)}"]).values("layers.0.linear.weight")
        // 8 rows of 6: the columns are orthogonal.
        for (i, j) in [(0, 0), (5, 5), (0, 1), (2, 4)] {
          let product = (0..<8).reduce(0.0) { $0 + Double(weights[6 * $1 + i]) * Double(weights[6 * $1 + j]) }
          #expect(abs(product - (i == j ? gain * gain : 0)) < 1e-5)
        }
      }
    },
    KeyCase("model.initializer.value (mlp: constant)") { (lab: Lab) throws in
      let run = try lab.train(still + ["model.initializer={\"type\": \"constant\", \"value\": -0.25}"])
      #expect(try run.values("layers.0.linear.weight") == Array(repeating: -0.25, count: 48))
      #expect(try run.values("output.weight") == Array(repeating: -0.25, count: 24))
      #expect(throws: Diagnostics.self) { try lab.config(["model.initializer={\"type\": \"constant\"}"]) }
    },
    KeyCase("init.weights") { (lab: Lab) throws in
      let first = try lab.train(["seed=5"])
      let weights = "init.weights=\(first.directory)/last/model.safetensors"
      #expect(try lab.train(still + [weights]).last == first.last)
      #expect(try lab.train([weights]).last != lab.train().last)
    },
  ]

  /// A step too small to change a weight leaves the first ones.
  private static let still = ["optimizer.learning_rate=1e-30", "optimizer.weight_decay=0"]
}
