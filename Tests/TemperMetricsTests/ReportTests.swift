import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperMetrics

@Suite("Classification metrics") struct ClassificationReportTests {
  @Test func agreesWithScikitLearn() throws {
    let cases = try MetricGoldens.cases("cases")
    #expect(cases.count == 8)
    for item in cases {
      let classes = (0..<(try #require(item.json["classes"]?.integer))).map { "c\($0)" }
      let (probabilities, labels) = (try item.floats("probabilities"), try item.numbers("labels").map { Int32($0) })
      let report = ClassificationReport(probabilities: probabilities, labels: labels, classes: classes)
      for metric in report.metrics where item.json[metric.name] != nil { item.check(metric.value, metric.name) }
      #expect(report.metrics.count { item.json[$0.name] != nil } == 13)
      item.check(report.logLoss, "log_loss_float64")
      item.check(report.scores.map(\.precision), "precision")
      item.check(report.scores.map(\.recall), "recall")
      item.check(report.scores.map(\.f1), "f1")
      item.check(report.scores.map(\.rocAUC), "roc_aucs")
      item.check(report.scores.map { Double($0.support) }, "support")
      // scikit-learn has another metric for two classes.
      if classes.count > 2 {
        item.check(
          [1, 2, 3, 5].map {
            ClassificationReport.topKAccuracy($0, probabilities: probabilities, labels: labels, classes: classes.count)
          }, "top_k")
        #expect(report.top3Accuracy == item.json["top_k"]?.array?[2].number)
        #expect(report.top5Accuracy == item.json["top_k"]?.array?[3].number)
      }
      let confusion = try #require(item.json["confusion"]?.array).map { $0.array?.compactMap(\.integer) }
      #expect(report.confusion.dense == confusion, "\(item.name)")
    }
  }

  @Test func calibrationErrorAgreesWithItsDefinition() throws {
    let golden = try MetricGoldens.file["calibration"]
    let confidences = try #require(golden?["confidences"]?.array).compactMap(\.number)
    let hits = try #require(golden?["hits"]?.array).map { $0.integer == 1 }
    for (bins, key) in [(15, "ece15"), (10, "ece10")] {
      let error = try #require(Calibration.expectedError(confidences: confidences, hits: hits, bins: bins))
      #expect(abs(error - (try #require(golden?[key]?.number))) < 1e-15)
    }
    // A border belongs to the bin below it, and 0 to none.
    #expect(Calibration.expectedError(confidences: [0.5, 0.75], hits: [true, false], bins: 2) == (0.5 + 0.75) / 2)
    #expect(Calibration.expectedError(confidences: [0.5, 0.25], hits: [true, false], bins: 2) == 0.125)
    #expect(Calibration.expectedError(confidences: [0], hits: [true]) == 0)
    #expect(Calibration.expectedError(confidences: [1, 1], hits: [true, true]) == 0)
    #expect(Calibration.expectedError(confidences: [], hits: []) == nil)
    #expect(Calibration.expectedError(confidences: [.nan], hits: [true])?.isNaN == true)
    for bins in [3, 7, 10, 15] {
      for border in 1..<bins {
        let confidence = Double(border) / Double(bins)
        let split = Calibration.expectedError(confidences: [confidence, confidence.nextUp], hits: [true, false], bins: bins)
        #expect(abs((split ?? 0) - 0.5) < 1e-12, "bin \(border) of \(bins)")
      }
    }
  }

  @Test func nothingToAverageIsNull() {
    let report = ClassificationReport(probabilities: [], labels: [], classes: ["a", "b"])
    #expect(report.metrics.allSatisfy { $0.value == nil })
    #expect(
      report.json.serialized().hasPrefix("{\"count\":0,\"accuracy\":null,\"log_loss\":null,\"macro_f1\":null,\"balanced_accuracy\":null,"))
    #expect(report.json["classes"]?.array?[0].serialized().hasPrefix("{\"name\":\"a\",\"precision\":0.0") == true)
  }

  @Test func whatIsNotANumberIsNotRepaired() {
    let report = ClassificationReport(probabilities: [.nan, .nan, 0.5, 0.5], labels: [0, 1], classes: ["a", "b"])
    #expect(report.logLoss?.isNaN == true && report.calibrationError?.isNaN == true && report.brierScore?.isNaN == true)
    #expect(report.rocAUC == nil)
    #expect(report.json["log_loss"]?.isNull == true)
    #expect(ClassificationReport.topKAccuracy(1, probabilities: [.nan, .nan, .nan], labels: [2], classes: 3) == 0)
  }

  @Test func argmaxTakesTheFirstOfEquals() {
    #expect(ClassificationReport.argmax([0.2, 0.4, 0.4]) == 1)
    #expect(ClassificationReport.argmax([9, 0.1, 0.7, 0.7][1...]) == 1)
    #expect(ClassificationReport.argmax([.nan, 0.1, 0.2]) == 2)
    #expect(ClassificationReport.argmax([.nan, .nan]) == 0)
    #expect(ClassificationReport.argmax([-.infinity, -.infinity]) == 0)
  }

  /// The definition, pair by pair, on scores of either sign, both zeros and infinities.
  @Test func areaUnderTheCurveIsTheShareOfPairsInOrder() {
    var random = RandomStreams(seed: 5).sequence("scores")
    for _ in 0..<200 {
      let count = 2 + random.below(30)
      let scores = (0..<count).map { _ in
        [-.infinity, -3.5, -.leastNonzeroMagnitude, -0.0, 0, .leastNonzeroMagnitude, 2, 2.5, .infinity][random.below(9)] as Float
      }
      let positive = (0..<count).map { _ in random.below(2) == 1 }
      var (wins, pairs) = (0.0, 0.0)
      for p in 0..<count where positive[p] {
        for n in 0..<count where !positive[n] {
          wins += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0
          pairs += 1
        }
      }
      let area = ROCCurve.area(count: count, score: { scores[$0] }, isPositive: { positive[$0] })
      #expect(pairs == 0 ? area == nil : area == wins / pairs)
    }
    #expect(ROCCurve.area(count: 2, score: { $0 == 0 ? .nan : 1 }, isPositive: { $0 == 0 }) == nil)
  }
}

@Suite("Multi-label metrics") struct MultilabelReportTests {
  @Test func agreesWithScikitLearn() throws {
    let cases = try MetricGoldens.cases("multilabel")
    #expect(cases.count == 4)
    for item in cases {
      let labels = (0..<(try #require(item.json["labels"]?.integer))).map { "l\($0)" }
      let report = MultilabelReport(
        probabilities: try item.floats("probabilities"), targets: try item.floats("targets"), labels: labels)
      for metric in report.metrics { item.check(metric.value, metric.name) }
      item.check(report.scores.map(\.precision), "precision")
      item.check(report.scores.map(\.recall), "recall")
      item.check(report.scores.map(\.f1), "f1")
      item.check(report.scores.map(\.rocAUC), "roc_aucs")
      item.check(report.scores.map { Double($0.support) }, "support")
    }
  }

  @Test func nothingToAverageIsNull() {
    let report = MultilabelReport(probabilities: [], targets: [], labels: ["a"])
    #expect(report.count == 0 && report.metrics.allSatisfy { $0.value == nil })
    #expect(report.json["labels"]?.array?.count == 1)
  }
}

@Suite("Regression metrics") struct RegressionReportTests {
  @Test func agreesWithScikitLearn() throws {
    let cases = try MetricGoldens.cases("regression")
    #expect(cases.count == 6)
    for item in cases {
      let report = RegressionReport(
        predictions: try item.floats("predictions").map { Double($0) }, targets: try item.floats("targets").map { Double($0) })
      for metric in report.metrics { item.check(metric.value, metric.name) }
    }
  }

  @Test func nothingToAverageIsNull() {
    let report = RegressionReport(predictions: [], targets: [])
    #expect(report.json.serialized() == "{\"count\":0,\"rmse\":null,\"mae\":null,\"r2\":null,\"mse\":null}")
    #expect(RegressionReport(predictions: [.nan], targets: [1]).rmse?.isNaN == true)
  }
}

@Suite("Figures of reports") struct ReportTests {
  @Test func namesAndSenses() {
    #expect(ClassificationReport.metricNames.prefix(3) == ["accuracy", "log_loss", "macro_f1"])
    #expect(Set(ClassificationReport.metricNames).count == ClassificationReport.metricDefinitions.count)
    #expect(RegressionReport.metricDefinitions.map(\.metric).filter(\.higherIsBetter).map(\.name) == ["r2"])
    #expect(MultilabelReport.metricDefinitions.map(\.metric).filter { !$0.higherIsBetter }.map(\.name) == ["hamming_loss"])
    let report = RegressionReport(predictions: [1, 3], targets: [1, 2])
    #expect(report.metrics.map(\.name) == RegressionReport.metricNames)
    #expect(report.metrics[1] == MetricValue(.mae, 0.5))
  }
}

/// The cases of classification.json.
enum MetricGoldens {
  /// The folder of this file, where the goldens lie.
  static let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/Goldens/"

  static var file: JSON {
    get throws {
      let path = folder + "classification.json"
      return try JSON.parse(TestFiles.text(path), path: path)
    }
  }

  static func cases(_ key: String) throws -> [Case] {
    try #require(file[key]?.array).map { Case(json: $0, name: $0["name"]?.string ?? "") }
  }

  struct Case {
    let json: JSON
    let name: String

    func numbers(_ key: String) throws -> [Double] { try #require(json[key]?.array).compactMap(\.number) }
    func floats(_ key: String) throws -> [Float] { try numbers(key).map { Float($0) } }

    /// Compares a value, where null is nil. scikit-learn works on some values in float32; others agree to the last digits.
    func check(_ mine: Double?, _ key: String) {
      check(mine, json[key], key)
    }

    func check(_ mine: [Double?], _ key: String) {
      let theirs = json[key]?.array ?? []
      #expect(mine.count == theirs.count, "\(name) \(key)")
      for (mine, theirs) in zip(mine, theirs) { check(mine, theirs, key) }
    }

    private func check(_ mine: Double?, _ theirs: JSON?, _ key: String) {
      let tolerance = key == "log_loss" ? 1e-6 : 1e-13
      switch (mine, theirs?.number) {
      case (nil, nil): #expect(theirs?.isNull == true, "\(name) \(key)")
      case (let mine?, let theirs?):
        #expect(abs(mine - theirs) <= tolerance * max(1, abs(theirs)), "\(name) \(key): \(mine), scikit-learn \(theirs)")
      default: Issue.record("\(name) \(key): \(String(describing: mine)), scikit-learn \(String(describing: theirs?.number))")
      }
    }
  }
}
