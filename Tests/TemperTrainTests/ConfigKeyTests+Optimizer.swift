import Glibc
import TemperCore
import TemperJSON
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  private static func sgd(_ members: String) -> [String] { ["optimizer={\"type\": \"sgd\", \"learning_rate\": 0.1, \(members)}"] }

  /// The block of another rule, with a learning rate that moves the sample's weights.
  private static func rule(_ name: String, _ members: String = "") -> [String] {
    ["optimizer={\"type\": \"\(name)\", \"learning_rate\": 0.01\(members.isEmpty ? "" : ", " + members)}"]
  }

  static let optimizerCases: [KeyCase] = [
    KeyCase("optimizer.type", givesOtherWeights: ["adamw", "adam", "sgd", "rmsprop", "adagrad", "lion"].map { rule($0) }),
    KeyCase("optimizer.learning_rate", givesOtherWeights: [[], ["optimizer.learning_rate=0.01"]]) { (runs: [TrainedRun]) throws in
      #expect(try runs[0].learningRates() == [0.001, 0.001])
      #expect(try runs[1].learningRates() == [0.01, 0.01])
    },
    KeyCase(
      "optimizer.betas (adamw, adam)", givesOtherWeights: [[], ["optimizer.betas=[0.5, 0.999]"], ["optimizer.betas=[0.9, 0.9]"]]),
    KeyCase(
      "optimizer.betas (lion)",
      givesOtherWeights: [rule("lion"), rule("lion", "\"betas\": [0.5, 0.99]"), rule("lion", "\"betas\": [0.9, 0.5]")]),
    KeyCase(
      "optimizer.eps (adamw, adam, rmsprop)",
      givesOtherWeights: [
        [], ["optimizer.eps=0.01"], rule("adam"), rule("adam", "\"eps\": 0.01"), rule("rmsprop"), rule("rmsprop", "\"eps\": 0.01"),
      ]),
    KeyCase("optimizer.eps (adagrad, rowwise_adagrad)") { (lab: Lab) throws in
      func texts(_ optimizer: String) throws -> [UInt8] {
        let run = try lab.train(lab.texts("ngram_linear") + ["optimizer={\(optimizer)}"])
        return run.last
      }
      #expect(try texts("") == texts("\"type\": \"rowwise_adagrad\", \"learning_rate\": 0.1"))
      #expect(try texts("") != texts("\"type\": \"adagrad\""))
      for key in ["eps", "lr_decay", "initial_accumulator"] {
        #expect(try texts("") != texts("\"type\": \"rowwise_adagrad\", \"\(key)\": 0.1"), "\(key)")
      }
      #expect(try lab.train(rule("adagrad")).last != lab.train(rule("adagrad", "\"eps\": 0.01")).last)
      // Where there is no table every weight has a sum of its own.
      #expect(try lab.train(rule("rowwise_adagrad")).last == lab.train(rule("adagrad")).last)
    },
    KeyCase("optimizer.alpha (rmsprop)", givesOtherWeights: [rule("rmsprop"), rule("rmsprop", "\"alpha\": 0.5")]),
    KeyCase("optimizer.momentum (rmsprop)", givesOtherWeights: [rule("rmsprop"), rule("rmsprop", "\"momentum\": 0.5")]),
    KeyCase("optimizer.centered (rmsprop)", givesOtherWeights: [rule("rmsprop"), rule("rmsprop", "\"centered\": true")]),
    KeyCase("optimizer.lr_decay (adagrad, rowwise_adagrad)", givesOtherWeights: [rule("adagrad"), rule("adagrad", "\"lr_decay\": 0.1")]),
    KeyCase(
      "optimizer.initial_accumulator (adagrad, rowwise_adagrad)",
      givesOtherWeights: [rule("adagrad"), rule("adagrad", "\"initial_accumulator\": 0.1")]),
    KeyCase("optimizer.nesterov (sgd)", givesOtherWeights: [sgd("\"nesterov\": false"), sgd("\"nesterov\": true")]),
    KeyCase(
      "optimizer.weight_decay (adamw)",
      givesOtherWeights: [["optimizer.weight_decay=0"], [], ["optimizer.weight_decay=20"]]
    ) { (runs: [TrainedRun]) throws in
      let norms = try runs.map { norm(try $0.values("layers.0.linear.weight")) }
      #expect(norms[0] > norms[1])
      #expect(norms[1] > norms[2])
      // 8 steps at 0.001.
      #expect(abs(norms[2] / norms[0] - 0.85) < 0.05)
      let lab = Lab()
      let (same, falling) = (
        try lab.train(["optimizer.weight_decay={\"type\": \"constant\", \"value\": 20}"]),
        try lab.train(["optimizer.weight_decay={\"type\": \"linear\", \"from\": 20, \"to\": 0}"])
      )
      #expect(same.last == runs[2].last)
      let between = norm(try falling.values("layers.0.linear.weight"))
      #expect(norms[2] < between && between < norms[0])
    },
    KeyCase("optimizer.momentum (sgd)", givesOtherWeights: [sgd("\"momentum\": 0"), sgd("\"momentum\": 0.9")]),
    KeyCase(
      "optimizer.weight_decay (sgd, lion)",
      givesOtherWeights: [
        sgd("\"weight_decay\": 0"), sgd("\"weight_decay\": 0.5"), rule("lion"), rule("lion", "\"weight_decay\": 0.5"),
        sgd("\"weight_decay\": {\"type\": \"linear\", \"from\": 0.5, \"to\": 0}"),
        sgd("\"weight_decay\": {\"type\": \"feedback\", \"rule\": \"sign\", \"max\": 1, \"step\": 0.5, \"target\": 0}"),
        sgd("\"weight_decay\": {\"type\": \"adaptive\"}"), sgd("\"weight_decay\": {\"type\": \"adaptive\", \"strength\": 2}"),
      ]
    ) { (runs: [TrainedRun]) throws in
      #expect(norm(try runs[1].values("layers.0.linear.weight")) < 0.9 * norm(try runs[0].values("layers.0.linear.weight")))
    },
    KeyCase("optimizer.decay_on") { (lab: Lab) throws in
      func biases(_ changes: [String]) throws -> [Float] { try lab.train(changes).values("layers.0.linear.bias") }
      // Decay of the weights moves the gradients of biases too, so a single step is looked at: from the second the biases are not 0.
      let steps = ["train={\"max_steps\": 2, \"batch_size\": 60}", "optimizer.learning_rate=0.1", "optimizer.weight_decay=5"]
      let (matrices, all) = (try biases(steps), try biases(steps + ["optimizer.decay_on=all"]))
      #expect(matrices == (try biases(steps + ["optimizer.decay_on=matrices"])))
      #expect(norm(all) < 0.95 * norm(matrices))
      let penalty = sgd("\"momentum\": 0") + ["regularization.l2=0.5"]
      #expect(try lab.train(penalty).last != lab.train(penalty + ["optimizer.decay_on=all"]).last)
    },
    KeyCase("optimizer.learning_rate_factors") { (lab: Lab) throws in
      func train(_ factors: String, _ changes: String...) throws -> TrainedRun {
        try lab.train(["train={\"max_steps\": 1, \"batch_size\": 60}", "optimizer.learning_rate_factors=\(factors)"] + changes)
      }
      let (plain, double) = (try train("{}"), try train("{\"*.bias\": 2}"))
      #expect(try train("{\"*\": 3, \"*.weight\": 1, \"*.bias\": 2}").last == double.last)
      #expect(try plain.values("layers.0.linear.weight") == double.values("layers.0.linear.weight"))
      let (one, two) = (try plain.values("layers.0.linear.bias"), try double.values("layers.0.linear.bias"))
      #expect(norm(one) > 0 && zip(one, two).allSatisfy { abs($1 - 2 * $0) < 1e-6 })
      let error = #expect(throws: Diagnostics.self) { try train("{\"none.*\": 2}") }
      #expect(error?.description.contains("no parameter matches \"none.*\"") == true)
      // The penalty that acts after the update follows the factor too.
      let penalty = "regularization={\"l1\": 0.5}"
      #expect(try train("{\"*\": 2}", penalty).last == train("{}", penalty, "optimizer.learning_rate=0.002").last)
    },
    KeyCase("optimizer.rows (adamw, adam, sgd)") { (lab: Lab) throws in
      func texts(_ rule: String, _ rows: String? = nil, _ changes: String...) throws -> [UInt8] {
        let key = rows.map { ", \"rows\": \"\($0)\"" } ?? ""
        return try lab.train(
          lab.texts("ngram_linear") + ["optimizer={\"type\": \"\(rule)\", \"learning_rate\": 0.01\(key)}"] + changes
        ).last
      }
      for rule in ["adamw", "adam", "sgd"] {
        #expect(try texts(rule) == texts(rule, "all"))
        #expect(try texts(rule) != texts(rule, "touched"), "\(rule)")
      }
      // A penalty gives every row a gradient, but for one that acts after the update.
      for penalty in ["{\"l2\": 0.1}", "{\"l1\": 0.1, \"l1_method\": \"subgradient\"}"] {
        #expect(throws: Diagnostics.self) { try texts("adam", "touched", "regularization=\(penalty)") }
      }
      #expect(try texts("adam", "touched", "regularization={\"l1\": 0.1}") != texts("adam", "touched"))
      #expect(throws: Diagnostics.self) { try lab.train(["optimizer.rows=touched"]) }
      #expect(throws: Diagnostics.self) { try texts("lion", "touched") }
    },
  ]
}
