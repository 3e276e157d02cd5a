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
      givesOtherWeights: ["none", "relu", "gelu", "gelu_tanh", "tanh", "sigmoid", "silu"].map { ["model.activation=\($0)"] }),
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
      givesOtherWeights: ["kaiming_uniform", "kaiming_normal", "xavier_uniform", "xavier_normal", "normal"].map {
        ["model.initializer.type=\($0)"]
      }),
    KeyCase("model.initializer.std (mlp: normal)") { (lab: Lab) throws in
      // A step too small to change a weight leaves the first ones.
      let still = ["optimizer.learning_rate=1e-30", "optimizer.weight_decay=0"]
      let norms = try [0.02, 0.2].map {
        norm(try lab.train(still + ["model.initializer={\"type\": \"normal\", \"std\": \($0)}"]).values("layers.0.linear.weight"))
      }
      #expect(abs(norms[1] / norms[0] - 10) < 1e-4)
      #expect(abs(norms[0] / 48.0.squareRoot() - 0.02) < 0.006)
    },
  ]
}
