import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperMetrics
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperTrain

/// The diagnostics that `body` throws; none where it throws nothing.
private func findings(_ body: () throws -> Void) throws -> [Diagnostic] {
  do {
    try body()
    return []
  } catch let error as Diagnostics {
    return error.list
  }
}

@Suite struct RegressionTaskTests {
  private let lab = Lab()

  init() {
    lab.folder.write(
      """
      {"task": "regression", "model": {"hidden": [16]}, "optimizer": {"learning_rate": 0.01}, "train": {"epochs": 20},
       "data": {"path": "\(Repository.path("datasets/diabetes.csv"))", "label": "progression", "split": {"validation": 0.15, "test": 0.2}}}
      """, to: "diabetes.json")
  }

  @Test func aBundlesFiguresAreThoseOfItsRun() throws {
    let run = try lab.train(file: "diabetes.json")
    let bundle = try StoredModel.rows(run.directory)
    for (part, evaluation) in [(DataSplit.validation, run.outcome.validation), (.test, run.outcome.test)] {
      let again = try #require(try bundle.evaluate(part))
      #expect(again.metrics.map(\.name) == ["loss", "rmse", "mae", "r2", "mse"])
      #expect(again.metrics == evaluation?.metrics)
      #expect(again.metrics.allSatisfy { $0.value?.isFinite == true })
    }
  }

  /// Guessing the mean of the training rows does not depend on how numbers are scaled for the model.
  @Test func theBaselineIsTheMeanWhateverTheScale() throws {
    let runs = try ["standard", "minmax", "robust", "none"].map { scale in
      try lab.train(["data.normalize_target=\"\(scale)\"", "train.epochs=1"], file: "diabetes.json")
    }
    let standard = try #require(runs[0].outcome.test?.baseline?.metrics)
    #expect(standard.map(\.name) == ["rmse", "mae"])
    for run in runs {
      let baseline = try #require(run.outcome.test?.baseline?.metrics)
      for (own, other) in zip(baseline, standard) where own.name != "loss" {
        #expect(abs(try #require(own.value) - (try #require(other.value))) <= 1e-5 * abs(other.value ?? 0) + 1e-9, "\(own.name)")
      }
      let again = try #require(try StoredModel.rows(run.directory).evaluate(.test)?.baseline?.metrics)
      #expect(again == baseline)
    }
  }

  /// Progression is 25 to 346, of which the model learns multiples of the deviation.
  @Test func predictionsAreInTheUnitOfTheLabel() throws {
    let run = try lab.train(file: "diabetes.json")
    let bundle = try StoredModel.rows(run.directory)
    let table = try Table(path: Repository.path("datasets/diabetes.csv"))
    let predictions = try bundle.predictions(table, rows: 0..<table.count)
    let lines = TestFiles.text(Repository.path("datasets/diabetes.csv")).split(separator: "\n").dropFirst()
    let truth = lines.compactMap { line in line.split(separator: ",").last.flatMap { Double($0) } }
    #expect(predictions.count == truth.count)
    let (squares, distances) = zip(predictions, truth).reduce(into: (0.0, 0.0)) { sums, pair in
      let error = pair.0 - pair.1
      sums.0 += error * error
      sums.1 += abs(error)
    }
    let report = try #require(try bundle.evaluate(table).report as? RegressionReport)
    let rows = Double(truth.count)
    #expect(abs(try #require(report.rmse) - (squares / rows).squareRoot()) < 1e-3)
    #expect(abs(try #require(report.mae) - distances / rows) < 1e-3)
    let mean = predictions.reduce(0, +) / Double(predictions.count)
    #expect(abs(mean - 152) < 15)
    #expect(try #require(report.rmse) < 65, "the deviation of the label is 77")
  }

  /// The loss is of scaled numbers; without scaling it is the mean squared error itself.
  @Test func theLossIsOfWhatTheModelLearns() throws {
    let scaled = try #require(try lab.train(file: "diabetes.json").outcome.test)
    #expect(try #require(scaled.loss) < 2)
    let plain = try #require(try lab.train(["data.normalize_target=none"], file: "diabetes.json").outcome.test)
    let report = try #require(plain.report as? RegressionReport)
    let (loss, error) = (try #require(plain.loss), try #require(report.mse))
    #expect(abs(loss - error) < 1e-4 * error)
  }

  @Test func anExpectationIsMetOrNot() throws {
    let met = try lab.train([#"expect={"test.rmse": {"max": 70}}"#], file: "diabetes.json").outcome
    #expect(met.meetsExpectations && met.checks.first?.value == met.test?.metrics.first { $0.name == "rmse" }?.value)
    let failed = try lab.train([#"expect={"test.rmse": {"max": 1}}"#], file: "diabetes.json").outcome
    #expect(!failed.meetsExpectations)
  }

  @Test(arguments: ["early_stopping.monitor=validation.accuracy", #"expect={"test.accuracy": {"min": 0.5}}"#])
  func aFigureOfClassesIsRefused(change: String) throws {
    let found = try findings { _ = try lab.train([change], file: "diabetes.json") }
    #expect(found.map(\.code) == [.invalidValue])
    #expect(found.first?.message.contains("loss, rmse, mae, r2, mse") == true, "\(found)")
  }

  @Test func aLossOfClassesIsRefused() throws {
    let found = try findings { _ = try lab.train(["loss.type=focal"], file: "diabetes.json") }
    #expect(found.map(\.code) == [.invalidValue])
    #expect(found.first?.message.contains("mse, mae or huber") == true, "\(found)")
  }
}

@Suite struct TaskOfTextTests {
  /// A column of classes under the wrong task is one mistake, not one for each row.
  @Test func aLabelOfTextIsNoNumber() throws {
    let lab = Lab()
    let found = try findings { _ = try lab.train(["task=regression"]) }
    #expect(found.map(\.code) == [.notANumber])
    #expect(found.first?.place.description.hasPrefix(lab.folder("t.csv:")) == true)
    #expect(found.first?.message.contains("54 of 54 training rows have text in it") == true, "\(found)")
    #expect(found.first?.message.contains("set \"task\" to \"classification\"") == true)
  }

  @Test func anUnknownResultIsToldTheFiguresOfItsTask() throws {
    let lab = Lab()
    for name in ["test.rsme", "accuracy", "best.accuracy", "test.rmse.x"] {
      let found = try findings { _ = try lab.config(["expect={\"\(name)\": {\"min\": 0}}"]) }
      #expect(found.map(\.code) == [.invalidValue])
      #expect(found.first?.message.contains("macro_f1") == true && found.first?.message.contains("rmse,") == false, "\(found)")
    }
  }
}

@Suite struct MultilabelTaskTests {
  private let lab = Lab()
  private let targets: [Float]

  /// 240 points of a square; the labels say on which side of three lines they lie, with a gap in between.
  init() {
    var lines = ["u,v,right,upper,both"]
    var targets: [Float] = []
    for row in 0..<240 {
      let (u, v) = ((Double(row % 16) - 7.5) / 8, (Double(row / 16) - 7.25) / 8)
      let labels = [u > 0, v > 0, u + v > 0.03]
      targets += labels.map { $0 ? 1 : 0 }
      lines.append((["\(u)", "\(v)"] + labels.map { $0 ? "1" : "0" }).joined(separator: ","))
    }
    self.targets = targets
    lab.folder.write(lines.map { $0 + "\n" }.joined(), to: "labels.csv")
    lab.folder.write(
      """
      {"task": "multilabel", "data": {"path": "labels.csv", "labels": ["right", "upper", "both"]}, "model": {"hidden": [16]},
       "optimizer": {"learning_rate": 0.03}, "train": {"epochs": 60, "batch_size": 24}, "early_stopping": null}
      """, to: "labels.json")
  }

  @Test func aRuleIsLearnedAndJudgedByItsPredictions() throws {
    let run = try lab.train(file: "labels.json")
    let bundle = try StoredModel.rows(run.directory)
    let table = try Table(path: lab.folder("labels.csv"))
    let probabilities = try bundle.predictions(table, rows: 0..<240)
    #expect(probabilities.count == 240 * 3)
    #expect(probabilities.allSatisfy { $0 >= 0 && $0 <= 1 })
    let report = try #require(try bundle.evaluate(table).report as? MultilabelReport)
    #expect(
      report == MultilabelReport(probabilities: probabilities.map { Float($0) }, targets: targets, labels: ["right", "upper", "both"]))
    let perfect = (0..<240).filter { row in
      (0..<3).allSatisfy { (probabilities[3 * row + $0] > 0.5) == (targets[3 * row + $0] > 0.5) }
    }
    #expect(report.subsetAccuracy == Double(perfect.count) / 240)
    #expect(perfect.count >= 216, "\(perfect.count) of 240 rows are right in all labels")
  }

  @Test func theLabelsAreNoInputs() throws {
    let bundle = try StoredModel.rows(try lab.train(["train.epochs=1"], file: "labels.json").directory)
    #expect(bundle.preprocessor.width == 2)
    let table = try Table(FileBytes(name: "new.csv", bytes: Array("u,v\n0.5,0.5\n".utf8)))
    #expect(try bundle.predictions(table, rows: 0..<1).count == 3)
  }
}

@Suite struct ClassLossTests {
  private let lab = Lab()

  /// `t.csv` with the kinds a and other.
  private func twoKinds() {
    let text = SampleTable.csv().split(separator: "\n").enumerated().map { index, line in
      index == 0 || line.hasSuffix(",a") ? String(line) : String(line.dropLast()) + "other"
    }
    lab.folder.write(text.map { $0 + "\n" }.joined(), to: "t.csv")
  }

  @Test func twoClassesNeedOneOutput() throws {
    twoKinds()
    let run = try lab.train(["loss.type=binary_crossentropy", "train.epochs=30"])
    #expect(try run.values("output.bias").count == 1)
    let bundle = try StoredModel.rows(run.directory)
    let table = try Table(path: lab.folder("t.csv"))
    let probabilities = try bundle.predictions(table, rows: 0..<60)
    #expect(probabilities.count == 120)
    for row in 0..<60 { #expect(abs(probabilities[2 * row] + probabilities[2 * row + 1] - 1) < 1e-6) }
    let report = try #require(try bundle.evaluate(table).report as? ClassificationReport)
    // The classes are a and other, in this order.
    let lines = TestFiles.text(lab.folder("t.csv")).split(separator: "\n").dropFirst()
    let right = zip(lines, 0...).filter { line, row in line.hasSuffix(",a") == (probabilities[2 * row] > probabilities[2 * row + 1]) }
    #expect(report.accuracy == Double(right.count) / 60)
    #expect(right.count > 40)
  }

  @Test func moreClassesAreTooManyForOneOutput() throws {
    let found = try findings { _ = try lab.train(["loss.type=binary_crossentropy"]) }
    #expect(found.map(\.code) == [.invalidValue])
    #expect(found.first?.message.contains("is for two classes, but the training rows have 3") == true, "\(found)")
  }

  /// A loss is what the run minimises and reports: from the same first weights, focal loss with gamma 0 is cross-entropy and with 2 less.
  @Test func focalLossIsUsed() throws {
    let entropy = try lab.train()
    let (none, two) = (try lab.train(["loss={\"type\": \"focal\", \"gamma\": 0}"]), try lab.train(["loss.type=focal"]))
    func first(_ run: TrainedRun) throws -> Double {
      let line = try run.metrics().first
      return try #require(line?["validation"]?["loss"]?.number)
    }
    #expect(abs(try first(none) - (try first(entropy))) < 1e-6)
    #expect(try first(two) < 0.8 * (try first(entropy)))
    #expect(two.last != entropy.last)
    #expect(two.outcome.test == nil && two.outcome.train.loss?.isFinite == true)
    let gentle = try lab.train(["loss={\"type\": \"focal\", \"gamma\": 0.5}"])
    #expect(try first(gentle) > (try first(two)) && (try first(gentle)) < (try first(entropy)))
  }

  /// The model then ends in a softmax, for its bundle too, and no loss is above -ln 1e-7.
  @Test func theLossOfProbabilitiesIsThatOfASoftmax() throws {
    let (logits, run) = (try lab.train(), try lab.train(["loss.from=probabilities"]))
    let losses = try run.metrics().compactMap { $0["validation"]?["loss"]?.number }
    #expect(losses.count == 3)
    #expect(losses.allSatisfy { $0 >= 0 && $0 < 16.2 })
    let first = try #require(try logits.metrics().first?["validation"]?["loss"]?.number)
    #expect(abs(first - losses[0]) < 1e-6)
    #expect(run.last != logits.last)
    #expect(try relativeDifference(run, logits) < 1e-3)
    let bundle = try StoredModel.rows(run.directory)
    #expect(try bundle.evaluate(.validation)?.metrics == run.outcome.validation?.metrics)
    let table = try Table(path: lab.folder("t.csv"))
    let probabilities = try bundle.predictions(table, rows: 0..<60)
    let others = try StoredModel.rows(logits.directory).predictions(table, rows: 0..<60)
    #expect(zip(probabilities, others).allSatisfy { abs($0 - $1) < 1e-3 })
    for row in 0..<60 { #expect(abs(probabilities[3 * row..<3 * row + 3].reduce(0, +) - 1) < 1e-5) }
  }
}
