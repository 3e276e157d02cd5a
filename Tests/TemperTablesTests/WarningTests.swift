import TemperCore
import TemperData
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTables

@Suite struct WarningTests {
  private func warnings(
    _ text: String, _ target: TargetColumns = .classes("y"), _ declared: [(name: String, rules: ColumnRules)] = []
  ) throws -> [Warning] {
    let t = try table(text)
    let rows = Array(0..<t.count)
    let roles = try ColumnRoles(t, target: target, split: nil, declared: declared)
    return try fit(t, target: target, declared: declared).warnings(t, rows: rows, roles)
  }

  /// 200 rows of noise, the class and a third column.
  private func rows(_ third: (Int) -> String) -> String {
    "x,y,z\n" + (0..<200).map { "\($0 * 37 % 101),\($0 * 7 % 3 == 0 ? "a" : "b"),\(third($0))\n" }.joined()
  }

  private func isA(_ row: Int) -> Bool { row * 7 % 3 == 0 }

  @Test func aColumnThatGivesTheLabelAway() throws {
    func kinds(_ third: @escaping (Int) -> String) throws -> [Diagnostic.Code] { try warnings(rows(third)).map(\.code) }
    #expect(try kinds { isA($0) ? "left" : $0 % 2 == 0 ? "stayed" : "moved" } == [.givesLabelAway])
    #expect(try kinds { isA($0) ? "\(500 + $0 * 13 % 29)" : "\($0 * 13 % 29)" } == [.givesLabelAway])
    // A class of 66 in 200 is right but for every tenth row.
    #expect(try kinds { isA($0) != ($0 % 10 == 9) ? "left" : "stayed" } == [])
    #expect(try kinds { "\($0 * 7919 % 211)" } == [])
    let t = try #require(try warnings(rows { isA($0) ? "left" : "stayed" }).first)
    #expect(
      t.description
        == "\"z\" alone predicts \"y\" in 100 % of held-out rows. Is that known at prediction time? If not, set "
        + "data.columns[\"z\"] to \"ignore\". [W0203]")
    // One column is all there is to learn from.
    let alone = "y,z\n" + (0..<200).map { isA($0) ? "a,1\n" : "b,0\n" }.joined()
    #expect(try warnings(alone) == [])
    #expect(try warnings(rows { isA($0) ? "left" : "stayed" }, .classes("y"), [("x", .ignore)]) == [])
    let few = rows { isA($0) ? "left" : "stayed" }.split(separator: "\n").prefix(40).joined(separator: "\n")
    #expect(try warnings(few) == [])
  }

  /// A label that is a number, where the task is classification: what fails says so, and not that rows are lacking.
  @Test func numbersThatCannotBeSplitAsClasses() throws {
    func problem(_ labels: [String], _ folds: Folds? = nil, group: String? = nil) -> [String] {
      let folder = TemporaryFolder()
      folder.write("x,g,y\n" + labels.enumerated().map { "\($0 * 7 % 11),g\($0 % 3),\($1)\n" }.joined(), to: "t.csv")
      return errors {
        try SplitTables(
          TableConfig(
            source: .single(path: folder("t.csv"), split: .random(validation: nil, test: nil, stratify: true, group: group)), label: "y",
            folds: folds),
          seed: 1)
      }
    }
    let decimals = problem((0..<8).map { "\(Double($0) + 0.25)" })
    #expect(decimals.count == 1 && decimals[0].contains("t.csv:1:5: \"y\" has 8 different numbers, some of them fractions, in 8 rows, and"))
    #expect(decimals[0].hasSuffix("To predict the number, set \"task\" to \"regression\". [E0231]"))
    #expect(problem((0..<8).map { "\($0)" })[0].contains("8 different numbers, in 8 rows"))
    #expect(problem((0..<8).map { "\(Double($0) + 0.25)" }, Folds(count: 2)).allSatisfy { $0.contains("\"regression\"") })
    #expect(problem((0..<8).map { "\(Double($0) + 0.25)" }, group: "g")[0].contains("regression"))
    #expect(problem((0..<8).map { "c\($0)" })[0].contains("too few rows of some classes"))
    // Grades of which one is rare.
    #expect(problem(["1", "1", "1", "2", "2", "2", "3"]) == [])
    #expect(problem(["1", "2"])[0].contains("too few rows of some classes"))
    #expect(problem(["1", "1", "2", "2"] + ["1", "1", "2"], Folds(count: 7)).allSatisfy { !$0.contains("regression") })
  }

  @Test func aDecimalLabelThatIsNotKnownMayBeANumberToPredict() throws {
    let train = try fit(table("x,y\n1,0.5\n2,1.5\n3,0.5\n4,1.5\n"), target: .classes("y"))
    func problem(_ label: String) -> String? { errors { try train.dataset(of: table("x,y\n1,\(label)\n"), rows: [0]) }.first }
    #expect(problem("2.5")?.hasSuffix("with this label. To predict the number, set \"task\" to \"regression\". [E0216]") ?? false)
    #expect(problem("2")?.hasSuffix("with this label. [E0216]") ?? false)
  }

  /// Of a table that is many pages long, whose memory goes as its features come.
  @Test func aLongTableIsLookedAtBeforeItGoes() throws {
    let folder = TemporaryFolder()
    let rows = (0..<6000).map { "\($0 * 37 % 101),name \($0 * 7919 % 6007),\(isA($0) ? "left" : "stayed"),\(isA($0) ? "a" : "b")\n" }
    folder.write("x,w,z,y\n" + rows.joined(), to: "long.csv")
    let config = TableConfig(
      source: .single(.text([folder("long.csv")]), split: .random(validation: 0.1, test: nil, stratify: true)), label: "y",
      columns: [("w", .text())])
    let loaded = try LoadedData(config, seed: 0)
    #expect(loaded.warnings.map(\.code) == [.givesLabelAway])
    #expect(loaded.warnings[0].message.hasPrefix("\"z\" alone predicts \"y\" in 100 % of held-out rows"))
  }

  @Test func aValueThatIsThereForOneClassOnly() throws {
    let declared: [(name: String, rules: ColumnRules)] = [("z", .numeric(NumericRules(impute: .median)))]
    let gaps = rows { isA($0) ? "\($0 * 13 % 29)" : "" }
    #expect(try warnings(gaps, .classes("y"), declared).map(\.code) == [.givesLabelAway])
  }

  @Test func aNumberThatGivesTheValueAway() throws {
    func text(_ z: (Int) -> String) -> String {
      "x,y,z\n" + (0..<300).map { "\($0 * 37 % 101),\($0 * $0 % 1009),\(z($0))\n" }.joined()
    }
    #expect(try warnings(text { "\(Double($0 * $0 % 1009) * 2.5 + 7)" }, .value("y")).map(\.code) == [.givesLabelAway])
    #expect(try warnings(text { "\($0 * $0 % 1009 + $0 * 31 % 200)" }, .value("y")) == [])
  }

  @Test func categoriesThatComeOnce() throws {
    let text = rows { $0 % 10 < 7 ? "n\($0)" : "m\($0 % 10)" }
    let found = try warnings(text)
    #expect(found.map(\.code) == [.valuesOnce])
    #expect(found[0].message.hasPrefix("\"z\" is ignored: 140 of 200 values occur once."), "\(found)")
    let t = try table(text)
    let columns = try fit(t, label: "y").columns.map(\.name)
    #expect(columns == ["x"])
    // Who says what it is has it.
    #expect(try fit(t, label: "y", declared: [("z", .categorical())]).columns.map(\.name) == ["x", "z"])
    let declared = try warnings(text, .classes("y"), [("z", .categorical())])
    #expect(declared.map(\.code) == [.loneCategories])
    #expect(declared[0].message.hasPrefix("categories with a single training row: \"z\": \"n0\", \"n1\", \"n2\" and 137 more."))
    // As many that come twice are categories, and so are twenty.
    #expect(try warnings(rows { "n\($0 / 2)" }) == [])
    let few = "x,y,z\n" + (0..<30).map { "\($0 * 7 % 11),\($0 % 2),\($0 < 16 ? "n\($0)" : "m")\n" }.joined()
    #expect(try warnings(few).map(\.code) == [.loneCategories])
    let words = InferredColumn.all(of: try table(rows { $0 % 10 < 7 ? "word n\($0)" : "m \($0 % 10)" }))[2]
    #expect(words.suggestion == .text() && words.kind == .ignore)
  }

  @Test func labels() throws {
    func text(_ y: (Int) -> String) -> String { "x,y\n" + (0..<120).map { "\($0 * 37 % 101),\(y($0))\n" }.joined() }
    let mixed = try warnings(text { $0 == 7 ? "unknown" : "\($0 % 2)" })
    #expect(mixed.map(\.code) == [.wordsAmongLabels])
    #expect(
      mixed[0].message.hasPrefix(
        "t.csv:9:4: \"y\" has numbers in 119 training rows and \"unknown\" in 1, which is a separate class."))
    #expect(try warnings(text { $0 % 3 == 0 ? "none" : "\($0 % 2)" }) == [])
    #expect(try warnings(text { "\(Double($0 % 30) / 4)" }).map(\.code) == [.numbersAsClasses])
    #expect(try warnings(text { "\($0 % 15)" }) == [])
    // Of thirty whole numbers in a hundred and twenty rows each would be a class of four.
    #expect(try warnings(text { "\($0 % 30)" }).map(\.code) == [.numbersAsClasses])
  }

  @Test func decimalCommasAreNamed() throws {
    let text = "x,y\n" + (0..<40).map { "\"\($0 * 7 % 40),5\",\($0 % 2)\n" }.joined()
    #expect(
      errors { try fit(table(text), label: "y") }.first?.contains(
        "\"x\" has numbers like \"0,5\", which are not read as numbers. Set data.decimal to \",\"") ?? false)
    #expect(
      errors { try fit(table(text), label: "y", declared: [("x", .numeric())]) }.first?.contains("set data.decimal to \",\"") ?? false)
    let thousands = "x,y\n" + (0..<40).map { "\"\($0 + 1),500\",\($0 % 2)\n" }.joined()
    #expect(
      errors { try fit(table(thousands), label: "y") }.first?.contains("Set data.decimal to \",\", or data.thousands to \",\"") ?? false)
  }
}
