import TemperFiles
import TemperCore
import TemperData
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTables

@Suite("Loading a table") struct LoadedDataTests {
  static func text(_ rows: Range<Int>) -> String {
    "x,colour,kind,part\n"
      + rows.map {
        "\($0 * 7 % 41),\(["red", "blue"][$0 % 2]),\($0 % 4 == 0 ? "b" : "a"),\(["train", "train", "test", "validation"][$0 % 4])\n"
      }
      .joined()
  }

  static func load(
    _ path: String, _ split: TableConfig.SplitConfig, seed: UInt64 = 1, holdOut: Bool = true,
    columns: [(name: String, rules: ColumnRules)] = []
  ) throws -> LoadedData<Preprocessor> {
    try LoadedData(
      TableConfig(source: .single(path: path, split: split), label: "kind", columns: columns, holdOutValidation: holdOut), seed: seed)
  }

  @Test func aTenthIsHeldOutUnlessTurnedOff() throws {
    try withFile(Self.text(0..<40)) { path in
      let none = TableConfig.SplitConfig.random(validation: nil, test: nil, stratify: true)
      let loaded = try Self.load(path, none, columns: [("part", .ignore)])
      #expect(loaded.train.count == 36 && loaded.validation?.count == 4 && loaded.test == nil)
      #expect(loaded.validation?.labels.filter { $0 == 1 }.count == 1)
      #expect(
        loaded.notes == [
          "3 features from 2 columns (1 numeric: \"x\"; 1 categorical: \"colour (2)\"); label \"kind\" with 2 classes: \"a\", \"b\"",
          "no validation rows given: 4 of 40 training rows are held out (a tenth, stratified by \"kind\", seed 1); "
            + "set \"validation\" to null to turn this off",
        ])
      #expect(loaded.files.map(\.name) == [path])
      #expect(try Self.load(path, none, holdOut: false).validation == nil)
      #expect(try Self.load(path, none, holdOut: false).train.rowIDs == Array(0..<40))
    }
  }

  @Test func sharesAndSeeds() throws {
    try withFile(Self.text(0..<40)) { path in
      let shares = TableConfig.SplitConfig.random(validation: 0.2, test: 0.1, stratify: true)
      let (a, again, other) = (try Self.load(path, shares), try Self.load(path, shares), try Self.load(path, shares, seed: 2))
      #expect([a.train.count, a.validation?.count, a.test?.count] == [28, 8, 4])
      #expect(a.train == again.train && a.validation == again.validation && a.test == again.test)
      #expect(a.train.rowIDs != other.train.rowIDs)
      let ids = [a.train, a.validation, a.test].flatMap { $0?.rowIDs ?? [] }
      #expect(ids.sorted() == Array(0..<40))
      // Scales are those of the training rows.
      let x = a.train.rowIDs.map { Double($0 * 7 % 41) }
      let mean = x.reduce(0, +) / Double(x.count)
      guard case .numeric(let fitted) = a.preprocessor.columns[0].transform else { return #expect(Bool(false), "x is numeric") }
      #expect(abs((fitted.scaling.linear?.center ?? .nan) - mean) < 1e-12)
      // Only test is asked for: validation comes from the other rows.
      let test = try Self.load(path, .random(validation: nil, test: 0.25, stratify: false))
      #expect([test.train.count, test.validation?.count, test.test?.count] == [27, 3, 10])
      let unsplit = try Self.load(path, .random(validation: 0, test: 0.25, stratify: false))
      #expect([unsplit.train.count, unsplit.validation?.count, unsplit.test?.count] == [30, nil, 10])
    }
  }

  @Test func byColumnAndBySeparateFiles() throws {
    try withFile(Self.text(0..<40)) { path in
      let loaded = try Self.load(path, .column("part"))
      #expect([loaded.train.count, loaded.validation?.count, loaded.test?.count] == [20, 10, 10])
      #expect(loaded.preprocessor.columns.map(\.name) == ["x", "colour"])
      #expect(loaded.test?.rowIDs.first == 2)
      try withFile("kind,colour,x,part\na,red,5,train\n") { other in
        let config = TableConfig(
          source: .separate(train: path, validation: other, test: other), label: "kind", columns: [("part", .ignore)])
        let loaded = try LoadedData(config, seed: 1)
        #expect([loaded.train.count, loaded.validation?.count, loaded.test?.count] == [40, 1, 1])
        #expect(loaded.validation?.features.dropFirst() == [0, 1] && loaded.validation?.labels == [0])
        #expect(loaded.files.map(\.name) == [path, other, other])
        #expect(loaded.notes.count == 1)
      }
    }
  }

  @Test func aNumericColumnWithOneWordSaysSo() throws {
    try withFile("x,y\n1,a\n1,b\nnone,a\n2,b\n2,a\n") { path in
      let config = TableConfig(source: .single(path: path, split: .random(validation: 0, test: 0, stratify: true)), label: "y")
      let loaded = try LoadedData(config, seed: 1)
      #expect(
        loaded.notes.last
          == "\(path):4:1: \"x\" is treated as categorical, because \"none\" is not a number; 4 of 5 training rows have one")
    }
  }

  @Test func mistakesOfAllFilesTogether() throws {
    let separate = TableConfig(source: .separate(train: "/nowhere/a", validation: "/nowhere/b", test: nil), label: "y")
    #expect(errors { try LoadedData(separate, seed: 1) }.count == 2)
    try withFile("x,y\n1,a\n2,b\n") { train in
      try withFile("x,y\none,a\n") { validation in
        try withFile("x,y\n1,c\n") { test in
          let config = TableConfig(source: .separate(train: train, validation: validation, test: test), label: "y")
          let found = errors { try LoadedData(config, seed: 1) }
          #expect(found.map { $0.suffix(7) } == ["[E0212]", "[E0216]"])
          #expect(found[0].hasPrefix("\(validation):2:1: ") && found[1].hasPrefix("\(test):2:3: "))
        }
      }
    }
    try withFile("x,y\n1,a\n2,\n3,b\n4,b\n") { path in
      let config = TableConfig(source: .single(path: path, split: .random(validation: nil, test: 0.3, stratify: true)), label: "y")
      #expect(
        errors { try LoadedData(config, seed: 1) }
          == ["\(path):3:3: \"y\" is the label, but has no value here. Fill it in, or remove the row. [E0213]"])
    }
  }
}

@Suite("Datasets") struct DatasetTests {
  @Test func subsetsKeepRowIDs() {
    let data = Dataset(features: [1, 2, 3, 4, 5, 6], width: 2, labels: [0, 1, 2], rowIDs: [7, 8, 9])
    #expect(data.subset([2, 0]) == Dataset(features: [5, 6, 1, 2], width: 2, labels: [2, 0], rowIDs: [9, 7]))
    #expect(data.subset([]).count == 0)
  }

  @Test func randomRowsAreNormalAndRepeatable() {
    let data = Dataset.random(rows: 2001, inputs: 5, classes: 4, seed: 3)
    #expect(data == .random(rows: 2001, inputs: 5, classes: 4, seed: 3))
    #expect(data != .random(rows: 2001, inputs: 5, classes: 4, seed: 4))
    #expect(data.features.count == 10_005 && data.count == 2001)
    let x = data.features.map(Double.init)
    let mean = x.reduce(0, +) / 10_005
    let moments = [2, 3, 4].map { power in x.reduce(0) { sum, v in sum + (0..<power).reduce(1) { p, _ in p * (v - mean) } } / 10_005 }
    #expect(abs(mean) < 0.04 && abs(moments[0] - 1) < 0.06 && abs(moments[1]) < 0.12 && abs(moments[2] - 3) < 0.4)
    for label in 0..<4 { #expect(abs(data.labels.count { $0 == Int32(label) } - 500) < 100) }
  }

  /// Parts made in one pass that takes the table apart are those made one by one, on any number of threads.
  @Test(arguments: [1, 3]) func aTableMayGoAsItsFeaturesCome(threads: Int) throws {
    let lines = (0..<30_000).map { "\($0 * 7919 % 100_003).25,\($0 % 97 == 5 ? "" : "\($0 % 10)"),\(["red", "blue"][$0 % 2]),\($0 % 3)" }
    let text = "x,gap,color,y\n" + lines.joined(separator: "\n")
    let whole = try table(text)
    var defaults = ColumnDefaults()
    defaults.numeric = .median
    let preprocessor = try fit(whole, label: "y", defaults: defaults)
    let lists = [(0..<30_000).filter { $0 % 5 > 1 }, (0..<30_000).filter { $0 % 5 == 0 && $0 > 9000 }, []]
    let apart = try table(text)
    let parts = try Engine.withThreads(threads) {
      try preprocessor.datasets(of: apart, lists, releasing: true).map { try $0.get() }
    }
    #expect(try parts == lists.map { try preprocessor.dataset(of: whole, rows: $0) })
    #expect(whole.number(row: 15_000, column: 0) != nil && apart.number(row: 15_000, column: 0) == nil, "its memory was to be given back")
  }

  /// What is wrong with the training rows is told before what is wrong with others.
  @Test func eachPartHasItsOwnErrors() throws {
    let good = try table("x,y\n" + (0..<20).map { "\($0).5,\($0 % 2)" }.joined(separator: "\n"))
    let preprocessor = try fit(good, label: "y")
    let bad = try table("x,y\n1,0\nword,1\n2,2\n,0\n")
    let parts = try preprocessor.datasets(of: bad, [[0, 1], [2, 3], [0]], releasing: true)
    #expect(errors { try parts[0].get() }.map { $0.prefix(10) } == ["t.csv:3:1:"])
    #expect(errors { try parts[1].get() }.map { $0.prefix(10) } == ["t.csv:4:3:", "t.csv:5:1:"])
    #expect(try parts[2].get().count == 1)
  }
}
