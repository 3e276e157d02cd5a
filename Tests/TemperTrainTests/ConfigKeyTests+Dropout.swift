import TemperCore
import TemperJSON
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  /// A change to dropout of a type with some keys.
  private static func dropout(_ type: String, _ members: String...) -> [String] {
    ["regularization.dropout={\((["\"type\": \"\(type)\""] + members).joined(separator: ", "))}"]
  }

  /// A change to gap-controlled dropout by the sign of the gap.
  private static func signed(_ members: String...) -> [String] {
    dropout("gap_controlled", (["\"rule\": \"sign\""] + members).joined(separator: ", "))
  }

  /// Dropout that looks at the gap needs evaluations to look at it.
  private static let watched = ["train.eval_every_steps=1", "train.epochs=4"]

  /// Steps long enough for a gap to appear.
  private static let quick = ["optimizer.learning_rate=0.1"]

  private static func learnedRates(_ run: TrainedRun) throws -> [[Double]] {
    try run.metrics().map { ($0["train"]?["dropout_rates"]?.array ?? []).compactMap(\.number) }
  }

  static let dropoutCases: [KeyCase] = [
    KeyCase("regularization.dropout.rate (constant)") { (lab: Lab) throws in
      let key = "regularization.dropout.rate"
      try expectSchedules(lab, key, [])
      #expect(try lab.train(["\(key)=[0.5]"]).last == lab.train(["\(key)=0.5"]).last)
      // Each layer has its own.
      let rates = ["[0.5, 0]", "[0, 0.5]", "[0.5, 0.25]", "[0.5, \(falling)]", "[\(falling), 0.5]"]
      #expect(Set(try rates.map { try lab.train(["model.hidden=[8, 8]", "\(key)=\($0)"]).last }).count == rates.count)
    },
    KeyCase("regularization.dropout.rate (gaussian)") { (lab: Lab) throws in
      let rates = ["0", "0.1", "0.5", "[0.5]", "[\(falling)]"]
      let runs = try rates.map { try lab.train(dropout("gaussian", "\"rate\": \($0)")).last }
      #expect(runs[2] == runs[3] && Set(runs).count == 4)
      #expect(try runs[0] == lab.train().last && runs[2] != lab.train(["regularization.dropout.rate=0.5"]).last)
      let each = try ["[0.5, 0]", "[0, 0.5]"].map { try lab.train(["model.hidden=[8, 8]"] + dropout("gaussian", "\"rate\": \($0)")).last }
      #expect(each[0] != each[1])
    },
    KeyCase(
      "regularization.dropout.type",
      givesOtherWeights: [
        "constant", "early", "late", "curriculum", "gap_controlled", "standout", "concrete", "variational", "gaussian",
      ].map {
        // The gap is that of the first evaluations, too small to raise a rate from 0.
        watched + ($0 == "gap_controlled" ? signed("\"from\": 0.3") : dropout($0, $0 == "gaussian" ? "\"rate\": 0.5" : "\"places\": null"))
      }
    ) { (runs: [TrainedRun]) throws in
      for (index, run) in runs.enumerated() {
        let names = try run.allValues().keys.filter { $0.contains("dropout") }
        #expect(names == (index == 6 ? ["layers.0.dropout.logit"] : []))
        #expect(try learnedRates(run).allSatisfy { $0.count == (index == 6 ? 1 : 0) })
        #expect(try run.allValues().keys.contains("output.log_sigma") == (index == 7))
        #expect(try run.metrics().allSatisfy { ($0["train"]?["pruned_weights"]?.array?.count ?? 0) == (index == 7 ? 2 : 0) })
        let model = try run.json("results.json")["model"]
        #expect(model?["dropout_rates"]?.members?.map(\.name) == (index == 6 ? ["layers.0"] : nil))
        #expect(model?["pruned_weights"]?.members?.map(\.name) == (index == 7 ? ["layers.0", "output"] : nil))
      }
    },
    KeyCase("regularization.dropout.rate (early)", givesOtherWeights: [dropout("early"), dropout("early", "\"rate\": 0.5")]),
    KeyCase("regularization.dropout.rate (late)", givesOtherWeights: [dropout("late"), dropout("late", "\"rate\": 0.2")]),
    KeyCase(
      "regularization.dropout.rate (curriculum)", givesOtherWeights: [dropout("curriculum"), dropout("curriculum", "\"rate\": 0.9")]),
    KeyCase("regularization.dropout.cutoff_steps (early, late)") { (lab: Lab) throws in
      // Two epochs of four steps.
      for type in ["early", "late"] {
        let runs = try [2, 4, 8].map { try lab.train(dropout(type, "\"rate\": 0.5", "\"cutoff_steps\": \($0)")).last }
        #expect(Set(runs).count == 3, "\(type)")
      }
      let none = try lab.train(["regularization.dropout.rate=0"]).last
      #expect(try lab.train(dropout("late", "\"cutoff_steps\": 8")).last == none)
      #expect(try lab.train(dropout("late", "\"cutoff_steps\": 7")).last != none)
    },
    KeyCase("regularization.dropout.cutoff_epochs (early, late)") { (lab: Lab) throws in
      for type in ["early", "late"] {
        let (steps, epochs) = (try lab.train(dropout(type, "\"cutoff_steps\": 4")), try lab.train(dropout(type, "\"cutoff_epochs\": 1")))
        #expect(steps.last == epochs.last)
        #expect(try lab.train(dropout(type, "\"cutoff_epochs\": 1.5")).last != epochs.last)
      }
    },
    KeyCase("regularization.dropout.gamma (curriculum)") { (lab: Lab) throws in
      let runs = try ["0.1", "1.25", "3"].map { try lab.train(dropout("curriculum", "\"gamma\": \($0)")).last }
      #expect(Set(runs).count == 3)
      // 10 / 8 steps.
      #expect(try lab.train(dropout("curriculum")).last == runs[1])
    },
    KeyCase(
      "regularization.dropout.rule (gap_controlled)",
      givesOtherWeights: [watched + quick + dropout("gap_controlled"), watched + quick + signed("\"target\": 0")]
    ) { (runs: [TrainedRun]) throws in
      let named = watched + quick + dropout("gap_controlled", "\"rule\": \"proportional\"")
      let lab = Lab()
      #expect(try lab.train(named).last == runs[0].last)
    },
    KeyCase(
      "regularization.dropout.half_gap (gap_controlled: proportional)",
      givesOtherWeights: ["0.01", "0.5"].map { watched + quick + dropout("gap_controlled", "\"half_gap\": \($0)") }),
    KeyCase(
      "regularization.dropout.max (gap_controlled: proportional)",
      givesOtherWeights: ["0.2", "0.9"].map { watched + quick + dropout("gap_controlled", "\"half_gap\": 0.01", "\"max\": \($0)") }),
    KeyCase(
      "regularization.dropout.from (gap_controlled: sign)", givesOtherWeights: [watched + signed(), watched + signed("\"from\": 0.4")]),
    KeyCase(
      "regularization.dropout.max (gap_controlled: sign)",
      givesOtherWeights: ["0.4", "0.5"].map { watched + quick + signed("\"from\": 0.4", "\"target\": 0", "\"max\": \($0)") }),
    KeyCase(
      "regularization.dropout.target (gap_controlled: sign)",
      givesOtherWeights: ["0", "1"].map { watched + signed("\"from\": 0.3", "\"target\": \($0)") }),
    KeyCase(
      "regularization.dropout.step (gap_controlled: sign)",
      givesOtherWeights: ["0.05", "0.2"].map { watched + signed("\"from\": 0.3", "\"step\": \($0)") }),
    KeyCase("regularization.dropout.smoothing (gap_controlled: proportional, sign)") { (lab: Lab) throws in
      let proportional = try ["0", "0.95"].map {
        try lab.train(watched + quick + dropout("gap_controlled", "\"half_gap\": 0.01", "\"smoothing\": \($0)")).last
      }
      #expect(proportional[0] != proportional[1])
      func run(_ smoothing: Double, _ target: Double) throws -> TrainedRun {
        try lab.train(watched + quick + signed("\"target\": \(target)", "\"smoothing\": \(smoothing)"))
      }
      // With some target between the gaps that occur, an average crosses it at another evaluation.
      let differs = try stride(from: 0.02, to: 0.3, by: 0.04).contains { try run(0, $0).last != run(0.95, $0).last }
      #expect(differs)
    },
    KeyCase(
      "regularization.dropout.alpha (standout)",
      givesOtherWeights: ["-1", "0", "1", "2"].map { dropout("standout", "\"alpha\": \($0)") }),
    KeyCase("regularization.dropout.beta (standout)") { (lab: Lab) throws in
      let runs = try ["-1", "0", "1"].map { try lab.train(dropout("standout", "\"beta\": \($0)")).last }
      #expect(Set(runs).count == 3)
      // Where every unit stays it is no dropout.
      let all = try lab.train(dropout("standout", "\"alpha\": 0", "\"beta\": 50"))
      #expect(try relativeDifference(all, lab.train()) < 1e-5)
    },
    KeyCase("regularization.dropout.initial_rate (concrete)") { (lab: Lab) throws in
      for rate in [0.1, 0.5] {
        let run = try lab.train(["optimizer.learning_rate=1e-30"] + dropout("concrete", "\"initial_rate\": \(rate)"))
        #expect(try learnedRates(run).allSatisfy { abs($0[0] - rate) < 1e-6 })
      }
      // It is learned.
      let rates = try learnedRates(try lab.train(fast + dropout("concrete")))
      #expect(abs(rates[0][0] - 0.1) < 1e-6 && Set(rates.map { $0[0] }).count == rates.count)
    },
    KeyCase(
      "regularization.dropout.temperature (concrete)",
      givesOtherWeights: ["0.1", "0.5"].map { dropout("concrete", "\"temperature\": \($0)") }),
    KeyCase("regularization.dropout.weight_regularizer (concrete)") { (lab: Lab) throws in
      func run(_ factor: String) throws -> TrainedRun { try lab.train(fast + dropout("concrete", "\"weight_regularizer\": \(factor)")) }
      let (none, standard, strong) = (try run("0"), try lab.train(fast + dropout("concrete")), try run("1"))
      // Weights that read dropped units are drawn to 0, and so is the rate.
      #expect(try norm(strong.values("output.weight")) < 0.9 * norm(none.values("output.weight")))
      let last = try [none, strong].map { try #require(try learnedRates($0).last?.first) }
      #expect(last[1] < last[0])
      // 54 rows are trained on.
      #expect(try run("\(1e-8 / 54)").last == standard.last)
    },
    KeyCase("regularization.dropout.dropout_regularizer (concrete)") { (lab: Lab) throws in
      func run(_ factor: String, _ changes: [String] = fast) throws -> TrainedRun {
        try lab.train(changes + dropout("concrete", "\"dropout_regularizer\": \(factor)"))
      }
      let (none, strong) = (try run("0"), try run("1"))
      let last = try [none, strong].map { try #require(try learnedRates($0).last?.first) }
      #expect(last[1] > last[0] + 0.01)
      let train = try #require(try strong.metrics().last?["train"])
      #expect(try #require(train["objective"]?.number) < (try #require(train["loss"]?.number)) - 1)
      #expect(try run("\(1.0 / 54)").last == lab.train(fast + dropout("concrete")).last)
      // A squared error is twice a negative log-likelihood.
      let regression = fast + Lab.regression
      #expect(try run("\(2.0 / 54)", regression).last == lab.train(regression + dropout("concrete")).last)
      let huber = regression + ["loss={\"type\": \"huber\"}"]
      #expect(try run("\(1.0 / 54)", huber).last == lab.train(huber + dropout("concrete")).last)
    },
    KeyCase("regularization.dropout.initial_log_sigma (variational)") { (lab: Lab) throws in
      func run(_ value: Double) throws -> TrainedRun {
        try lab.train(["optimizer.learning_rate=1e-30"] + dropout("variational", "\"initial_log_sigma\": \(value)"))
      }
      let (few, many) = (try run(-5), try run(1.5))
      #expect(try few.values("output.log_sigma").allSatisfy { $0 == -5 })
      func pruned(_ run: TrainedRun) throws -> Double {
        let model = try run.json("results.json")["model"]
        return model?["pruned_weights"]?["output"]?.number ?? .nan
      }
      // Noise of a standard deviation of 4.5 drowns most of the initial weights.
      #expect(try pruned(few) < 0.05 && pruned(many) > 0.6)
      #expect(many.outcome.text?.contains("pruned      weights of layers.0 1.000, output 1.000") == true)
    },
    KeyCase("regularization.dropout.kl_weight (variational)") { (lab: Lab) throws in
      func run(_ weight: String) throws -> TrainedRun { try lab.train(fast + dropout("variational", "\"kl_weight\": \(weight)")) }
      func terms(_ run: TrainedRun) throws -> [Double] {
        try run.metrics().dropFirst().map { try #require($0["train"]?["loss_terms"]?["variational_dropout"]?.number) }
      }
      let (none, standard, one, strong) = (try run("0"), try lab.train(fast + dropout("variational")), try run("1"), try run("100"))
      #expect(Set([none.last, standard.last, one.last, strong.last]).count == 4)
      #expect(try terms(none).allSatisfy { $0 == 0 })
      // 2 % of an epoch's weight are reached in the last step of the first epoch of four.
      let ramp = #"{"type": "linear", "from": 0, "to": 1, "epochs": 50}"#
      #expect(try run(ramp).last == standard.last)
      #expect(try terms(standard)[0] < 0.02 * terms(one)[0] && terms(standard)[0] > 0)
      func sigma(_ run: TrainedRun) throws -> Float { try run.values("layers.0.linear.log_sigma").reduce(0, +) }
      // A prior that counts raises the noise.
      #expect(try sigma(strong) > sigma(none))
      // A squared error is twice a negative log-likelihood.
      let regression = Lab.regression + ["optimizer.learning_rate=1e-30", "train.max_steps=1", "-train.epochs"]
      let huber = regression + ["loss={\"type\": \"huber\"}"]
      let (squared, other) = (
        try lab.train(regression + dropout("variational", "\"kl_weight\": 1")),
        try lab.train(huber + dropout("variational", "\"kl_weight\": 1"))
      )
      #expect(abs(try terms(squared)[0] / terms(other)[0] - 2) < 1e-4)
    },
    KeyCase("regularization.dropout.places") { (lab: Lab) throws in
      let all = [
        "[\"embedding\"]", "[\"attention\"]", "[\"residual\"]", "[\"feed_forward\"]", "[\"embedding\", \"attention\", \"residual\"]",
      ]
      for type in ["gpt2", "llama", "bert"] {
        func run(_ members: String = "") throws -> TrainedRun {
          let changes = dropout("constant", "\"rate\": 0.3\(members)")
          return try lab.train(lab.language(type) + changes)
        }
        let runs = try all.map { try run(", \"places\": \($0)").last }
        #expect(Set(runs).count == all.count)
        let (standard, own) = (try run(), try lab.train(lab.language(type)))
        #expect(standard.last == runs[4] && own.last != runs[4])
      }
    },
  ]
}
