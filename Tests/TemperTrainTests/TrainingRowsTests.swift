import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperNN
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperTrain

/// What is done to training rows stays with them.
@Suite struct TrainingRowsTests {
  private let lab = Lab()

  /// The rows of the sample, all of them to learn from.
  private func everyRow() -> String {
    lab.folder.write(
      SampleTable.config.replacingFirst("\"columns\"", with: "\"split\": {\"validation\": null}, \"columns\""), to: "all.json")
    return "all.json"
  }

  /// Values are of the rows as they are: a bundle finds the same in their file.
  @Test func evaluationsAreOfRowsAsTheyAre() throws {
    let run = try lab.train(["train.augment={\"noise\": 5, \"mixup\": 1}", "train.sampling=balanced"], file: everyRow())
    let table = try Table(path: lab.folder("t.csv"))
    let again = try StoredModel.rows(run.directory).evaluate(table)
    #expect(again.report.count == 60)
    #expect(again.metrics == run.outcome.train.metrics)
  }

  /// Training rows are what a run learned from, so the injected labels count; the file still has the right ones.
  @Test func injectedLabelsAreThoseOfTheTrainingRows() throws {
    let changes = ["data.label_noise=0.5", "train.epochs=40", "optimizer.learning_rate=0.03", "model.hidden=[64]"]
    let run = try lab.train(changes, file: everyRow())
    let bundle = try StoredModel.rows(run.directory)
    #expect(try bundle.evaluate(.train)?.metrics == run.outcome.train.metrics)
    let right = try bundle.evaluate(try Table(path: lab.folder("t.csv")))
    #expect(right.metrics != run.outcome.train.metrics)
    let accuracy = { (evaluation: Evaluation) in evaluation.metrics.first { $0.name == "accuracy" }?.value ?? .nan }
    #expect(accuracy(run.outcome.train) > 0.8, "the wrong labels are learned by heart")
    #expect(accuracy(right) < 0.7)
  }

  /// The loss of a mixed row is the sum of what either class costs, in its share; a row that is wholly itself costs what it always did.
  @Test(arguments: [0.4, 1e-7]) func mixedRowsCostWhatTheirClassesCost(mixup: Double) throws {
    let data = Dataset(features: (0..<40).map { Float($0) / 40 }, width: 1, labels: (0..<40).map { $0 % 3 }, rowIDs: (0..<40).map { $0 })
    let order = TrainingOrder(augmentation: Augmentation(mixup: mixup))
    let stream = BatchStream(DatasetBatches(data, BatchPlan(rows: 40, batchSize: 40), order, random: RandomStreams(seed: 1)))
    let batch = stream.nextBatch()
    let mixture = try #require(batch.mixture)
    let outputs = Tensor([40, 3], (0..<120).map { Float($0 * 37 % 11) / 5 })
    let options = CrossEntropyOptions(classWeights: [1, 2, 0.5], labelSmoothing: 0.1)
    let losses: [any ClassificationLoss] = [SparseCategoricalCrossEntropy(options), FocalLoss(gamma: 2, options)]
    for loss in losses {
      let objective = Classification(loss, ["a", "b", "c"])
      let found = objective.loss(outputs, batch.targets)
      var (sum, weight) = (0.0, 0.0)
      for row in 0..<40 {
        for (label, share) in [(batch.labels[row], mixture.shares[row]), (mixture.labels[row], mixture.otherShares[row])] {
          let one = objective.loss(
            outputs.rows(row..<row + 1), TargetBatch(labels: [label], values: [], mixture: nil))
          sum += Double(share) * Double(one.sum.scalar)
          weight += Double(share) * one.weight
        }
      }
      #expect(abs(Double(found.sum.scalar) - sum) < 1e-3 && abs(found.weight - weight) < 1e-5)
      if mixup < 1e-6 {
        // Every row is wholly the one or wholly the other.
        let labels = zip(batch.labels, zip(mixture.labels, mixture.shares)).map { $1.1 == 1 ? $0 : $1.0 }
        let plain = objective.loss(outputs, TargetBatch(labels: labels, values: [], mixture: nil))
        #expect(abs(found.sum.scalar - plain.sum.scalar) < 1e-4 && found.weight == plain.weight)
      }
    }
  }

  /// A row that is mixed with nothing trains as ever, to the last bit.
  @Test func aShareOfOneIsThePlainLoss() {
    let x = Tensor([3, 2], [0.2, 0.8, -1, 3, 0.5, 0.4])
    let loss = SparseCategoricalCrossEntropy()
    let plain = valueWithGradients(at: [x]) { loss($0[0], [0, 1, 1], rowWeights: nil).sum }
    let mixed = valueWithGradients(at: [x]) { x in
      loss(x[0], [0, 1, 1], rowWeights: [1, 1, 1]).sum + loss(x[0], [1, 1, 0], rowWeights: [0, 0, 0]).sum
    }
    #expect(plain.value.scalar == mixed.value.scalar && plain.gradients[0]?.values == mixed.gradients[0]?.values)
  }

  /// The corners of the digits are blank in all images: they have places all the same where a shape is declared, and make no features elsewhere.
  @Test func imagesInATableAreWhole() throws {
    let data = "data={\"path\": \"\(Repository.path("datasets/digits.csv"))\", \"label\": \"digit\", \"split\": {\"column\": \"split\"}}"
    let augment = "{\"shift\": 1, \"cutout\": 2, \"shape\": [8, 8]}"
    let moved = try lab.train([data, "train={\"max_steps\": 2, \"augment\": \(augment)}"])
    #expect(moved.outcome.model.hasPrefix("mlp 64-"))
    #expect(try lab.train([data, "train={\"max_steps\": 2}"]).outcome.model.hasPrefix("mlp 61-"))
    let table = try Table(path: Repository.path("datasets/digits.csv"))
    #expect(try StoredModel.rows(moved.directory).evaluate(table).report.count == table.count)
  }

  /// A class of few rows is found more often where its rows are drawn as often as the others'.
  @Test func balancedSamplingFindsTheRareClass() throws {
    let lines = SampleTable.csv(rows: 400).split(separator: "\n")
    let rows = lines.dropFirst().enumerated().filter { !$0.element.hasSuffix(",c") || $0.offset % 40 == 3 }.map(\.element)
    lab.folder.write(([lines[0]] + rows).joined(separator: "\n") + "\n", to: "rare.csv")
    func recall(_ changes: [String]) throws -> Double {
      let run = try lab.train(
        ["data.path=\(lab.folder("rare.csv"))", "model.type=linear", "-model.hidden", "train.epochs=10"] + changes)
      return try #require(try run.classes().scores.last?.recall)
    }
    #expect(try recall(["train.sampling=balanced"]) > recall([]) + 0.3)
  }
}
