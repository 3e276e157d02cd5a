import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTables

@Suite("Kinds of columns") struct InferredColumnTests {
  /// What a column of `values` called `name` is found to be.
  static func find(_ values: [String], name: String = "x", missing: [String] = []) throws -> InferredColumn {
    let lines = values.map { "\($0.contains(",") ? "\"\($0)\"" : $0),1" }
    let all = InferredColumn.all(of: try table("\(name),y\n" + lines.joined(separator: "\n")), missingValues: missing)
    return try #require(all.first)
  }

  @Test func numbers() throws {
    let plain = try Self.find((0..<30).map { "\($0 * $0 % 17).5" })
    #expect(plain.kind == .numeric && plain.why == "every value is a number" && plain.doubt == nil)
    #expect(plain.suggestion == .numeric())
    let gaps = try Self.find(["1.5", "", "2", " ", "3"])
    #expect(gaps.kind == .numeric && gaps.missing == 2 && gaps.distinct?.count == 3 && gaps.examples == ["1.5", "2", "3"])
    #expect(gaps.suggestion == .numeric(NumericRules(impute: .median, indicator: true)))
    let groups = try Self.find((0..<40).map { "\($0 % 4 + 1)" })
    #expect(groups.kind == .numeric && groups.why == "every value is a number, one of 4 whole ones")
    #expect(try Self.find(["0", "1", "1", "0"]).kind == .numeric)
    #expect(try Self.find((0..<1500).map { "\($0).25" }).distinct?.text == "more than 1000")
  }

  @Test func wordsForMissingNumbersAreAskedFor() throws {
    let na = try Self.find(["1", "NA", "3", "?", "NA"])
    #expect(na.kind == .numeric && na.missingWords == ["NA", "?"] && na.doubt?.contains("data.missing_values to [\"NA\", \"?\"]") == true)
    let declared = try Self.find(["1", "NA", "3", "?", "NA"], missing: ["NA", "?"])
    #expect(declared.kind == .numeric && declared.missing == 3 && declared.doubt == nil)
    // A number may stand for a missing value too.
    #expect(try Self.find(["1", "-999", "3"], missing: ["-999"]).missing == 1)
    // Other words make categories.
    #expect(try Self.find(["1", "many", "3"]).kind == .categorical)
    #expect(try Self.find(["2024-01-01", "NA", "2024-01-03"]).doubt?.contains("data.impute.date") == true)
  }

  @Test func truthValues() throws {
    for (yes, no) in [("true", "false"), ("Yes", "no"), ("T", "F"), ("y", "N"), ("TRUE", "FALSE")] {
      let found = try Self.find([yes, no, "", yes])
      #expect(found.kind == .boolean && found.suggestion == .boolean(BooleanRules(impute: .mode, indicator: true)), "\(yes) \(no)")
    }
    for other in [["true", "no"], ["yes", "no", "maybe"], ["t", "r"]] { #expect(try Self.find(other).kind == .categorical) }
  }

  @Test func dates() throws {
    #expect(try Self.find(["2024-05-17", "2023-01-01"]).why == "every value is a date of ISO 8601")
    #expect(try Self.find(["2024-05-17T08:30:00Z", "2023-01-01 10:00"]).kind == .date)
    #expect(try Self.find(["Jan 1 2000", "Feb 12 2001"]).why == "every value is a date like %b %d %Y")
    #expect(try Self.find(["1/31/2012", "2/1/2012"]).suggestion == .date(DateRules(format: DateFormat("%m/%d/%Y"))))
    #expect(try Self.find(["31/1/2012", "2/1/2012"]).suggestion == .date(DateRules(format: DateFormat("%d/%m/%Y"))))
    let open = try Self.find(["1/2/2012", "2/1/2012"])
    #expect(open.kind == .date && open.doubt?.contains("cannot be told") == true)
    #expect(try Self.find(["2024-05-17", "soon"]).kind == .categorical)
    #expect(try Self.find(["2024-02-30", "2024-02-28"]).kind == .categorical)
  }

  @Test func rowNumbersAndNames() throws {
    let count = (1...12).map { "\($0)" }
    #expect(try Self.find(count).why == "it numbers the rows from 1")
    #expect(try Self.find(count).kind == .identifier)
    #expect(try Self.find((0..<12).map { "\($0)" }).kind == .identifier)
    // Time counts the rows too, and may be learned from; so may what starts elsewhere.
    #expect(try Self.find(count, name: "Week").kind == .numeric)
    #expect(try Self.find((1947..<1960).map { "\($0)" }).kind == .numeric)
    #expect(try Self.find(Array(count.prefix(9))).kind == .numeric)
    let shuffled = (0..<12).map { "\($0 * 5 % 12 + 300)" }
    for name in ["id", "Unnamed: 0", "rownames", "customer_id", "customerId", "customerID"] {
      #expect(try Self.find(shuffled, name: name).kind == .identifier, "\(name)")
    }
    for name in ["grid", "GRID", "paid"] { #expect(try Self.find(shuffled, name: name).kind == .numeric, "\(name)") }
    #expect(try Self.find(shuffled + [shuffled[0]], name: "id").kind == .numeric)
    #expect(try Self.find((0..<12).map { "code\($0)" }).kind == .identifier)
    // Some of them spell numbers, or have a space.
    #expect(try Self.find((0..<12).map { $0 == 0 ? "Los Angeles" : "\($0)E1" } + ["A7"]).kind == .identifier)
  }

  @Test func constantsAndNothing() throws {
    #expect(try Self.find(["7", "7", "7.0"]).why == "every value is 7")
    #expect(try Self.find(["7", "7"]).kind == .ignore)
    #expect(try Self.find(["a", "a", ""]).kind == .ignore)
    #expect(try Self.find(["", ""]).why == "no row has a value")
  }

  @Test func categoriesAndText() throws {
    let colors = try Self.find(["red", "blue", "red", ""])
    #expect(colors.kind == .categorical && colors.suggestion == .categorical(CategoricalRules(impute: .category)))
    let sentences = try Self.find((0..<12).map { "a text, number \($0)" })
    #expect(sentences.kind == .text && sentences.suggestion == .text() && sentences.doubt?.contains("\"text\"") == true)
    let many = try Self.find((0..<2100).map { "v\($0 / 2)" })
    #expect(many.kind == .categorical && many.doubt?.contains("more than 1000 different values") == true)
  }

  @Test func whatIsFoundIsNoted() throws {
    let t = try table(
      "rownames,empty,grade,x,y\n" + (0..<50).map { "\($0 + 1),,\($0 % 3),\($0 * 7 % 50).5,\($0 % 2)" }.joined(separator: "\n"))
    var notes: [String] = []
    let roles = try ColumnRoles(t, target: .classes("y"), split: nil, declared: [])
    let fitted = try Preprocessor(fitting: t, rows: Array(0..<50), roles: roles, notes: &notes)
    #expect(fitted.columns.map(\.name) == ["grade", "x"])
    #expect(
      notes == [
        "\"rownames\": it numbers the rows from 1, so it is left out; declare its kind in data.columns to learn from it",
        "left out, as all training rows have the same in it, or nothing: \"empty\"",
        "taken as numbers, though they are few whole ones: \"grade\"; declare \"categorical\" those that name groups",
      ])
    #expect(fitted.findings.map(\.kind) == [.identifier, .ignore, .numeric, .numeric])
    let explained = fitted.explanations
    #expect(explained.map(\.name) == ["rownames", "empty", "grade", "x"])
    #expect(explained.map { $0.features.count } == [0, 0, 1, 1])
    // Where columns have places, a number that is always the same keeps its own.
    let image = try table("a,b,c,d,y\n" + (0..<50).map { "0,\($0 * 7 % 50).5,,x,\($0 % 2)" }.joined(separator: "\n"))
    notes = []
    let imageRoles = try ColumnRoles(image, target: .classes("y"), split: nil, declared: [])
    let placed = try Preprocessor(fitting: image, rows: Array(0..<50), roles: imageRoles, keepsConstants: true, notes: &notes)
    #expect(placed.columns.map(\.name) == ["a", "b"])
    let features = try placed.features(of: table("a,b\n0,1\n3,1\n"), rows: [0, 1])
    #expect(features[0] == 0 && features[2] == 3)
    #expect(notes == ["left out, as all training rows have the same in it, or nothing: \"c\", \"d\""])
    // Declared, it is learned from.
    #expect(try fit(t, label: "y", declared: [("rownames", .numeric())]).columns.count == 3)
    #expect(
      errors { try fit(table("id,y\n" + (0..<12).map { "\($0),\($0 % 2)" }.joined(separator: "\n")), label: "y") } == [
        "t.csv:1:1: no column is left to learn from: \"id\": it numbers the rows from 0. Declare one of them in data.columns, "
          + "\"numeric\" or \"categorical\", to learn from it. [E0221]"
      ])
  }
}
