import TemperCore
import TemperJSON
import TemperNN
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  private static func tabm(_ rest: String = "") -> String { "model={\"type\": \"tabm\", \"members\": 3, \"hidden\": [5]\(rest)}" }
  private static func mlp(_ rest: String) -> String { "model={\"hidden\": [5], \(rest)}" }
  private static let still = ["optimizer.learning_rate=1e-30", "optimizer.weight_decay=0"]

  static let tableModelCases: [KeyCase] = [
    KeyCase("model.hidden (tabm)") { (lab: Lab) throws in
      let run = try lab.train(["model={\"type\": \"tabm\", \"hidden\": [5, 4]}"])
      #expect(run.outcome.model == "tabm 8 x 6-5-4-3")
      #expect(try run.values("output.weight").count == 8 * 3 * 4)
    },
    KeyCase("model.members (tabm)") { (lab: Lab) throws in
      let run = try lab.train([tabm()])
      #expect(run.outcome.model == "tabm 3 x 6-5-3")
      #expect(try run.values("output.bias").count == 9)
    },
    KeyCase("model.variant (tabm)", givesOtherWeights: [[tabm()], [tabm(", \"variant\": \"full\"")]]) { (runs: [TrainedRun]) throws in
      let names = try runs.map { try SafeTensors(parsing: $0.last, path: "").names.filter { $0.hasSuffix("output_scale") } }
      #expect(names == [[], ["layers.0.output_scale"]])
    },
    KeyCase(
      "model.activation (tabm)", givesOtherWeights: ["none", "relu", "gelu", "silu"].map { [tabm(", \"activation\": \"\($0)\"")] }),
    KeyCase("model.numeric_embedding.type (mlp)") { (lab: Lab) throws in
      let types = ["none", "piecewise_linear", "periodic"]
      let runs = try types.map { try lab.train([mlp("\"numeric_embedding\": {\"type\": \"\($0)\"}")]) }
      let widths = try runs.map { try $0.values("layers.0.linear.weight").count / 5 }
      // Three numbers and three features of the color.
      #expect(widths == [6, 3 * 16 + 3, 3 * 4 + 3])
    },
    KeyCase("model.numeric_embedding.type (tabm)") { (lab: Lab) throws in
      #expect(try lab.train([tabm()]).last == lab.train([tabm(", \"numeric_embedding\": {\"type\": \"piecewise_linear\"}")]).last)
      #expect(try lab.train([tabm(", \"numeric_embedding\": {\"type\": \"none\"}")]).values("scale").count == 3 * 6)
    },
    KeyCase("model.numeric_embedding.bins (mlp, tabm: piecewise_linear)") { (lab: Lab) throws in
      let run = try lab.train([mlp("\"numeric_embedding\": {\"type\": \"piecewise_linear\", \"bins\": 4}")])
      let edges = try run.values("inputs.numbers.edges")
      #expect(edges.count == 3 * 5)
      for column in 0..<3 { #expect(zip(edges[5 * column..<5 * column + 4], edges[(5 * column + 1)...]).allSatisfy { $0 < $1 }) }
    },
    KeyCase("model.numeric_embedding.width (mlp, tabm: piecewise_linear)") { (lab: Lab) throws in
      let run = try lab.train([mlp("\"numeric_embedding\": {\"type\": \"piecewise_linear\", \"width\": 7}")])
      #expect(try run.values("layers.0.linear.weight").count == 5 * (3 * 7 + 3))
    },
    KeyCase("model.numeric_embedding.width (mlp, tabm: periodic)") { (lab: Lab) throws in
      let run = try lab.train([mlp("\"numeric_embedding\": {\"type\": \"periodic\", \"width\": 7}")])
      #expect(try run.values("layers.0.linear.weight").count == 5 * (3 * 7 + 3))
      #expect(throws: Diagnostics.self) { try lab.config([mlp("\"numeric_embedding\": {\"type\": \"periodic\", \"width\": 1}")]) }
    },
    KeyCase("model.numeric_embedding.frequencies (mlp, tabm: periodic)") { (lab: Lab) throws in
      let run = try lab.train([mlp("\"numeric_embedding\": {\"type\": \"periodic\", \"frequencies\": 9}")])
      #expect(try run.values("inputs.numbers.frequency").count == 3 * 9)
    },
    KeyCase("model.numeric_embedding.scale (mlp, tabm: periodic)") { (lab: Lab) throws in
      let first = try [0.1, 1].map {
        try lab.train(still + [mlp("\"numeric_embedding\": {\"type\": \"periodic\", \"scale\": \($0)}")]).values("inputs.numbers.frequency")
      }
      #expect(zip(first[0], first[1]).allSatisfy { abs(10 * $0 - $1) < 1e-5 })
    },
    KeyCase("model.category_embedding.type (mlp)") { (lab: Lab) throws in
      let learned = "\"category_embedding\": {\"type\": \"learned\", \"min_features\": 2}"
      #expect(try lab.train([mlp(learned)]).values("layers.0.linear.weight").count == 5 * (3 + 8))
      #expect(try lab.train([mlp("\"category_embedding\": {\"type\": \"none\"}")]).values("layers.0.linear.weight").count == 5 * 6)
    },
    KeyCase("model.category_embedding.type (tabm)") { (lab: Lab) throws in
      let few = ", \"numeric_embedding\": {\"type\": \"none\"}, \"category_embedding\": "
      #expect(try lab.train([tabm(few + "{\"min_features\": 2}")]).values("scale").count == 3 * (3 + 8))
      #expect(try lab.train([tabm(few + "{\"type\": \"none\"}")]).values("scale").count == 3 * 6)
    },
    KeyCase("model.category_embedding.width (mlp, tabm: learned)") { (lab: Lab) throws in
      let run = try lab.train([mlp("\"category_embedding\": {\"type\": \"learned\", \"min_features\": 3, \"width\": 2}")])
      #expect(try run.values("inputs.categories.0.weight").count == 2 * 3)
    },
    KeyCase("model.category_embedding.min_features (mlp, tabm: learned)") { (lab: Lab) throws in
      let runs = try [3, 4].map { try lab.train([mlp("\"category_embedding\": {\"type\": \"learned\", \"min_features\": \($0)}")]) }
      #expect(try runs.map { try $0.values("layers.0.linear.weight").count } == [5 * (3 + 8), 5 * 6])
    },
    KeyCase("model.feature_scaling (mlp)") { (lab: Lab) throws in
      let run = try lab.train([mlp("\"feature_scaling\": true")])
      let scale = try run.values("inputs.scale")
      #expect(scale.count == 6 && scale.contains { $0 != 1 })
    },
    KeyCase("model.parametrization (mlp)") { (lab: Lab) throws in
      let weights = try lab.train(still + ["model={\"hidden\": [400], \"parametrization\": \"ntk\"}"]).values("layers.0.linear.weight")
      #expect(abs(weights.reduce(0) { $0 + Double($1) * Double($1) } / Double(weights.count) - 1) < 0.1)
      for wrong in ["\"initializer\": {\"type\": \"zeros\"}"] {
        #expect(throws: Diagnostics.self) { try lab.config([mlp("\"parametrization\": \"ntk\", \(wrong)")]) }
      }
      let variational = "regularization={\"dropout\": {\"type\": \"variational\"}}"
      #expect(throws: Diagnostics.self) { try lab.config([mlp("\"parametrization\": \"ntk\""), variational]) }
      #expect(throws: Diagnostics.self) { try lab.config([tabm(), variational]) }
    },
    KeyCase("model.parametric_activation (mlp)") { (lab: Lab) throws in
      let run = try lab.train([mlp("\"parametric_activation\": true")])
      #expect(try run.values("layers.0.share").contains { $0 != 1 })
      let none = mlp("\"parametric_activation\": true, \"activation\": \"none\"")
      #expect(throws: Diagnostics.self) { try lab.config([none]) }
    },
  ]
}
