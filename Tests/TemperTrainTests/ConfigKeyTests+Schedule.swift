import Glibc
import TemperCore
import TemperJSON
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
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

  static let scheduleCases: [KeyCase] = [
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
