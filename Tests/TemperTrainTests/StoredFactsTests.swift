import TemperCore
import TemperData
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

/// Numbers of a stored model of rows that no training leaves: an error that names file and key, and never the end of the program.
@Suite struct StoredFactsTests {
  @Test func countsOutOfRangeAreDamage() throws {
    let lab = Lab()
    let run = try lab.train()
    let path = run.directory + "/best/bundle.json"
    let facts = try #require(JSON.parse(TestFiles.text(path), path: path).members)
    for (key, value) in [
      ("target_rows", "[9223372036854775807, 9223372036854775807, 1]"), ("target_rows", "[-1, 2, 3]"), ("target_rows", "[1, \"x\", 3]"),
      ("target_rows", "{}"), ("target_rows", "null"), ("rows", "-5"), ("rows", "9223372036854775807"), ("rows", "1.5"), ("step", "-1"),
    ] {
      let changed = JSON.object(
        try facts.map { try ($0.name, $0.name == key ? JSON.parse(value, path: path) : $0.value) })
      TestFiles.write(Array(changed.serialized().utf8), to: path)
      try reseal(run.directory + "/best")
      let error = #expect(throws: Diagnostics.self, "\(key): \(value)") { try StoredModel.rows(run.directory) }
      let finding = try #require(error?.list.first)
      #expect(finding.code == .damagedModel && finding.message.hasPrefix(key), "\(finding)")
      #expect(finding.place.description.contains("bundle.json"), "\(finding)")
    }
  }

  @Test func aMeanThatIsNoNumberIsDamage() throws {
    let lab = Lab()
    let run = try lab.train(Lab.regression)
    let path = run.directory + "/best/bundle.json"
    var facts = try JSON.parse(TestFiles.text(path), path: path)
    facts.update("target_mean") { $0 = "0" }
    TestFiles.write(Array(facts.serialized().utf8), to: path)
    try reseal(run.directory + "/best")
    let error = #expect(throws: Diagnostics.self) { try StoredModel.rows(run.directory) }
    #expect(error?.list.map(\.code) == [.damagedModel] && error?.list[0].message.hasPrefix("target_mean") == true)
  }

  /// Versions that noted no hashes beside a model had them in the manifest of its run.
  @Test func changedDataAreFoundForModelsOfEarlierVersions() throws {
    let lab = Lab()
    let run = try lab.train()
    let path = run.directory + "/best/bundle.json"
    let facts = try #require(JSON.parse(TestFiles.text(path), path: path).members)
    #expect(facts.contains { $0.name == "data_sha256" })
    let earlier = JSON.object(facts.filter { $0.name != "data_sha256" }.map { ($0.name, $0.value) })
    TestFiles.write(Array(earlier.serialized().utf8), to: path)
    try reseal(run.directory + "/best")
    #expect(try StoredModel.rows(run.directory).evaluate(.validation)?.loss == run.outcome.validation?.loss)
    lab.folder.write(SampleTable.csv(seed: 8), to: "t.csv")
    let error = #expect(throws: Diagnostics.self) { try StoredModel.rows(run.directory).evaluate(.validation) }
    #expect(error?.list.map(\.code) == [.changedData])
  }

  @Test func everyWholeNumberIsShown() {
    #expect(grouped(.min) == "-9,223,372,036,854,775,808" && grouped(.max) == "9,223,372,036,854,775,807" && grouped(-12) == "-12")
  }
}
