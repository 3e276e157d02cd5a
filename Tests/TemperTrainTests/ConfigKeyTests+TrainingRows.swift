import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperRunSupport
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  /// Changes that leave three numeric columns, a sequence of length 3, and augment it.
  private static func sequence(_ members: String) -> [String] {
    ["data.columns={\"part\": \"ignore\", \"color\": \"ignore\"}", "train.augment={\(members)}"]
  }

  /// Images of 2 x 3 pixels, augmented.
  private static func images(_ lab: Lab, _ members: String) -> [String] {
    let files = lab.images("train", count: 30)
    return [
      "data={\"type\": \"idx\", \"train_images\": \"\(files.images)\", \"train_labels\": \"\(files.labels)\"}",
      "train.augment={\(members)}",
    ]
  }

  /// A case of a key that moves features: it changes images and sequences, at 0 nothing, and it needs a shape.
  private static func spatialCase(_ key: String, _ value: String) -> KeyCase {
    KeyCase("train.augment.\(key)") { (lab: Lab) throws in
      func expectChange(_ changes: (String) -> [String]) throws {
        let still = try lab.train(changes("\"\(key)\": 0"))
        #expect(try lab.train(changes("\"\(key)\": \(value)")).last != still.last)
        #expect(try lab.train(changes("\"noise\": 0")).last == still.last)
      }
      try expectChange { sequence($0.hasPrefix("\"noise") ? $0 : "\($0), \"shape\": [3]") }
      try expectChange { images(lab, $0) }
      #expect(throws: Diagnostics.self) { try lab.train(sequence("\"\(key)\": \(value)")) }
      if value == "1" { #expect(throws: Diagnostics.self) { try lab.train(images(lab, "\"\(key)\": 2")) } }
    }
  }

  static let trainingRowCases: [KeyCase] = [
    KeyCase("data.label_noise") { (lab: Lab) throws in
      let (clean, noisy) = (try lab.train(), try lab.train(["data.label_noise=0.2"]))
      #expect(try lab.train(["data.label_noise=0"]).last == clean.last)
      #expect(noisy.last != clean.last)
      #expect(try noisy.json("manifest.json")["changed_labels"] == 11 && clean.json("manifest.json")["changed_labels"] == 0)
      func supports(_ evaluation: Evaluation?) -> [Int]? { (evaluation?.report as? ClassificationReport)?.scores.map(\.support) }
      #expect(supports(noisy.outcome.train) != supports(clean.outcome.train))
      #expect(supports(noisy.outcome.validation) == supports(clean.outcome.validation))
      // All labels of the training rows, and none of the others.
      let (before, after) = (try lab.rows(), try lab.rows(["data.label_noise=1"]))
      #expect(zip(before.train.labels, after.train.labels).allSatisfy { $0 != $1 })
      #expect(before.validation == after.validation && before.encoder.preprocessor == after.encoder.preprocessor)
      #expect(after.notes.contains { $0.hasPrefix("label noise: replaced the class of 54 of 54 training rows") })
      #expect(throws: Diagnostics.self) { try lab.config(Lab.regression + ["data.label_noise=0.1"]) }
      #expect(throws: Diagnostics.self) { try lab.config(lab.multilabel() + ["data.label_noise=0.1"]) }
    },
    KeyCase("train.sampling") { (lab: Lab) throws in
      let runs = try ["null", "\"balanced\"", "{\"c\": 3}"].map { try lab.train(["train.sampling=\($0)"]) }
      #expect(Set(runs.map(\.last)).count == 3)
      #expect(runs.allSatisfy { $0.outcome.steps == 8 })
      // Where only one class is drawn the model knows no other.
      let only = try lab.train(["train.sampling={\"a\": 0, \"b\": 0}", "train.epochs=30", "optimizer.learning_rate=0.05"])
      #expect(try only.classes().scores.map(\.recall) == [0, 0, 1])
      for wrong in ["{\"a\": 0, \"b\": 0, \"c\": 0}", "{\"d\": 1}"] {
        #expect(throws: Diagnostics.self) { try lab.train(["train.sampling=\(wrong)"]) }
      }
      for changes in [["train.shuffle=false"], ["loss.class_weights=balanced"], Lab.regression, lab.multilabel()] {
        #expect(throws: Diagnostics.self) { try lab.config(["train.sampling=balanced"] + changes) }
      }
      #expect(throws: Never.self) { try lab.config(["train.sampling=balanced", "loss.class_weights={\"a\": 2}"]) }
    },
    KeyCase("train.augment.noise", givesOtherWeights: [[], ["train.augment.noise=0.1"], ["train.augment.noise=0.5"]]) {
      (runs: [TrainedRun]) throws in
      let lab = Lab()
      #expect(try lab.train(["train.augment.noise=0"]).last == runs[0].last)
      let only = "data.columns={\"part\": \"ignore\", \"x0\": \"ignore\", \"x1\": \"ignore\", \"x2\": \"ignore\"}"
      #expect(throws: Diagnostics.self) { try lab.train([only, "train.augment.noise=0.1"]) }
    },
    spatialCase("shift", "1"),
    spatialCase("flip", "0.5"),
    spatialCase("cutout", "1"),
    KeyCase("train.augment.mixup", givesOtherWeights: [[], ["train.augment.mixup=0.2"], ["train.augment.mixup=2"]]) {
      (runs: [TrainedRun]) throws in
      let lab = Lab()
      #expect(try lab.train(["train.augment.mixup=0"]).last == runs[0].last)
      let mixed = ["train.augment.mixup=0.5"]
      for changes in [Lab.regression, lab.multilabel(), ["loss.type=focal"], ["loss.from=probabilities"]] {
        #expect(try lab.train(changes).last != lab.train(changes + mixed).last)
      }
      // Scheduled, the parameter is that of the step; at 0 rows are not mixed.
      func run(_ mixup: String) throws -> TrainedRun { try lab.train(["train.augment.mixup=\(mixup)", "train.eval_every_steps=1"]) }
      func losses(_ run: TrainedRun) throws -> [Double] { try run.metrics().compactMap { $0["train"]?["loss"]?.number } }
      let (none, half) = (try run("0"), try run("0.5"))
      #expect(try run("{\"type\": \"constant\", \"value\": 0.5}").last == half.last)
      let falling = try run("{\"type\": \"linear\", \"from\": 0.5, \"to\": 0}")
      let feedback = try run("{\"type\": \"feedback\", \"rule\": \"sign\", \"from\": 0.5, \"max\": 1, \"target\": 1}")
      let late = try run("{\"type\": \"step\", \"from\": 0, \"steps\": 1}")
      #expect(late.last == none.last)
      #expect(Set([none.last, half.last, falling.last, feedback.last]).count == 4)
      for changing in [falling, feedback] { #expect(try losses(changing).first == losses(half).first) }
    },
    KeyCase("train.augment.shape") { (lab: Lab) throws in
      // Six numbers as a sequence, or as images of one size or the other.
      let lines = SampleTable.csv().split(separator: "\n").map { line in
        let fields = line.split(separator: ",")
        return (fields[0..<3] + fields[0..<3].map { $0.hasPrefix("x") ? $0 + "0" : $0 + "1" } + [fields[5]]).joined(separator: ",")
      }
      lab.folder.write(lines.joined(separator: "\n") + "\n", to: "six.csv")
      func run(_ shape: String) throws -> TrainedRun {
        try lab.train([
          "data={\"path\": \"\(lab.folder("six.csv"))\", \"label\": \"kind\"}", "train.augment={\"flip\": 0.5, \"shape\": \(shape)}",
        ])
      }
      #expect(try Set(["[6]", "[2, 3]", "[3, 2]"].map { try run($0).last }).count == 3)
      #expect(try run("[6]").last == run("[1, 6]").last)
      for wrong in ["[5]", "[2, 2]", "[1, 2, 3]"] { #expect(throws: Diagnostics.self) { try run(wrong) } }
      // Categories have no place, images know theirs, and nothing else looks at it.
      #expect(throws: Diagnostics.self) { try lab.train(["train.augment={\"flip\": 1, \"shape\": [6]}"]) }
      #expect(throws: Diagnostics.self) { try lab.train(images(lab, "\"flip\": 1, \"shape\": [2, 3]")) }
      #expect(throws: Diagnostics.self) { try lab.config(["train.augment={\"noise\": 1, \"shape\": [6]}"]) }
    },
  ]
}
