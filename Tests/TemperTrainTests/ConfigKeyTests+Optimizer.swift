import TemperJSON
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  private static func sgd(_ members: String) -> [String] { ["optimizer={\"type\": \"sgd\", \"learning_rate\": 0.1, \(members)}"] }

  static let optimizerCases: [KeyCase] = [
    KeyCase("optimizer.type", givesOtherWeights: [["optimizer.type=adamw"], ["optimizer.type=sgd"]]),
    KeyCase("optimizer.learning_rate", givesOtherWeights: [[], ["optimizer.learning_rate=0.01"]]) { (runs: [TrainedRun]) throws in
      #expect(try runs[0].learningRates() == [0.001, 0.001])
      #expect(try runs[1].learningRates() == [0.01, 0.01])
    },
    KeyCase(
      "optimizer.betas (adamw)", givesOtherWeights: [[], ["optimizer.betas=[0.5, 0.999]"], ["optimizer.betas=[0.9, 0.9]"]]),
    KeyCase("optimizer.eps (adamw)", givesOtherWeights: [[], ["optimizer.eps=0.01"]]),
    KeyCase(
      "optimizer.weight_decay (adamw)",
      givesOtherWeights: [["optimizer.weight_decay=0"], [], ["optimizer.weight_decay=20"]]
    ) { (runs: [TrainedRun]) throws in
      let norms = try runs.map { norm(try $0.values("layers.0.linear.weight")) }
      #expect(norms[0] > norms[1])
      #expect(norms[1] > norms[2])
      // 8 steps at 0.001.
      #expect(abs(norms[2] / norms[0] - 0.85) < 0.05)
    },
    KeyCase("optimizer.momentum (sgd)", givesOtherWeights: [sgd("\"momentum\": 0"), sgd("\"momentum\": 0.9")]),
    KeyCase(
      "optimizer.weight_decay (sgd)", givesOtherWeights: [sgd("\"weight_decay\": 0"), sgd("\"weight_decay\": 0.5")]
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
    KeyCase("schedule.type", givesOtherWeights: [["schedule.type=constant"], ["schedule.type=cosine"]]) { (runs: [TrainedRun]) throws in
      // 8 steps, evaluated after 4 and 8 of them.
      #expect(try runs[0].learningRates() == [0.001, 0.001])
      let rates = try runs[1].learningRates()
      #expect(abs(rates[0] - 0.000691342) < 1e-8)
      #expect(abs(rates[1] - 0.0000380602) < 1e-8)
    },
    KeyCase("schedule.min_learning_rate (cosine)") { (lab: Lab) throws in
      let rates = try lab.train(["schedule={\"type\": \"cosine\", \"min_learning_rate\": 0.0005}", "train.eval_every_steps=1"])
        .learningRates()
      #expect(rates.count == 8)
      #expect(rates[0] == 0.001)
      #expect(rates[7] > 0.0005)
      #expect(rates[7] < 0.00053)
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
