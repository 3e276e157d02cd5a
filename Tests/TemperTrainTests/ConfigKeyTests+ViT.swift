import TemperCore
import TemperJSON
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  /// A `vit` on the six features of the table, taken as an image of 2 x 3, with more `keys`.
  private static func vit(_ keys: String...) -> String {
    let others = [
      "\"shape\": [2, 3]", "\"patch\": [2, 1]", "\"hidden_size\": 8", "\"num_attention_heads\": 2", "\"num_hidden_layers\": 2",
    ].filter { other in !keys.contains { $0.hasPrefix(other.prefix { $0 != ":" }) } }
    return "model={\"type\": \"vit\", \((others + keys).joined(separator: ", "))}"
  }

  /// Errors of configs with these keys, known before or when the data have been read.
  private static func refuses(_ lab: Lab, _ keys: String..., saying text: String) {
    let model = "model={\"type\": \"vit\", \(keys.joined(separator: ", "))}"
    do {
      _ = try lab.train([model])
      Issue.record("\(model) is not refused")
    } catch {
      #expect("\(error)".contains(text), "\(error)")
    }
  }

  static let vitCases: [KeyCase] = [
    KeyCase("model.patch (vit)") { (lab: Lab) throws in
      let runs = try ["[2, 1]", "[1, 3]", "1"].map { try lab.train([vit("\"patch\": \($0)")]) }
      // Patches and the class token.
      #expect(try runs.map { try $0.values("encoder.pos_embedding").count } == [4 * 8, 3 * 8, 7 * 8])
      #expect(try runs.map { try $0.values("conv_proj.weight").count } == [2 * 8, 3 * 8, 8])
      #expect(runs[1].outcome.model == "vit 6: patches of 1 x 3, 2 x 8, 2 heads: 3")
      let sequence = try lab.train([vit("\"shape\": [6]", "\"patch\": 2")])
      #expect(try sequence.values("encoder.pos_embedding").count == 4 * 8)
      refuses(lab, "\"shape\": [2, 3]", "\"patch\": 2", saying: "model.patch: does not divide the 2 x 3 places of a sample")
      refuses(lab, "\"shape\": [6]", saying: "model.patch: does not divide the 1 x 6 places of a sample; set it to a divisor of the length")
    },
    KeyCase("model.pool (vit)") { (lab: Lab) throws in
      let run = try lab.train([vit("\"pool\": \"mean\"")])
      #expect(try run.values("class_token").isEmpty && run.values("encoder.pos_embedding").count == 3 * 8)
      #expect(try lab.train([vit("\"pool\": \"class\"")]).last == lab.train([vit()]).last)
      #expect(try lab.train([vit()]).values("class_token").count == 8)
    },
    KeyCase("model.hidden_size (vit, bert)") { (lab: Lab) throws in
      #expect(try lab.train([vit("\"hidden_size\": 6")]).values("heads.head.weight").count == 3 * 6)
      refuses(
        lab, "\"hidden_size\": 9", "\"num_attention_heads\": 2", saying: "model.hidden_size: is 9, not a multiple of num_attention_heads, 2"
      )
      try KeyCase.expectOtherWeights(lab, "bert", "hidden_size", ["8"])
    },
    KeyCase("model.num_hidden_layers (vit, llama, bert)") { (lab: Lab) throws in
      let run = try lab.train([vit("\"num_hidden_layers\": 3")])
      #expect(try run.values("encoder.layers.encoder_layer_2.ln_1.weight").count == 8)
      #expect(try run.values("encoder.layers.encoder_layer_3.ln_1.weight").isEmpty)
      try KeyCase.expectOtherWeights(lab, "llama", "num_hidden_layers", ["2"])
    },
    KeyCase("model.num_attention_heads (vit, bert)") { (lab: Lab) throws in
      #expect(try lab.train([vit("\"num_attention_heads\": 4")]).last != lab.train([vit()]).last)
      try KeyCase.expectOtherWeights(lab, "bert", "num_attention_heads", ["4"])
    },
    KeyCase("model.intermediate_size (vit, bert)") { (lab: Lab) throws in
      let name = "encoder.layers.encoder_layer_0.mlp.0.weight"
      #expect(try lab.train([vit("\"intermediate_size\": 5")]).values(name).count == 5 * 8)
      #expect(try lab.train([vit()]).values(name).count == 32 * 8)
      try KeyCase.expectOtherWeights(lab, "bert", "intermediate_size", ["12"])
    },
    KeyCase(
      "model.hidden_dropout_prob (vit)",
      givesOtherWeights: [[vit()], [vit("\"hidden_dropout_prob\": 0.5")], ["regularization.dropout={\"rate\": 0.5}", vit()]]
    ) { (_: [TrainedRun]) throws in
      let (lab, dropout) = (Lab(), "regularization.dropout={\"rate\": [0.1, 0.5]}")
      // The rates of blocks, at places of its own; the model's own rates and others exclude each other.
      #expect(
        try lab.train([dropout, vit()]).last
          != lab.train([dropout, "regularization.dropout.places=[\"feed_forward\"]", vit()]).last)
      #expect(throws: Diagnostics.self) { try lab.config([dropout, vit("\"hidden_dropout_prob\": 0.5")]) }
      #expect(throws: Diagnostics.self) { try lab.config([dropout, vit("\"num_hidden_layers\": 3")]) }
      let skipped = "regularization={\"stochastic_depth\": 0.5}"
      #expect(try lab.train([skipped, vit()]).last != lab.train([vit()]).last)
    },
    KeyCase(
      "model.attention_probs_dropout_prob (vit)", givesOtherWeights: [[vit()], [vit("\"attention_probs_dropout_prob\": 0.5")]]),
    // The same weights in less memory.
    KeyCase("model.gradient_checkpointing (vit, gpt2, llama, bert)") { (lab: Lab) throws in
      try expectLessMemory { value in
        [vit("\"shape\": [6]", "\"patch\": 1", "\"num_hidden_layers\": 8", "\"gradient_checkpointing\": \(value)"), "threads=1"]
      }
      try expectLessMemory { value in
        lab.language("gpt2", ["\"n_layer\": 6", "\"n_positions\": 64", "\"gradient_checkpointing\": \(value)"]) + ["threads=1"]
      }
      func expectLessMemory(_ changes: (String) -> [String]) throws {
        let (without, with) = (try measured(changes("false")), try measured(changes("true")))
        #expect(without.weights == with.weights)
        #expect(with.peak < without.peak)
      }
      func measured(_ changes: [String]) throws -> (weights: [UInt8], peak: Int) {
        Engine.resetPeak()
        let run = try lab.train(changes)
        return (run.last, Engine.statistics.peakBytes)
      }
    },
  ]
}
