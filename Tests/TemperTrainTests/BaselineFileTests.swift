import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

extension Lab {
  /// Writes baseline.json with one value for each of some metrics of base.json, and returns its path.
  @discardableResult
  func baseline(_ metrics: [String: Double]) -> String {
    let values = metrics.map { "\"\($0.key)\": {\"values\": [\($0.value)]}" }.joined(separator: ", ")
    let entry = #"{"name": "base", "config": "base.json", "temper": "0", "processor": null, "threads": 1, "data": [], "seeds": [0], "#
    return folder.write(#"{"configs": [\#(entry)"metrics": {\#(values)}}]}"#, to: "baseline.json")
  }
}

@Suite struct BaselineFileTests {
  private let lab = Lab()

  private static let origin = BaselineFile.Origin(
    version: "0.1.0", processor: nil, threads: 2, data: [.init(name: "t.csv", sha256: "ab")])

  private func entry(_ name: String, _ config: String, _ values: [Double], minDelta: Double? = nil) -> BaselineFile.Entry {
    .init(
      name: name, config: lab.folder(config), origin: Self.origin, seeds: Array(values.indices),
      metrics: [("test.accuracy", .init(values: values, minDelta: minDelta))])
  }

  @Test func aFileIsReadAsItWasWritten() throws {
    var file = BaselineFile(path: lab.folder("deep/b.json"))
    TestFiles.makeFolder(lab.folder("deep"))
    file.replace(nil, with: entry("a", "a.json", [0.1, 0.30000000000000004]))
    file.replace(nil, with: entry("b", "x/b.json", [1e-300]))
    try file.write()
    let again = try BaselineFile(reading: lab.folder("deep/b.json"))
    #expect(again.entries.map(\.name) == ["a", "b"] && again.entries.map(\.config) == file.entries.map(\.config))
    #expect(again.entries[0]["test.accuracy"]?.values == [0.1, 0.30000000000000004] && again.entries[0].seeds == [0, 1])
    #expect(again.entries[0].origin == Self.origin)
    // A folder with both can be moved.
    #expect(TestFiles.text(lab.folder("deep/b.json")).contains("\"config\": \"../x/b.json\""))
  }

  @Test func minDeltaStaysWithItsMetric() throws {
    var file = BaselineFile(path: lab.folder("b.json"))
    file.replace(nil, with: entry("a", "a.json", [0.5]))
    try file.write()
    let text = TestFiles.text(file.path).replacingFirst("\"values\": [0.5]", with: "\"values\": [0.5], \"min_delta\": 0.25")
    lab.folder.write(text, to: "b.json")
    file = try BaselineFile(reading: file.path)
    #expect(file.entries[0]["test.accuracy"]?.minDelta == 0.25)
    file.replace(file.entries[0], with: entry("a", "a.json", [0.7]))
    try file.write()
    let again = try BaselineFile(reading: file.path)
    #expect(again.entries.count == 1 && again.entries[0]["test.accuracy"] == .init(values: [0.7], minDelta: 0.25))
  }

  @Test func configsOfOneNameAreKnownByTheirPaths() {
    var file = BaselineFile(path: lab.folder("b.json"))
    file.replace(nil, with: entry("a", "one/a.json", [1]))
    #expect(file.entry("a", config: lab.folder("moved/a.json"))?["test.accuracy"]?.values == [1])
    #expect(file.entry("a", config: lab.folder("two/a.json"), besides: [lab.folder("one/a.json")]) == nil)
    file.replace(nil, with: entry("a", "two/a.json", [2]))
    #expect(file.entry("a", config: lab.folder("two/a.json"))?["test.accuracy"]?.values == [2])
    #expect(file.entry("a", config: lab.folder("moved/a.json")) == nil && file.entry("b", config: lab.folder("one/a.json")) == nil)
  }

  @Test func damageIsOneInData() throws {
    for (text, place) in [
      ("", ""), ("[]", ":1:1"), ("{\"configs\": [{}]}", ":1:14"), ("{\"configs\": [], \"confgs\": 1}", ":1:17"),
      (
        #"{"configs": [{"name": "a", "config": "a", "temper": "0", "threads": 1, "seeds": [0], "metrics": {"test.loss": {"values": []}}}]}"#,
        ":1:122"
      ),
    ] {
      lab.folder.write(text, to: "b.json")
      let found = errors { try BaselineFile(reading: lab.folder("b.json")) }
      #expect(!found.isEmpty && found.allSatisfy { $0.hasSuffix("[E0290]") && $0.hasPrefix(lab.folder("b.json")) }, "\(text): \(found)")
      #expect(place.isEmpty || found.contains { $0.hasPrefix(lab.folder("b.json") + place) }, "\(place): \(found)")
    }
  }

  private func expectErrors(_ expectation: String, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation) {
    let found = errors { try lab.train(["name=base", "expect={\"train.accuracy\": \(expectation)}"]) }
    #expect(found.count == 1, sourceLocation: sourceLocation)
    for part in parts { #expect(found.first?.contains(part) == true, "\(found)", sourceLocation: sourceLocation) }
  }

  @Test func expectationsRelativeToABaseline() throws {
    let path = lab.baseline(["train.loss": 1])
    expectErrors("{\"within\": 0.1, \"of\": \"\(lab.folder("none.json"))\"}", "none.json", "[E0301]")
    expectErrors("{\"within\": 0.1, \"of\": \"\(path)\"}", "has no train.accuracy of the config \"base\"", "[E0290]")
    expectErrors("{\"within\": 0.1}", "requires both", "[E0101]")
    expectErrors("{\"of\": \"\(path)\"}", "requires both", "[E0101]")
    expectErrors("{\"within\": -1, \"of\": \"\(path)\"}", "[E0105]")
    expectErrors("{\"min\": 0.1, \"within\": 1, \"of\": \"\(path)\"}", "contradicts", "[E0108]")
    expectErrors("{\"max\": 0.1, \"within\": 1, \"of\": \"\(path)\"}", "contradicts", "[E0108]")
    lab.baseline(["train.accuracy": 0.5])
    #expect(
      errors { try lab.train(["expect={\"train.accuracy\": {\"within\": 0.1, \"of\": \"\(path)\", \"config\": \"other\"}}"]) }.first?
        .contains("has no config \"other\", whose expect refers to it; it has \"base\"") == true)
    expectErrors("{\"config\": \"base\", \"min\": 1}", "requires \"of\"", "[E0101]")
    // Before the file is read nothing is known to be met, and a stored model does not need the file.
    let file = try lab.config(["expect={\"train.accuracy\": {\"within\": 0.1, \"of\": \"\(path)\"}}"])
    #expect(!TemperTrain.Expectation.Check(expectation: file.config.expectations[0], value: 1).isMet)
    let run = try train(file)
    #expect(try run.json("results.json")["expect"]?.array?.first?["within"] == 0.1)
    TestFiles.remove(path)
    #expect(try StoredModel.read(run.directory).step == run.outcome.bestStep)
  }

  @Test func foldsAreHeldAgainstABaselineToo() throws {
    let path = lab.baseline(["validation.accuracy": 3])
    let file = try lab.config([
      "data.split={\"validation\": {\"folds\": 2}}", "expect={\"validation.accuracy\": {\"within\": 1, \"of\": \"\(path)\"}}",
    ])
    let result = try Runner.run(file)
    #expect(result.checks.first?.expectation.min == 2 && result.status == .expectation)
  }
}
