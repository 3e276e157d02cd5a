import TemperFiles
import TemperJSON
import Testing

@testable import TemperReports

/// The single pass over metrics.jsonl.
@Suite struct LineScanTests {
  private func scan(_ text: String) -> LineScan { LineScan(FileBytes(name: "metrics.jsonl", bytes: Array(text.utf8))) }

  private func values(_ scan: LineScan, _ path: String) -> [Double]? {
    scan.series.first { $0.path.joined(separator: ".") == path }?.values.points.map(\.y)
  }

  @Test func whateverMembersALineHasBecomeSeries() {
    let scan = scan(
      """
      {"step":0,"train":{"loss":null},"validation":{"loss":3.5,"rows":9},"rates":[0.1,0.2],"best":false,"text":"a \\"b\\" {"}
      { "step" : 5 , "train" : { "loss" : 1.5e0 } , "validation" : { "loss" : -2 , "rows" : 9 } , "rates" : [ 0.1 , 0.3 ] , "best" : true }
      {"step":10,"new":{"deep":{"\\u00b5":7}},"validation":{"rows":9,"loss":1},"best":false,"train":{"loss":null},"empty":[],"none":{}}

      """)
    #expect(scan.lines == 3 && scan.damaged == 0 && scan.bestStep == 5 && scan.lastStep == 10)
    #expect(values(scan, "validation.loss") == [3.5, -2, 1])
    #expect(values(scan, "train.loss") == [1.5] && values(scan, "rates.1") == [0.2, 0.3] && values(scan, "new.deep.µ") == [7])
    #expect(scan.series.map { $0.path[0] } == ["train", "validation", "validation", "rates", "rates", "new"])
    // There is no training loss before the first step, and none was told at the last.
    #expect(scan.series[0].values.undefined == 1)
    #expect(String(decoding: scan.lastLine, as: UTF8.self).hasPrefix("{\"step\":10"))
  }

  @Test func damagedLinesAreCountedAndLeftOut() {
    let good = "{\"step\":1,\"x\":1}\n"
    for bad in ["{\"step\":2,\"x\":", "{\"x\":3}", "nonsense", "{\"step\":2,\"x\":\"open}", "[1]", "{\"step\":2 \"x\":1}", "{\"step\":2,}"]
    {
      let scan = scan(good + bad + "\n" + good)
      #expect(scan.lines == 2 && scan.damaged == 1, "\(bad)")
      #expect(scan.series.map(\.path) == [["x"]] && values(scan, "x") == [1], "\(bad)")
    }
    // A last line without its end is still being written.
    let growing = scan(good + "{\"step\":2,\"x\":5")
    #expect(growing.lines == 1 && growing.damaged == 0)
    #expect(scan("").series.isEmpty && scan("\n\n").damaged == 0)
  }

  @Test func numbersAreReadAsTheyWereWritten() {
    for value in [0.1, -0.0, 1e-300, 2.5e300, 123_456_789.123456789, .pi, .leastNonzeroMagnitude] {
      #expect(values(scan("{\"step\":1,\"x\":\(value)}\n"), "x") == [value])
    }
  }

  @Test func manySeriesAreCut() {
    let members = (0..<3000).map { "\"m\($0)\":\($0)" }.joined(separator: ",")
    let scan = scan("{\"step\":1,\(members),\"a\":[\((0..<500).map { "\($0)" }.joined(separator: ","))]}\n")
    #expect(scan.lines == 1 && scan.isCut && scan.series.count < 1000)
  }
}

/// Courses in a bounded space.
@Suite struct ThinSeriesTests {
  @Test func peaksAndEndsAreKept() {
    var series = ThinSeries(limit: 10)
    for x in 0..<5000 { series.add(Double(x), x == 1777 ? 99 : x == 3210 ? -99 : Double(x % 7)) }
    let points = series.points
    #expect(points.count <= 42 && series.count == 5000 && series.range == -99...99)
    #expect(points.contains(.init(x: 1777, y: 99)) && points.contains(.init(x: 3210, y: -99)))
    #expect(points.first == .init(x: 0, y: 0) && points.last == .init(x: 4999, y: Double(4999 % 7)))
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.x <= $1.x })
  }

  @Test func fewValuesAreAllKept() {
    var series = ThinSeries(limit: 10)
    for x in 0..<20 { series.add(Double(x), Double(x * x % 11)) }
    series.add(20, .nan)
    series.add(21, .infinity)
    #expect(series.points.map(\.x) == (0..<20).map(Double.init) && series.undefined == 2)
    #expect(ThinSeries().range == nil && ThinSeries().points.isEmpty)
  }
}

/// Which series are in one plot.
@Suite struct CurveGroupTests {
  private func groups(_ paths: [[String]]) -> [String: [String]] {
    let groups = CurveGroup.all([paths.map { LineScan.Series(path: $0, values: ThinSeries()) }])
    return Dictionary(uniqueKeysWithValues: groups.map { ($0.title, $0.lines.map(\.name)) })
  }

  @Test func splitsElementsAndMembersBelongTogether() {
    #expect(
      groups([
        ["epoch"], ["learning_rate"], ["train", "loss"], ["validation", "loss"], ["train", "rates", "0"], ["train", "rates", "1"],
        ["train", "terms", "kl"], ["monitors", "weight_norm"], ["monitors", "ratio", "layer.0"], ["monitors", "ratio", "layer.1"],
        ["temperatures", "0"],
      ]) == [
        "learning_rate": [""], "loss": ["train", "validation"], "rates": ["train 1", "train 2"], "terms": ["train kl"],
        "monitors.weight_norm": [""], "monitors.ratio": ["layer.0", "layer.1"], "temperatures": ["1"],
      ])
  }
}
