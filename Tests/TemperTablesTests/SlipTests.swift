import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTables

/// Columns of numbers or dates in which some values are neither.
@Suite("Slips") struct SlipTests {
  private static func finding(_ values: [String]) throws -> InferredColumn {
    try #require(InferredColumn.all(of: table("v,w\n" + values.map { "\($0),1\n" }.joined())).first)
  }

  private static let numbers = (0..<40).map { "\($0 * 7 % 41).\($0 % 10)" }

  @Test func aStrayAmongNumbersIsAMistakeWithItsPlace() throws {
    let t = try table("v,k\n" + (Self.numbers + ["v"]).enumerated().map { "\($1),\($0 % 2 == 0 ? "a" : "b")\n" }.joined())
    let found = errors { try fit(t, label: "k") }
    #expect(found.count == 1 && found[0].hasPrefix("t.csv:42:1: \"v\" holds numbers, and \"v\" is none: 40 numbers and 1 other value"))
    #expect(found[0].hasSuffix("set data.columns[\"v\"] to \"categorical\". [E0212]"))
    // What the user says holds.
    #expect(try fit(t, label: "k", declared: [("v", .categorical())]).columns[0].transform.kind == .categorical)
    var defaults = ColumnDefaults()
    (defaults.missingValues, defaults.numeric) = (["v"], .median)
    #expect(try fit(t, label: "k", defaults: defaults).columns[0].transform.kind == .numeric)
  }

  @Test func wordsThatComeAgainAreSlips() throws {
    for word in ["\\N", "unknown", "n.a.", "<NA>", "-nan"] {
      let finding = try Self.finding(Self.numbers + Array(repeating: word, count: 9))
      #expect(finding.kind == .numeric && finding.missingWords == [word] && finding.doubt != nil, "\(word)")
    }
    #expect(try Self.finding(Self.numbers + ["12.5.1", "abc"]).slips == [40, 41])
  }

  @Test func codesAndGroupsStayCategories() throws {
    // As many codes as these are no slips, and few numbers are names of groups.
    let codes = (0..<40).map { $0 % 4 == 3 ? "A\($0)" : "\(1000 + $0 / 2)" }
    #expect(try Self.finding(codes).kind == .categorical)
    #expect(try Self.finding((0..<40).map { ["0", "1", "2", "3+"][$0 % 4] }).kind == .categorical)
    #expect(try Self.finding((0..<40).map { $0 % 2 == 0 ? "\($0)" : "x\($0 % 3)" }).kind == .categorical)
  }

  @Test func datesButForAWord() throws {
    let dates = (0..<30).map { "2024-0\($0 % 9 + 1)-\($0 + 1 < 10 ? "0" : "")\($0 % 28 + 1)" }.filter { $0.count == 10 }
    let finding = try Self.finding(dates + ["soon"])
    #expect(
      finding.kind == .date && finding.missingWords == ["soon"] && finding.doubt?.contains("holds dates, and \"soon\" is none") == true)
    // The format with the fewest slips counts.
    let days = (1...28).map { "\($0)/03/2024" }
    #expect(try Self.finding(days + ["?"]).why.contains("%d/%m/%Y"))
    #expect(try Self.finding(days + ["later"]).why.contains("%d/%m/%Y"))
  }

  @Test func aRepeatedHeaderIsNoRow() throws {
    #expect(
      errors { try table("u,v\n1,2\nu,v\n3,4\n") } == [
        "t.csv:3:1: this row is the header again, as where files were joined. Remove it. [E0210]"
      ])
    #expect(try table("u,v\n1,2\nu,4\n").count == 2)
    #expect(try table("u\nu\n1\n").count == 2, "in one column it may be a value")
  }
}
