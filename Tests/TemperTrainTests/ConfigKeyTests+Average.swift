import TemperData
import TemperJSON
import TemperOptim
import TemperRunSupport
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  /// A run of 8 steps, each an epoch, whose weights move far at each.
  private static let eight = fast + ["train={\"max_steps\": 8, \"eval_every_steps\": 2, \"batch_size\": 300}"]

  private static func average(_ members: String) -> [String] { ["weight_average={\(members)}"] }

  /// The last weights of a run without an average after so many steps.
  private static func raw(_ lab: Lab, _ steps: Int) throws -> [String: [Float]] {
    try lab.train(eight + ["train.max_steps=\(steps)"]).allValues()
  }

  /// Fails unless the last weights of `run` are the mean of those of runs that end at the `steps`.
  private static func expectMean(_ lab: Lab, _ run: TrainedRun, of steps: [Int]) throws {
    let members = try steps.map { try raw(lab, $0) }
    for (name, values) in try run.allValues() {
      for (i, value) in values.enumerated() {
        let mean = members.reduce(0) { $0 + Double($1[name]?[i] ?? .nan) } / Double(steps.count)
        #expect(abs(Double(value) - mean) < 1e-5, "\(name) \(i)")
      }
    }
  }

  static let equalAverageCases: [KeyCase] = [
    KeyCase("weight_average.type") { (lab: Lab) throws in
      let runs = try ["", "\"type\": \"ema\"", "\"type\": \"swa\", \"start_step\": 2"].map { try lab.train(eight + average($0)) }
      #expect(runs[0].last == runs[1].last && runs[0].last != runs[2].last)
      #expect(runs.map(\.outcome.bestWeights) == [.ema, .ema, .swa])
    },
    KeyCase("weight_average.start_step (swa)") { (lab: Lab) throws in
      func run(_ start: Int) throws -> TrainedRun {
        try lab.train(eight + average("\"type\": \"swa\", \"start_step\": \(start), \"every_steps\": 2"))
      }
      try expectMean(lab, try run(4), of: [4, 6, 8])
      try expectMean(lab, try run(0), of: [2, 4, 6, 8])
      // After the last step there would be no average.
      #expect(throws: Diagnostics.self) { try run(9) }
    },
    KeyCase("weight_average.start_epoch (swa)") { (lab: Lab) throws in
      // Two steps to an epoch.
      func run(_ start: String) throws -> TrainedRun {
        try lab.train(eight + average("\"type\": \"swa\", \(start), \"every_steps\": 2") + ["train.batch_size=32"])
      }
      let second = try run("\"start_epoch\": 2")
      #expect(try run("\"start_step\": 4").last == second.last)
      #expect(try run("\"start_epoch\": 1").last != second.last)
    },
    KeyCase("weight_average.every_steps (swa)") { (lab: Lab) throws in
      func run(_ every: Int) throws -> TrainedRun {
        try lab.train(eight + average("\"type\": \"swa\", \"start_step\": 2, \"every_steps\": \(every)"))
      }
      try expectMean(lab, try run(3), of: [2, 5, 8])
      try expectMean(lab, try run(4), of: [2, 6])
    },
    KeyCase("weight_average.every_epochs (swa)") { (lab: Lab) throws in
      // One batch is an epoch.
      func run(_ members: String) throws -> TrainedRun {
        try lab.train(eight + average("\"type\": \"swa\", \"start_step\": 4\(members)"))
      }
      try expectMean(lab, try run(", \"every_epochs\": 2"), of: [4, 6, 8])
      #expect(try run("").last == run(", \"every_epochs\": 1").last)
    },
    KeyCase("weight_average.compare_raw") { (lab: Lab) throws in
      // An average that hardly moves has a higher loss than the weights: which is better is for early stopping to say.
      let slow = average("\"decay\": 0.999, \"compare_raw\": true")
      let (run, plain) = (try lab.train(eight + slow), try lab.train(eight))
      #expect(run.outcome.bestWeights == .raw && run.best == plain.best && run.outcome.bestStep == plain.outcome.bestStep)
      let upward = try lab.train(eight + slow + ["early_stopping={\"mode\": \"max\"}"])
      #expect(upward.outcome.bestWeights == .ema)
      #expect(try upward.json("results.json")["best_weights"] == "ema")
      for (run, isUpward) in [(run, false), (upward, true)] {
        let lines = try run.metrics()
        for line in lines {
          let values = try #require(line["candidates"]?.members).compactMap { $0.value.number }
          #expect(values.count == (line["step"] == 0 ? 1 : 2))
          let better = isUpward ? values.max() : values.min()
          let weights = try #require(line["weights"]?.string)
          #expect(line["validation"]?["loss"]?.number == better && line["candidates"]?[weights]?.number == better)
        }
        let best = try #require(lines.last { $0["best"] == true })
        #expect(best["weights"]?.string == run.outcome.bestWeights.rawValue)
        #expect(best["validation"]?["loss"]?.number == run.outcome.validation?.loss)
        #expect(try StoredModel.rows(run.directory).evaluate(.validation)?.loss == run.outcome.validation?.loss)
      }
      // Without it, lines and results are those of the average.
      let only = try lab.train(eight + average("\"decay\": 0.999"))
      #expect(try only.metrics().allSatisfy { $0["candidates"] == nil && $0["weights"] == nil })
      #expect(throws: Diagnostics.self) { try lab.train(average("\"compare_raw\": true") + ["early_stopping=null"]) }
      #expect(throws: Diagnostics.self) {
        try lab.train(average("\"compare_raw\": true") + ["data.split={\"validation\": null}", "-early_stopping"])
      }
    },
  ]
}
