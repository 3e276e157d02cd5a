import TemperData
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTables

@Suite("Values that are written in several ways") struct ValueTests {
  @Test(arguments: [
    ["1", "1.0", " 1", "1\t", "+1", "01", "1.", "1e0", "10e-1", "0.1E+1", "1.000000000000000000e+00"], ["0", "-0", "0.0", ".0", "0e9"],
    ["-2.5", "-2.50", "-25e-1", "-.25e1"], ["1000", "1e3", "1000.0"], ["0.001", "1e-3", ".001"], ["red", " red ", "red\t"],
    ["1e300", "1.0e300"],
  ])
  func areOne(_ texts: [String]) {
    for text in texts { #expect(ValueKey.of(text) == ValueKey.of(texts[0]), "\(text)") }
  }

  /// Long numbers are never compared as doubles, and words are not numbers.
  @Test(arguments: [
    ("9007199254740993", "9007199254740992"), ("12345678901234567890", "12345678901234567891"),
    ("0.1234567890123456789", "0.1234567890123456788"), ("1e-400", "0"), ("1", "-1"), ("1", "10"), ("red", "Red"), ("re d", "red"),
    ("1a", "1"), ("0x10", "16"), ("", "0"), ("1,0", "1"), ("inf", "1e999"),
  ])
  func areTwo(_ a: String, _ b: String) {
    #expect(!ValueKey.areSame(a, b))
  }

  @Test func theShortestWayToWriteAValueIsItsName() {
    func names(_ texts: [String]) -> [String] {
      var index = ValueIndex()
      for text in texts { Array(text.utf8).withUnsafeBufferPointer { _ = index.insert($0) } }
      return index.names
    }
    #expect(names(["1.0", "0", " 1", "0.0"]) == ["1", "0"])
    #expect(names(["0.0", "1.0"]) == ["0.0", "1.0"])
    #expect(names(["007", "7.0", " b", "b"]) == ["007", "b"])
  }

  @Test func labelsCategoriesAndMissingValues() throws {
    let t = try table("c,x,y\n1,1,1.0\n2.0,-999.0,0\n 1,3,1\n1.0,4,0.0\n2,-999, 1\n")
    var defaults = ColumnDefaults()
    (defaults.missingValues, defaults.numeric) = (["-999"], .median)
    let p = try fit(t, label: "y", declared: [("c", .categorical())], defaults: defaults)
    #expect(p.classes == ["0", "1"])
    #expect(p.columns[0].transform == .categorical(CategoricalTransform(["1", "2"])))
    let data = try p.dataset(of: t, rows: Array(0..<5))
    #expect(data.labels == [1, 0, 1, 0, 1])
    #expect(stride(from: 0, to: 15, by: 3).map { data.features[$0] } == [1, 0, 1, 1, 0])
    #expect(data.features[5] == data.features[14], "both are missing")
    // A model of 0 and 1 takes 0.0 and 1.0.
    let others = try table("c,x,y\n1.00,5,0.0\n2e0,5,1.0\n")
    #expect(try p.dataset(of: others, rows: [0, 1]).labels == [0, 1])
    #expect(p.target.classFinder("1.0") == 1 && p.target.classFinder("2") == nil)
    #expect(Preprocessor.sortedClasses(["10.0", "9", "-1.5"]) == ["-1.5", "9", "10.0"])
  }

  @Test func aGroupIsNotDivided() throws {
    let t = try table("g,y\n" + (0..<40).map { "\($0 / 2)\($0 % 2 == 0 ? "" : ".0"),\($0 / 2 % 2)\n" }.joined())
    let groups = try RowGroups(Array(0..<40), of: t, by: 0, classes: nil, missing: MissingValues())
    #expect(groups.groups.map(\.rows) == (0..<20).map { [2 * $0, 2 * $0 + 1] })
    let split = try Split.byColumn(0, of: table("s,y\n train,1\ntest ,2\n"))
    #expect(split == Split(train: [0], test: [1]))
  }

  @Test func theIgnoredLabelIsLeftOut() throws {
    try withFile("x,y\n" + (0..<30).map { "\($0 * 7 % 31),\(["0", "1", "255", "255.0", "7"][$0 % 5])\n" }.joined()) { path in
      var config = TableConfig(source: .single(path: path, split: .random(validation: 0, test: 0.25, stratify: true)), label: "y")
      config.ignoredLabel = 255
      let data = try LoadedData(config, seed: 1)
      #expect(data.classes == ["0", "1", "7"] && data.train.count + (data.test?.count ?? 0) == 18)
      #expect(data.notes.contains { $0.contains("ignored 12 rows of 30 without a label or with the label 255") }, "\(data.notes)")
      // It is a label, and no place among the classes.
      config.ignoredLabel = 2
      let all = try LoadedData(config, seed: 1)
      #expect(all.classes == ["0", "1", "7", "255"] && all.notes.contains { $0.contains("no row has the label 2 ") })
    }
  }

  @Test func categoriesThatAreOneValue() {
    #expect(CategoricalRules.hasRepetition(["5", "6", "5.0"]) && CategoricalRules.hasRepetition(["a", " a"]))
    #expect(!CategoricalRules.hasRepetition(["5", "6", "a", "A"]))
  }
}
