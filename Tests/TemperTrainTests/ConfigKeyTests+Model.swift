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
    KeyCase(
      "regularization.dropout.rate",
      givesOtherWeights: [
        ["regularization.dropout.rate=0"], ["regularization.dropout.rate=0.5"], ["regularization.dropout.rate=0.25"],
        ["model.hidden=[8, 8]", "regularization.dropout.rate=[0.5, 0]"], ["model.hidden=[8, 8]", "regularization.dropout.rate=[0, 0.5]"],
      ]
    ) { (runs: [TrainedRun]) throws in
      let lab = Lab()
      let array = try lab.train(["regularization.dropout.rate=[0.5]"])
      #expect(array.last == runs[1].last)
    },
    KeyCase("regularization.l2") { (lab: Lab) throws in
      // Without momentum the gradient of the penalty is decoupled decay; to another rounding.
      func run(_ optimizer: String, _ l2: Double) throws -> TrainedRun {
        try lab.train(["optimizer={\"type\": \"sgd\", \"momentum\": 0, \"learning_rate\": 0.1, \(optimizer)}", "regularization.l2=\(l2)"])
      }
      let (plain, decayed, penalized) = (
        try run("\"weight_decay\": 0", 0), try run("\"weight_decay\": 0.5", 0), try run("\"weight_decay\": 0", 0.5)
      )
      #expect(try relativeDifference(plain, penalized) > 0.01)
      #expect(try relativeDifference(decayed, penalized) < 1e-5)
      let train = try #require(try penalized.metrics().last?["train"])
      #expect(try #require(train["objective"]?.number) > (try #require(train["loss"]?.number)))
      let without = try #require(try plain.metrics().last?["train"])
      #expect(without["objective"] == without["loss"])
    },
  ]

  static let lossCases: [KeyCase] = [
    KeyCase("loss.type") { (lab: Lab) throws in
      #expect(throws: Diagnostics.self) { try lab.config(["loss.type=mse"]) }
      let asNamed = try lab.train(["loss.type=sparse_categorical_crossentropy"])
      #expect(try asNamed.last == lab.train().last)
    },
    KeyCase("loss.label_smoothing", givesOtherWeights: [[], ["loss.label_smoothing=0.1"], ["loss.label_smoothing=0.3"]]),
    KeyCase(
      "loss.class_weights",
      givesOtherWeights: [[], ["loss.class_weights={\"b\": 4}"], ["loss.class_weights={\"c\": 4}"], ["loss.class_weights=balanced"]]
    ) { (runs: [TrainedRun]) throws in
      let counts = runs[0].outcome.train.report.scores.map { Double($0.support) }
      let weights = zip(["a", "b", "c"], counts).map { "\"\($0)\": \(counts.reduce(0, +) / (3 * $1))" }
      let lab = Lab()
      let named = try lab.train(["loss.class_weights={\(weights.joined(separator: ", "))}"])
      #expect(try relativeDifference(named, runs[3]) < 1e-5)
    },
    KeyCase("loss.normalize") { (lab: Lab) throws in
      // Where all classes weigh 5, their weights cancel, or multiply the step by 5.
      func run(_ changes: [String], rate: Double) throws -> TrainedRun {
        try lab.train(["optimizer={\"type\": \"sgd\", \"momentum\": 0, \"learning_rate\": \(rate)}"] + changes)
      }
      let weights = "loss.class_weights={\"a\": 5, \"b\": 5, \"c\": 5}"
      #expect(try relativeDifference(run([], rate: 0.01), run([weights, "loss.normalize=weight"], rate: 0.01)) < 1e-5)
      #expect(try relativeDifference(run([], rate: 0.05), run([weights, "loss.normalize=count"], rate: 0.01)) < 1e-5)
    },
    KeyCase("loss.ignore_index", givesOtherWeights: [[], ["loss.ignore_index=0"], ["loss.ignore_index=2"]]) { (runs: [TrainedRun]) throws in
      // A class that is not trained is not predicted for long.
      let lab = Lab()
      let long = try lab.train(["loss.ignore_index=0", "train.epochs=40", "optimizer.learning_rate=0.05"])
      #expect(long.outcome.train.report.scores[0].predicted < 5)
      #expect(try #require(long.outcome.train.loss) < (try #require(long.outcome.train.report.logLoss)))
    },
  ]
}
