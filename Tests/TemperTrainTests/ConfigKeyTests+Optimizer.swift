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

  /// A schedule over the sample's 8 steps, 4 an epoch, must give these multiples of the learning rate.
  private static func rates(_ key: String, _ examples: [(schedule: String, multiples: [Double])]) -> KeyCase {
    KeyCase(key) { lab in
      for (schedule, multiples) in examples {
        let rates = try lab.train(["schedule={\(schedule)}", "train.eval_every_steps=1"]).learningRates()
        #expect(rates.count == 8)
        let isClose = zip(rates, multiples).allSatisfy { abs($0 / 0.001 - $1) < 1e-9 }
        #expect(isClose && multiples.count == 8, "\(schedule) gives \(rates)")
      }
    }
  }

  /// A plateau that no evaluation passes: no improvement is large enough, or the metric is to get worse.
  private static func plateau(_ key: String, _ members: String, _ multiples: [Double]) -> KeyCase {
    rates(key, [("\"type\": \"reduce_on_plateau\", \"factor\": 0.5, \"threshold\": 1e9, \(members)", multiples)])
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
    KeyCase("schedule.type", givesOtherWeights: [["schedule.type=constant"], ["schedule.type=cosine"]]) { (runs: [TrainedRun]) throws in
      // 8 steps, evaluated after 4 and 8 of them.
      #expect(try runs[0].learningRates() == [0.001, 0.001])
      let rates = try runs[1].learningRates()
      #expect(abs(rates[0] - 0.000691342) < 1e-8)
      #expect(abs(rates[1] - 0.0000380602) < 1e-8)
    },
    KeyCase("schedule.min_learning_rate (linear, cosine, polynomial, exponential, warmup_stable_decay, coslog, reduce_on_plateau)") {
      (lab: Lab) throws in
      let rates = try lab.train(["schedule={\"type\": \"cosine\", \"min_learning_rate\": 0.0005}", "train.eval_every_steps=1"])
        .learningRates()
      #expect(rates.count == 8)
      #expect(rates[0] == 0.001)
      #expect(rates[7] > 0.0005)
      #expect(rates[7] < 0.00053)
    },
    rates(
      "schedule.steps (linear, cosine, polynomial, exponential, one_cycle, warmup_stable_decay, coslog)",
      [
        ("\"type\": \"linear\"", [1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125]),
        ("\"type\": \"linear\", \"steps\": 4", [1, 0.75, 0.5, 0.25, 0, 0, 0, 0]),
        ("\"type\": \"cosine\", \"steps\": 2", [1, 0.5, 0, 0, 0, 0, 0, 0]),
        ("\"type\": \"polynomial\", \"steps\": 2", [1, 0.25, 0, 0, 0, 0, 0, 0]),
        ("\"type\": \"exponential\", \"factor\": 0.25, \"steps\": 2", (0..<8).map { 1 / Double(1 << $0) }),
        ("\"type\": \"warmup_stable_decay\", \"decay_ratio\": 0.5, \"steps\": 4", [1, 1, 1, 0.5, 0, 0, 0, 0]),
      ]),
    rates(
      "schedule.epochs (linear, cosine, polynomial, exponential, inverse_sqrt, step, one_cycle, warmup_stable_decay, coslog)",
      [
        ("\"type\": \"linear\", \"epochs\": 1", [1, 0.75, 0.5, 0.25, 0, 0, 0, 0]),
        ("\"type\": \"step\", \"factor\": 0.5, \"epochs\": 0.5", [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125]),
      ]),
    rates(
      "schedule.steps (inverse_sqrt, step)",
      [
        ("\"type\": \"inverse_sqrt\", \"steps\": 2", (0..<8).map { (2 / Double(2 + $0)).squareRoot() }),
        ("\"type\": \"step\", \"factor\": 0.5, \"steps\": 4", [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5]),
      ]),
    rates("schedule.power (polynomial)", [("\"type\": \"polynomial\", \"steps\": 2, \"power\": 3", [1, 0.125, 0, 0, 0, 0, 0, 0])]),
    rates(
      "schedule.factor (exponential)", [("\"type\": \"exponential\", \"factor\": 0.5, \"steps\": 1", (0..<8).map { 1 / Double(1 << $0) })]),
    rates("schedule.factor (step)", [("\"type\": \"step\", \"factor\": 0.25, \"steps\": 4", [1, 1, 1, 1, 0.25, 0.25, 0.25, 0.25])]),
    rates(
      "schedule.values (piecewise)",
      [("\"type\": \"piecewise\", \"values\": [0.5, 2, 1], \"at_steps\": [2, 3]", [0.5, 0.5, 2, 1, 1, 1, 1, 1])]),
    rates("schedule.at_steps (piecewise)", [("\"type\": \"piecewise\", \"values\": [1, 2], \"at_steps\": [5]", [1, 1, 1, 1, 1, 2, 2, 2])]),
    rates(
      "schedule.at_epochs (piecewise)", [("\"type\": \"piecewise\", \"values\": [1, 2], \"at_epochs\": [1]", [1, 1, 1, 1, 2, 2, 2, 2])]),
    rates(
      "schedule.pct_start (one_cycle)",
      [
        (
          "\"type\": \"one_cycle\", \"steps\": 4, \"pct_start\": 0.5, \"div_factor\": 2, \"final_div_factor\": 1",
          [0.5, 1, 0.75, 0.5, 0.5, 0.5, 0.5, 0.5]
        )
      ]),
    rates(
      "schedule.div_factor (one_cycle)",
      [
        (
          "\"type\": \"one_cycle\", \"steps\": 4, \"pct_start\": 0.5, \"div_factor\": 4, \"final_div_factor\": 1",
          [0.25, 1, 0.625, 0.25, 0.25, 0.25, 0.25, 0.25]
        )
      ]),
    rates(
      "schedule.final_div_factor (one_cycle)",
      [
        (
          "\"type\": \"one_cycle\", \"steps\": 4, \"pct_start\": 0.5, \"div_factor\": 2, \"final_div_factor\": 2",
          [0.5, 1, 0.625, 0.25, 0.25, 0.25, 0.25, 0.25]
        )
      ]),
    rates(
      "schedule.decay_ratio (warmup_stable_decay)",
      [("\"type\": \"warmup_stable_decay\", \"decay_ratio\": 0.25", [1, 1, 1, 1, 1, 1, 1, 0.5])]),
    rates(
      "schedule.decay_shape (warmup_stable_decay)",
      [
        (
          "\"type\": \"warmup_stable_decay\", \"decay_ratio\": 0.5, \"decay_shape\": \"sqrt\"",
          (0..<8).map { 1 - (Double(max(0, $0 - 4)) / 4).squareRoot() }
        )
      ]),
    rates(
      "schedule.cycles (coslog)",
      [
        ("\"type\": \"coslog\", \"cycles\": 1", (0..<8).map { (1 - cos(2 * Double.pi * log2(1 + Double($0) / 8))) / 2 }),
        ("\"type\": \"coslog\", \"steps\": 5", (0..<8).map { (1 - cos(2 * Double.pi * log2(1 + 3 * Double(min($0, 5))))) / 2 }),
      ]),
    rates(
      "schedule.parts (join)",
      [
        (
          "\"type\": \"join\", \"parts\": [{\"schedule\": {\"type\": \"constant\", \"value\": 0.5}, \"steps\": 6}, "
            + "{\"schedule\": {\"type\": \"constant\", \"value\": 2}}]",
          [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 2, 2]
        )
      ]),
    rates(
      "schedule.parts[].schedule (join)",
      [
        (
          "\"type\": \"join\", \"parts\": [{\"schedule\": {\"type\": \"linear\", \"from\": 2, \"to\": 0}}]",
          [2, 1.75, 1.5, 1.25, 1, 0.75, 0.5, 0.25]
        )
      ]),
    rates(
      "schedule.parts[].steps (join)",
      [
        (
          "\"type\": \"join\", \"parts\": [{\"schedule\": {\"type\": \"linear\", \"from\": 2, \"to\": 0}, \"steps\": 4}]",
          [2, 1.5, 1, 0.5, 0, 0, 0, 0]
        )
      ]),
    rates(
      "schedule.parts[].epochs (join)",
      [
        (
          "\"type\": \"join\", \"parts\": [{\"schedule\": {\"type\": \"linear\", \"from\": 2, \"to\": 0}, \"epochs\": 1}]",
          [2, 1.5, 1, 0.5, 0, 0, 0, 0]
        )
      ]),
    plateau("schedule.patience (reduce_on_plateau)", "\"patience\": 1", [1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.125]),
    plateau("schedule.cooldown (reduce_on_plateau)", "\"patience\": 0, \"cooldown\": 2", [1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]),
    rates(
      "schedule.factor (reduce_on_plateau)",
      [("\"type\": \"reduce_on_plateau\", \"factor\": 0.25, \"threshold\": 1e9, \"patience\": 3", [1, 1, 1, 1, 1, 0.25, 0.25, 0.25])]),
    // The sample's loss falls at every step, which is an improvement unless much more is asked for, or a rise.
    rates(
      "schedule.threshold (reduce_on_plateau)",
      [
        ("\"type\": \"reduce_on_plateau\", \"factor\": 0.5, \"patience\": 6", Array(repeating: 1, count: 8)),
        ("\"type\": \"reduce_on_plateau\", \"factor\": 0.5, \"patience\": 5, \"threshold\": 0.9", [1, 1, 1, 1, 1, 1, 1, 0.5]),
      ]),
    rates(
      "schedule.mode (reduce_on_plateau)",
      [("\"type\": \"reduce_on_plateau\", \"factor\": 0.5, \"patience\": 5, \"mode\": \"max\"", [1, 1, 1, 1, 1, 1, 1, 0.5])]),
    KeyCase("schedule.monitor (reduce_on_plateau)") { (lab: Lab) throws in
      // Rates that follow a metric: halved after each evaluation whose accuracy is not above all before.
      let run = try lab.train([
        "schedule={\"type\": \"reduce_on_plateau\", \"monitor\": \"validation.accuracy\", \"factor\": 0.5, \"patience\": 0, "
          + "\"threshold\": 0}",
        "train.eval_every_steps=1", "optimizer.learning_rate=0.01",
      ])
      let accuracy = try run.metrics().dropFirst().map { try #require($0["validation"]?["accuracy"]?.number) }
      var (rates, best) = ([0.01], -1.0)
      for value in accuracy {
        rates.append(rates[rates.count - 1] * (value > best ? 1 : 0.5))
        best = max(best, value)
      }
      #expect(try run.learningRates() == Array(rates.dropLast()))
      #expect(Set(rates).count > 1)
      // Without validation rows there is nothing to watch.
      let blind = "data.split={\"validation\": null}"
      #expect(throws: Diagnostics.self) { try lab.train([blind, "schedule.type=reduce_on_plateau"]) }
      _ = try lab.train([blind])
    },
    KeyCase("schedule.warmup_steps") { (lab: Lab) throws in
      let rates = try lab.train(["schedule.warmup_steps=4", "train.eval_every_steps=1"]).learningRates()
      #expect(rates == [0.00025, 0.0005, 0.00075, 0.001, 0.001, 0.001, 0.001, 0.001])
    },
    KeyCase("schedule.warmup_ratio") { (lab: Lab) throws in
      let (ratio, steps) = (try lab.train(["schedule.warmup_ratio=0.5"]), try lab.train(["schedule.warmup_steps=4"]))
      #expect(ratio.last == steps.last)
      #expect(try ratio.last != lab.train().last)
    },
  ]
}
