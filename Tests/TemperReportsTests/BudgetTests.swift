import TemperJSON
import TemperMetrics
import TemperRunSupport
import TemperTrain
import Testing

@testable import TemperReports

/// A page is small and quick, however large the run.
@Suite struct BudgetTests {
  private let lab = ReportLab()
  private static let mostBytes = 2_000_000

  /// Time on a machine that runs other tests at once; alone it is a second or less.
  private func timed(_ run: String) throws -> String {
    let start = ContinuousClock.now
    let html = try lab.page(run)
    #expect(ContinuousClock.now - start < .seconds(30))
    #expect(html.utf8.count < Self.mostBytes, "\(html.utf8.count)")
    return html
  }

  @Test func aHundredThousandEvaluations() throws {
    let run = try lab.train("long")
    let metrics = (1...20).map { "\"metric_\($0)\":0.\($0)%" }.joined(separator: ",")
    var (bytes, noise) = ([UInt8](), UInt32(1))
    for step in 0..<100_000 {
      noise = noise &* 1_664_525 &+ 1_013_904_223
      let digits = "\(noise)"
      bytes +=
        "{\"step\":\(step),\"epoch\":\(step),\"learning_rate\":0.\(digits),\"train\":{\"loss\":1.\(digits)},\"validation\":{\"loss\":2.\(digits),"
        .utf8
      bytes += metrics.replacing("%", with: digits).utf8
      bytes += "},\"monitors\":{\"norm\":{\"a\":\(digits),\"b\":1}},\"best\":false}\n".utf8
    }
    TestFiles.write(bytes, to: run + "/metrics.jsonl")
    let html = try timed(run)
    #expect(html.contains("<b>metric_20</b>") && html.contains("<b>monitors.norm</b>"))
  }

  /// As results.json has them: a thousand listed, of the others the number.
  @Test func tenThousandClasses() throws {
    let run = try lab.train("wide")
    let (count, rows) = (10_000, 500)
    var accumulator = ClassificationAccumulator(classes: count, rows: rows)
    var row = [Float](repeating: 0, count: count)
    for index in 0..<rows {
      row[index * 7 % count] = 1
      row.withUnsafeBufferPointer { accumulator.add($0.baseAddress!, labels: [Int32(index * 11 % count)], places: [index]) }
      row[index * 7 % count] = 0
    }
    let report = ClassificationReport(accumulator, classes: (0..<count).map { "class <\($0)>" })
    var results = try JSON.parse(TestFiles.text(run + "/results.json"), path: "results.json").members ?? []
    for index in results.indices where results[index].name == "validation" {
      results[index].value = Evaluation(loss: 9, report: report).detailedJSON
    }
    TestFiles.write(Array(JSON.object(results.map { ($0.name, $0.value) }).serialized().utf8), to: run + "/results.json")
    let html = try timed(run)
    #expect(html.contains("The 50 with the lowest F1.") && html.contains("of 10000 classes the 1000 with the most rows are listed"))
    #expect(html.contains("Most frequent mistakes") || html.contains("Confusion matrix"))
  }

  /// More series, layers and runs than a page has room for are counted.
  @Test func manySeries() throws {
    let run = try lab.train("monitored")
    let members = (0..<300).map { "\"m\($0)\":{\"a\":[\((0..<40).map { "\($0).%" }.joined(separator: ","))]}" }.joined(separator: ",")
    let lines = (0..<300).map { "{\"step\":\($0),\"monitors\":{\(members.replacing("%", with: "\($0 * 7919 % 1000)"))}}\n" }.joined()
    TestFiles.write(Array(lines.utf8), to: run + "/metrics.jsonl")
    #expect(try timed(run).contains("more lines are left out"))
  }
}
