import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperRunSupport
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  private static let crossEntropy = "sparse_categorical_crossentropy"
  /// The losses with one output for each class.
  private static let multiclass = [
    crossEntropy, "focal", "sparsemax", "entmax15", "alpha_entmax", "top_k_crossentropy", "as_softmax", "sampled_softmax",
    "adaptive_softmax",
  ]

  /// Those of them that the table of keys names after the older ones.
  private static let sparse = multiclass[2...].joined(separator: ", ")

  /// A loss of this type with these members.
  private static func loss(_ type: String, _ members: String = "") -> [String] {
    ["loss={\"type\": \"\(type)\"\(members.isEmpty ? "" : ", " + members)}"]
  }

  /// Changes for a loss of two classes: the sample without its third.
  private static func twoClasses(_ lab: Lab, _ members: String = "") -> [String] {
    let lines = SampleTable.csv().split(separator: "\n").filter { !$0.hasSuffix(",c") }
    lab.folder.write(lines.joined(separator: "\n") + "\n", to: "two.csv")
    return ["data.path=\(lab.folder("two.csv"))"] + loss("binary_crossentropy", members)
  }

  /// Fails unless all of `variants` train to other weights.
  private static func expectOtherWeights(_ lab: Lab, _ variants: [[String]]) throws {
    let weights = try variants.map { try lab.train($0).last }
    #expect(Set(weights).count == variants.count)
  }

  /// Fails unless smoothing follows its schedule in training, and evaluations under one that changes report the loss without smoothing.
  private static func expectSchedules(_ lab: Lab, _ changes: (_ members: String) -> [String]) throws {
    func run(_ smoothing: String) throws -> TrainedRun {
      try lab.train(changes("\"label_smoothing\": \(smoothing)") + ["train.eval_every_steps=1"])
    }
    func losses(_ run: TrainedRun, _ part: String) throws -> [Double] { try run.metrics().compactMap { $0[part]?["loss"]?.number } }
    let (none, half) = (try run("0"), try run("0.5"))
    let falling = try run("{\"type\": \"linear\", \"from\": 0.5, \"to\": 0}")
    let feedback = try run("{\"type\": \"feedback\", \"rule\": \"sign\", \"from\": 0.5, \"max\": 0.6, \"target\": 1}")
    #expect(try run("{\"type\": \"constant\", \"value\": 0.5}").last == half.last)
    #expect(Set([none.last, half.last, falling.last, feedback.last]).count == 4)
    for changing in [falling, feedback] {
      // The first step has what it starts with, later ones less.
      #expect(try losses(changing, "train").first == losses(half, "train").first)
      #expect(try losses(changing, "validation").first == losses(none, "validation").first)
      #expect(try losses(changing, "validation").first != losses(half, "validation").first)
      let evaluation = try #require(try StoredModel.rows(changing.directory).evaluate(.validation))
      #expect(evaluation.loss == changing.outcome.validation?.loss)
    }
  }

  /// The validation loss before the first step.
  private static func firstLoss(_ lab: Lab, _ changes: [String]) throws -> Double {
    let line = try lab.train(changes).metrics().first
    return try #require(line?["validation"]?["loss"]?.number)
  }

  static let lossCases: [KeyCase] = [
    KeyCase("loss.type") { (lab: Lab) throws in
      let plain = try lab.train()
      #expect(try lab.train(loss(crossEntropy)).last == plain.last)
      #expect(try lab.train(loss("focal")).last != plain.last)
      #expect(try lab.train(twoClasses(lab)).outcome.model == "mlp 6-8-1")
      let numbers = try [[], loss("mse"), loss("mae"), loss("huber")].map { try lab.train(Lab.regression + $0).last }
      #expect(numbers[0] == numbers[1])
      #expect(Set(numbers).count == 3)
      // Of the wrong task, or for another number of classes.
      #expect(throws: Diagnostics.self) { try lab.train(loss("mse")) }
      #expect(throws: Diagnostics.self) { try lab.train(loss("binary_crossentropy")) }
      #expect(throws: Diagnostics.self) { try lab.train(Lab.regression + loss("focal")) }
    },
    KeyCase("loss.from (sparse_categorical_crossentropy)") { (lab: Lab) throws in
      #expect(try lab.train(["loss.from=logits"]).last == lab.train().last)
      #expect(try lab.train(["loss.from=probabilities"]).last != lab.train().last)
      // Behind the softmax the loss is the same; only that of an output sure of the wrong class is cut off, at -ln 1e-7.
      #expect(abs(try firstLoss(lab, ["loss.from=probabilities"]) - (try firstLoss(lab, []))) < 1e-6)
      let far = ["model.initializer={\"type\": \"normal\", \"std\": 100}"]
      #expect(try firstLoss(lab, far) > 100)
      #expect(try firstLoss(lab, far + ["loss.from=probabilities"]) < 16.2)
    },
    KeyCase("loss.label_smoothing (sparse_categorical_crossentropy, focal)") { (lab: Lab) throws in
      try expectOtherWeights(
        lab,
        [crossEntropy, "focal"].flatMap { type in ["0", "0.1", "0.3"].map { loss(type, "\"label_smoothing\": \($0)") } })
      for type in [crossEntropy, "focal"] { try expectSchedules(lab) { loss(type, $0) } }
    },
    KeyCase("loss.label_smoothing (binary_crossentropy)") { (lab: Lab) throws in
      try expectOtherWeights(lab, ["0", "0.1", "0.3"].map { twoClasses(lab, "\"label_smoothing\": \($0)") })
      try expectSchedules(lab) { twoClasses(lab, $0) }
      func labels(_ smoothing: String) -> [String] { lab.multilabel() + loss("binary_crossentropy", "\"label_smoothing\": \(smoothing)") }
      try expectOtherWeights(lab, ["0", "0.3", "{\"type\": \"linear\", \"from\": 0.3, \"to\": 0}"].map(labels))
    },
    KeyCase(
      "loss.class_weights (sparse_categorical_crossentropy, focal, binary_crossentropy, \(sparse))"
    ) { (lab: Lab) throws in
      let weights = ["null", "{\"b\": 4}", "{\"a\": 4}", "\"balanced\""].map { "\"class_weights\": \($0)" }
      try expectOtherWeights(lab, [crossEntropy, "focal", "entmax15"].flatMap { type in weights.map { loss(type, $0) } })
      for type in multiclass { try expectOtherWeights(lab, weights[..<2].map { loss(type, $0) }) }
      try expectOtherWeights(lab, weights.map { twoClasses(lab, $0) })
      // Balanced weights are those that make the classes' sums equal.
      let balanced = try lab.train(["loss.class_weights=balanced"])
      let counts = try balanced.classes().scores.map { Double($0.support) }
      let own = zip(["a", "b", "c"], counts).map { "\"\($0)\": \(counts.reduce(0, +) / (3 * $1))" }
      #expect(try relativeDifference(lab.train(["loss.class_weights={\(own.joined(separator: ", "))}"]), balanced) < 1e-5)
    },
    KeyCase(
      "loss.normalize (sparse_categorical_crossentropy, focal, binary_crossentropy, \(sparse))"
    ) { (lab: Lab) throws in
      // Where all classes weigh 5, their weights cancel, or multiply the step by 5.
      let weights = "\"class_weights\": {\"a\": 5, \"b\": 5, \"c\": 5}"
      let weightsOfTwo = "\"class_weights\": {\"a\": 5, \"b\": 5}"
      let kinds: [(weights: String, changes: (String) -> [String])] =
        [
          (weightsOfTwo, { twoClasses(lab, $0) })
        ] + multiclass.map { type in (weights, { loss(type, $0) }) }
      for (weights, changes) in kinds {
        func run(_ members: String, rate: Double) throws -> TrainedRun {
          try lab.train(["optimizer={\"type\": \"sgd\", \"momentum\": 0, \"learning_rate\": \(rate)}"] + changes(members))
        }
        #expect(try relativeDifference(run("", rate: 0.01), run("\(weights), \"normalize\": \"weight\"", rate: 0.01)) < 1e-5)
        #expect(try relativeDifference(run("", rate: 0.05), run("\(weights), \"normalize\": \"count\"", rate: 0.01)) < 1e-5)
      }
    },
    KeyCase("loss.ignore_index (sparse_categorical_crossentropy, focal, \(sparse))") { (lab: Lab) throws in
      let names: [Substring: String] = ["a": "0", "b": "1.0", "c": "255"]
      let lines = SampleTable.csv().split(separator: "\n").map { line in
        line.dropLast() + (line.last.flatMap { names["\($0)"] } ?? "\(line.suffix(1))")
      }
      lab.folder.write(lines.joined(separator: "\n") + "\n", to: "numbers.csv")
      let data = ["data.path=\(lab.folder("numbers.csv"))"]
      for type in multiclass {
        try expectOtherWeights(lab, ["-100", "1", "255"].map { data + loss(type, "\"ignore_index\": \($0)") })
        // The label is no class.
        let run = try lab.train(data + loss(type, "\"ignore_index\": 255"))
        #expect(try run.classes().scores.map(\.name) == ["0", "1.0"])
      }
    },
    KeyCase("loss.gamma (focal)") { (lab: Lab) throws in
      func run(_ gamma: String) throws -> TrainedRun { try lab.train(loss("focal", gamma)) }
      #expect(try relativeDifference(run("\"gamma\": 0"), lab.train()) < 1e-5)
      #expect(try run("\"gamma\": 2").last == run("").last)
      #expect(try relativeDifference(run("\"gamma\": 5"), run("")) > 1e-4)
    },
    KeyCase("loss.alpha (alpha_entmax)") { (lab: Lab) throws in
      func run(_ alpha: String) throws -> TrainedRun { try lab.train(loss("alpha_entmax", alpha)) }
      #expect(try run("\"alpha\": 1.5").last == run("").last)
      #expect(try relativeDifference(run("\"alpha\": 1.5"), lab.train(loss("entmax15"))) < 1e-4)
      #expect(try relativeDifference(run("\"alpha\": 2"), lab.train(loss("sparsemax"))) < 1e-4)
      try expectOtherWeights(lab, ["1.1", "1.5", "2"].map { loss("alpha_entmax", "\"alpha\": \($0)") })
    },
    KeyCase("loss.k (top_k_crossentropy)") { (lab: Lab) throws in
      func run(_ k: String) throws -> TrainedRun { try lab.train(loss("top_k_crossentropy", k)) }
      // Three classes are no more than the ten of the default.
      #expect(try relativeDifference(run(""), lab.train()) < 1e-4)
      #expect(try run("\"k\": 10").last == run("").last)
      #expect(try Set([run("\"k\": 1").last, run("\"k\": 2").last, run("").last]).count == 3)
    },
    KeyCase("loss.delta (as_softmax)") { (lab: Lab) throws in
      func run(_ delta: String) throws -> TrainedRun { try lab.train(loss("as_softmax", delta)) }
      #expect(try run("\"delta\": 0.1").last == run("").last)
      #expect(try relativeDifference(run("\"delta\": 1"), lab.train()) < 1e-4)
      #expect(try run("\"delta\": 0.3").last != run("").last)
    },
    KeyCase("loss.samples (sampled_softmax)") { (lab: Lab) throws in
      func run(_ samples: String) throws -> TrainedRun { try lab.train(loss("sampled_softmax", samples)) }
      #expect(try run("").last == lab.train().last)
      #expect(try Set([run("\"samples\": 1").last, run("\"samples\": 2").last, run("").last]).count == 3)
      #expect(try run("\"samples\": 1").last == run("\"samples\": 1").last)
    },
    KeyCase("loss.cutoffs (adaptive_softmax)") { (lab: Lab) throws in
      func run(_ cutoffs: String) throws -> TrainedRun { try lab.train(loss("adaptive_softmax", cutoffs + "\"div_value\": 2")) }
      // A fifth of three classes is one.
      #expect(try run("\"cutoffs\": [1], ").last == run("").last)
      #expect(try Set([run("").last, run("\"cutoffs\": [2], ").last, run("\"cutoffs\": [1, 2], ").last]).count == 3)
    },
    KeyCase("loss.div_value (adaptive_softmax)") { (lab: Lab) throws in
      let runs = try ["4", "2"].map { try lab.train(loss("adaptive_softmax", "\"div_value\": \($0)")) }
      // Of the 8 inputs of the last layer.
      #expect(try runs.map { try $0.values("output.tail.0.0.weight").count } == [2 * 8, 4 * 8])
      #expect(try lab.train(loss("adaptive_softmax")).last == runs[0].last)
    },
    KeyCase("loss.head_bias (adaptive_softmax)") { (lab: Lab) throws in
      let with = try lab.train(loss("adaptive_softmax", "\"head_bias\": true"))
      #expect(try with.values("output.head.bias").contains { $0 != 0 })
      #expect(try lab.train(loss("adaptive_softmax", "\"head_bias\": false")).values("output.head.bias").isEmpty)
    },
    KeyCase("loss.delta (huber)") { (lab: Lab) throws in
      func run(_ loss: [String], rate: Double) throws -> TrainedRun {
        try lab.train(Lab.regression + loss + ["optimizer={\"type\": \"sgd\", \"momentum\": 0, \"learning_rate\": \(rate)}"])
      }
      func huber(_ delta: String, rate: Double) throws -> TrainedRun { try run(loss("huber", "\"delta\": \(delta)"), rate: rate) }
      // Half the square up to delta; beyond, delta times the distance.
      #expect(try relativeDifference(huber("1000", rate: 0.02), run(loss("mse"), rate: 0.01)) < 1e-5)
      #expect(try relativeDifference(huber("1e-6", rate: 1e4), run(loss("mae"), rate: 0.01)) < 1e-3)
      #expect(try huber("1", rate: 0.01).last == run(loss("huber"), rate: 0.01).last)
    },
  ]
}
