import TemperJSON
import Testing

@testable import TemperData

@Suite("Classification metrics") struct ClassificationReportTests {
  /// The folder of this file, where the goldens lie.
  static let goldens = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/Goldens/"

  @Test func agreesWithScikitLearn() throws {
    let path = Self.goldens + "classification.json"
    let golden = try JSON.parse(FileBytes(reading: path).bytes, path: path)
    let cases = try #require(golden["cases"]?.array)
    #expect(cases.count == 6)
    for item in cases {
      func numbers(_ key: String) throws -> [Double] { try #require(item[key]?.array).compactMap(\.number) }
      let name = try #require(item["name"]?.string)
      let classes = (0..<(try #require(item["classes"]?.integer))).map { "c\($0)" }
      let report = ClassificationReport(
        probabilities: try numbers("probabilities").map(Float.init), labels: try numbers("labels").map { Int32($0) }, classes: classes)
      func close(_ a: Double?, _ key: String, _ tolerance: Double) throws {
        let (a, b) = (try #require(a), try #require(item[key]?.number))
        #expect(abs(a - b) <= tolerance * max(1, abs(b)), "\(name) \(key): \(a), scikit-learn \(b)")
      }
      try close(report.accuracy, "accuracy", 1e-15)
      try close(report.logLoss, "log_loss", 1e-6)
      try close(report.logLoss, "log_loss_float64", 1e-14)
      try close(report.macroF1, "macro_f1", 1e-14)
      for (key, mine) in [
        ("precision", report.scores.map(\.precision)), ("recall", report.scores.map(\.recall)), ("f1", report.scores.map(\.f1)),
        ("support", report.scores.map { Double($0.support) }),
      ] {
        let theirs = try numbers(key)
        #expect(mine.count == theirs.count && zip(mine, theirs).allSatisfy { abs($0 - $1) < 1e-14 }, "\(name) \(key)")
      }
      let confusion = try #require(item["confusion"]?.array).map { $0.array?.compactMap(\.integer) }
      #expect(report.confusion == confusion, "\(name)")
    }
  }

  @Test func nothingToAverageIsNull() {
    let report = ClassificationReport(probabilities: [], labels: [], classes: ["a", "b"])
    #expect(report.accuracy == nil && report.logLoss == nil && report.macroF1 == nil)
    #expect(
      report.json.serialized().hasPrefix(
        "{\"count\":0,\"accuracy\":null,\"log_loss\":null,\"macro_f1\":null,\"classes\":[{\"name\":\"a\",\"precision\":0.0"))
  }

  @Test func whatIsNotANumberIsNotRepaired() {
    let report = ClassificationReport(probabilities: [.nan, .nan, 0.5, 0.5], labels: [0, 1], classes: ["a", "b"])
    #expect(report.logLoss?.isNaN == true)
    #expect(report.json["log_loss"]?.isNull == true)
  }

  @Test func argmaxTakesTheFirstOfEquals() {
    #expect(ClassificationReport.argmax([0.2, 0.4, 0.4]) == 1)
    #expect(ClassificationReport.argmax([9, 0.1, 0.7, 0.7][1...]) == 1)
    #expect(ClassificationReport.argmax([.nan, 0.1, 0.2]) == 2)
    #expect(ClassificationReport.argmax([.nan, .nan]) == 0)
    #expect(ClassificationReport.argmax([-.infinity, -.infinity]) == 0)
  }
}
