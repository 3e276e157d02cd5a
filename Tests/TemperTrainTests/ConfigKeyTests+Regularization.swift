import TemperCore
import TemperJSON
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  /// Plain gradient steps, so that what a penalty does can be told.
  private static func descent(_ members: String = "\"weight_decay\": 0") -> String {
    "optimizer={\"type\": \"sgd\", \"momentum\": 0, \"learning_rate\": 0.1, \(members)}"
  }

  static let falling = "{\"type\": \"linear\", \"from\": 0.5, \"to\": 0}"

  /// The values of `key` that a schedule must be told apart from, and its like: a schedule that never changes is the number.
  static func expectSchedules(_ lab: Lab, _ key: String, _ changes: [String]) throws {
    let runs = try ["0", "0.5", falling].map { try lab.train(changes + ["\(key)=\($0)"]).last }
    #expect(Set(runs).count == 3, "\(key)")
    #expect(try lab.train(changes + ["\(key)={\"type\": \"constant\", \"value\": 0.5}"]).last == runs[1], "\(key)")
  }

  private static func zeros(_ run: TrainedRun) throws -> Int { try run.values("layers.0.linear.weight").count { $0 == 0 } }

  static let regularizationCases: [KeyCase] = [
    KeyCase("regularization.l2") { (lab: Lab) throws in
      // Without momentum the gradient of the penalty is decoupled decay; to another rounding.
      func run(_ decay: Double, _ l2: Double) throws -> TrainedRun {
        try lab.train([descent("\"weight_decay\": \(decay)"), "regularization.l2=\(l2)"])
      }
      let (plain, decayed, penalized) = (try run(0, 0), try run(0.5, 0), try run(0, 0.5))
      #expect(try relativeDifference(plain, penalized) > 0.01)
      #expect(try relativeDifference(decayed, penalized) < 1e-5)
      let train = try #require(try penalized.metrics().last?["train"])
      #expect(try #require(train["objective"]?.number) > (try #require(train["loss"]?.number)))
      let without = try #require(try plain.metrics().last?["train"])
      #expect(without["objective"] == without["loss"])
      try expectSchedules(lab, "regularization.l2", [descent()])
    },
    KeyCase("regularization.activation_l1") { (lab: Lab) throws in
      let (plain, penalized) = (try lab.train([descent()]), try lab.train([descent(), "regularization.activation_l1=0.05"]))
      let train = try #require(try penalized.metrics().last?["train"])
      let term = try #require(train["loss_terms"]?["activation_l1"]?.number)
      #expect(term > 0)
      #expect(try #require(penalized.outcome.activeFraction) < (try #require(plain.outcome.activeFraction)))
      try expectSchedules(lab, "regularization.activation_l1", [descent()])
      for model in ["linear", "mlp"] {
        let config = { try lab.config(["model={\"type\": \"\(model)\"}", "regularization.activation_l1=0.1"]) }
        if model == "mlp" { _ = try config() } else { #expect(throws: Diagnostics.self) { try config() } }
      }
    },
    KeyCase("regularization.dropconnect") { (lab: Lab) throws in
      let runs = try ["0", "0.1", "0.5"].map { try lab.train(["regularization.dropconnect=\($0)"]) }
      #expect(try Set(runs.map(\.last)).count == 3 && runs[0].last == lab.train().last)
      try expectSchedules(lab, "regularization.dropconnect", [])
      #expect(throws: Diagnostics.self) { try lab.config(["model={\"type\": \"linear\"}", "regularization.dropconnect=0.1"]) }
      #expect(throws: Diagnostics.self) { try lab.config(lab.language() + ["regularization.dropconnect=0.1"]) }
    },
    KeyCase("regularization.stochastic_depth") { (lab: Lab) throws in
      let residual = ["model={\"hidden\": [8, 8, 8], \"residual\": true}"]
      let runs = try ["0", "0.1", "0.9"].map { try lab.train(residual + ["regularization.stochastic_depth=\($0)"]) }
      #expect(try Set(runs.map(\.last)).count == 3 && runs[0].last == lab.train(residual).last)
      try expectSchedules(lab, "regularization.stochastic_depth", residual)
      for type in ["gpt2", "llama", "bert"] {
        let changes = lab.language(type)
        #expect(try lab.train(changes + ["regularization.stochastic_depth=0.9"]).last != lab.train(changes).last, "\(type)")
      }
      #expect(throws: Diagnostics.self) { try lab.config(["regularization.stochastic_depth=0.1"]) }
    },
    KeyCase("regularization.l1") { (lab: Lab) throws in
      let (plain, penalized) = (try lab.train([descent()]), try lab.train([descent(), "regularization.l1=0.2"]))
      #expect(try zeros(plain) == 0)
      #expect(try zeros(penalized) > 5)
      let train = try #require(try penalized.metrics().last?["train"])
      #expect(try #require(train["objective"]?.number) > (try #require(train["loss"]?.number)))
      try expectSchedules(lab, "regularization.l1", [descent()])
    },
    KeyCase("regularization.l1_method") { (lab: Lab) throws in
      let changes = [descent(), "regularization.l1=0.2"]
      let (standard, proximal, subgradient) = (
        try lab.train(changes), try lab.train(changes + ["regularization.l1_method=proximal"]),
        try lab.train(changes + ["regularization.l1_method=subgradient"])
      )
      #expect(proximal.last == standard.last)
      #expect(try zeros(proximal) > 5)
      #expect(try zeros(subgradient) == 0)
      // Weights that came around 0 are small all the same.
      let sizes = try [subgradient, lab.train([descent()])].map { try $0.values("layers.0.linear.weight").reduce(0) { $0 + abs($1) } }
      #expect(sizes[0] < 0.9 * sizes[1])
    },
  ]

  /// The training losses of every evaluation.
  private static func trainLosses(_ run: TrainedRun) throws -> [Double?] { try run.metrics().map { $0["train"]?["loss"]?.number } }

  private static func validationLosses(_ run: TrainedRun) throws -> [Double?] {
    try run.metrics().map { $0["validation"]?["loss"]?.number }
  }

  static let fast = ["optimizer.learning_rate=0.05"]

  static let averageCases: [KeyCase] = [
    KeyCase("weight_average.decay (ema)") { (lab: Lab) throws in
      let plain = try lab.train(fast)
      #expect(try lab.train(fast + ["weight_average={\"decay\": 0}"]).best == plain.best)
      let runs = try [0.5, 0.9].map { try lab.train(fast + ["weight_average={\"decay\": \($0)}"]) }
      #expect(Set([plain.best, runs[0].best, runs[1].best]).count == 3)
      for run in runs {
        // Training goes on from the weights themselves; the average is what is evaluated.
        #expect(try trainLosses(run) == trainLosses(plain))
        #expect(try validationLosses(run).first == validationLosses(plain).first)
        #expect(try zip(validationLosses(run), validationLosses(plain)).dropFirst().allSatisfy { $0 != $1 })
        #expect(run.outcome.train.loss != plain.outcome.train.loss)
        #expect(try run.metrics()[run.outcome.bestStep / 4]["validation"]?["loss"]?.number == run.outcome.validation?.loss)
      }
      // An average that keeps more of the old stays nearer to the first weights.
      let first = try lab.train(["optimizer.learning_rate=1e-30", "optimizer.weight_decay=0"])
      #expect(try relativeDifference(first, runs[1]) < relativeDifference(first, runs[0]))
      #expect(try lab.train(fast + ["weight_average={}"]).last == lab.train(fast + ["weight_average={\"decay\": 0.999}"]).last)
    },
    KeyCase("weight_average.start_step (ema)") { (lab: Lab) throws in
      func run(_ start: Int) throws -> TrainedRun {
        try lab.train(fast + ["weight_average={\"decay\": 0.9, \"start_step\": \(start)}"])
      }
      let plain = try lab.train(fast)
      #expect(throws: Diagnostics.self) { try run(plain.outcome.steps) }
      let (all, half) = (try run(0), try run(4))
      #expect(Set([plain.last, all.last, half.last]).count == 3)
      // Until the fourth step the average is the weights.
      #expect(try Array(validationLosses(half)[..<2]) == Array(validationLosses(plain)[..<2]))
      #expect(try validationLosses(half)[2] != validationLosses(plain)[2])
    },
  ]
}
