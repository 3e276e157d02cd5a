import TemperCore
import TemperData
import TemperGuard
import TemperJSON
import TemperMetrics
import TemperNN
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperTrain

@Suite struct CalibrationTests {
  private let lab = Lab()
  /// It becomes over-confident.
  private static let restless = [
    "optimizer.learning_rate=0.03", "train.epochs=60", "model.hidden=[64]", "data.split.validation=0.4", "early_stopping=null", "expect={}",
  ]

  private func metric(_ metric: Metric, _ evaluation: Evaluation?) throws -> Double {
    try #require(evaluation?.metrics.first { $0.metric == metric }?.value)
  }

  @Test func probabilitiesChangeAndClassesDoNot() throws {
    let (plain, calibrated) = (try lab.train(Self.restless), try lab.train(Self.restless + ["calibrate=true"]))
    let temperature = try #require(calibrated.outcome.temperature)
    #expect(plain.outcome.temperature == nil && temperature > 1)
    #expect(plain.last == calibrated.last)
    #expect(try calibrated.json("results.json")["temperature"]?.number == temperature)
    for part in [\SingleResult.validation, \.test] {
      let (a, b) = (plain.outcome[keyPath: part], calibrated.outcome[keyPath: part])
      if a == nil { continue }
      #expect(try metric(.accuracy, a) == metric(.accuracy, b))
    }
    #expect(try #require(calibrated.outcome.validation?.loss) < #require(plain.outcome.validation?.loss))
    // The evaluations during training are those of the logits themselves.
    #expect(try plain.metrics().map { $0["validation"] } == calibrated.metrics().map { $0["validation"] })
    // The terminal and the guard tell of it.
    #expect(calibrated.outcome.text?.contains("fitted to the validation rows") == true)
  }

  /// What is stored is what was reported, from either folder.
  @Test func theTemperatureIsStoredWithTheModel() throws {
    let run = try lab.train(Self.restless + ["calibrate=true", "early_stopping={\"patience\": 1000}"])
    let model = try StoredModel.read(run.directory)
    #expect(try model.evaluate(.validation)?.loss == run.outcome.validation?.loss)
    let (best, last) = (try run.json("best/bundle.json")["temperature"]?.number, try run.json("last/bundle.json")["temperature"]?.number)
    #expect(best == run.outcome.temperature && last != nil && last != best)
    TestFiles.write(
      Array(TestFiles.text(run.directory + "/best/bundle.json").replacing("\"temperature\": ", with: "\"temperature\": -").utf8),
      to: run.directory + "/best/bundle.json")
    #expect(throws: Diagnostics.self) { try StoredModel.read(run.directory) }
  }

  /// With `restore_best` off, the reported model is the last one, with its own temperature.
  @Test func theReportedModelHasItsOwn() throws {
    let run = try lab.train(Self.restless + ["calibrate=true", "early_stopping={\"patience\": 1000, \"restore_best\": false}"])
    #expect(try run.json("last/bundle.json")["temperature"]?.number == run.outcome.temperature)
    #expect(try StoredModel.read(run.directory + "/last").evaluate(.validation)?.loss == run.outcome.validation?.loss)
  }

  @Test func theGuardNamesATemperature() throws {
    lab.folder.write(SampleTable.csv(rows: 300), to: "t.csv")
    let plain = try lab.train(Self.restless)
    let error = try metric(.calibrationError, plain.outcome.validation)
    #expect(error > 0.05 && plain.outcome.validation?.report.count == 120)
    let (remedy, calibrated) = (try plain.json("guard.json")["remedy"], try lab.train(Self.restless + ["calibrate=true"]))
    #expect(remedy?["temperature"]?.number == calibrated.outcome.temperature)
    #expect(remedy?["ece"]?.number == (try metric(.calibrationError, calibrated.outcome.validation)))
    #expect(plain.outcome.guardReport?.verdict.contains { $0.hasPrefix("over-confident: ") } == true)
    #expect(try calibrated.json("guard.json")["remedy"]?.isNull == true)
  }

  @Test(arguments: [
    (["loss.type=sparsemax"], "softmax"), (["data.split={\"validation\": null}"], "validation rows"), (Lab.regression, "classification"),
  ])
  func whatCannotBeCalibrated(changes: [String], reason: String) {
    do {
      _ = try lab.train(changes + ["calibrate=true"])
      Issue.record("\(changes) is calibrated")
    } catch {
      #expect("\(error)".contains("calibrate") && "\(error)".contains(reason), "\(error)")
    }
  }

  /// Whether a loss says that its probabilities are a softmax is true.
  @Test func lossesKnowTheirMap() throws {
    let classes = TrainingClasses(["a", "b", "c"], counts: [1, 1, 1])
    for type in LossConfig.classificationLosses {
      guard let config = try? LossConfig.standard(type),
        let loss = try? config.classificationLoss(classes: classes.names, counts: classes.counts),
        !loss.takesProbabilities,
        loss.outputs(classes: 3) == 3
      else { continue }
      let logits = Tensor([1, 3], [3, 1, -2])
      let isSoftmax = zip(loss.probabilities(logits).values, logits.softmax().values).allSatisfy { abs($0 - $1) < 1e-6 }
      // With few classes the largest logits are all of them.
      #expect(config.isSoftmax == isSoftmax || type.type == "top_k_crossentropy", "\(type.type)")
    }
  }
}

extension LossConfig {
  /// The loss of a type with its default settings.
  fileprivate static func standard(_ type: any ClassificationLossConfig.Type) throws -> LossConfig {
    let json = try JSON.parse(Array("{\"type\": \"\(type.type)\"}".utf8), path: "loss.json")
    return try FieldReader.read(json) { LossConfig($0) }.get().value
  }
}
