import TemperCore
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

  @Test func everyWholeNumberIsShown() {
    #expect(grouped(.min) == "-9,223,372,036,854,775,808" && grouped(.max) == "9,223,372,036,854,775,807" && grouped(-12) == "-12")
  }
}
