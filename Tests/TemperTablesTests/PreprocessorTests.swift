import TemperJSON
import TemperRunSupport
import Testing

import TemperData
import TemperTables

@Suite("Preprocessing") struct PreprocessorTests {
  static let text = """
    age,colour,plan,kind
    10,red,a,no
    20,blue,a,yes
    30,red,b,no
    40,green,b,yes

    """

  @Test func kindsAndScalesComeFromTheTrainingRows() throws {
    let p = try fit(table(Self.text), label: "kind", rows: [0, 1, 2])
    #expect(
      p.columns == [
        .init("age", .numeric(mean: 20, deviation: (200.0 / 3).squareRoot())),
        .init("colour", .categorical(CategoricalTransform(["blue", "red"]))),
        .init("plan", .categorical(CategoricalTransform(["a", "b"]))),
      ])
    #expect(p.classes == ["no", "yes"])
    #expect(p.featureNames == ["age", "colour=blue", "colour=red", "plan=a", "plan=b"])
    #expect(p.width == 5)
  }

  @Test func otherRowsTeachNothing() throws {
    let changed = Self.text.split(separator: "\n").dropLast().joined(separator: "\n") + "\n-1e9,violet,zzz,perhaps\n"
    #expect(try fit(table(Self.text), label: "kind", rows: [0, 1, 2]) == fit(table(changed), label: "kind", rows: [0, 1, 2]))
    let other = Self.text.split(separator: "\n", omittingEmptySubsequences: false).map { $0 == "20,blue,a,yes" ? "21,blue,a,yes" : $0 }
    #expect(
      try fit(table(Self.text), label: "kind", rows: [0, 1, 2])
        != fit(table(other.joined(separator: "\n")), label: "kind", rows: [0, 1, 2]))
  }

  @Test func featuresAndLabels() throws {
    let t = try table(Self.text)
    let data = try fit(t, label: "kind").dataset(of: t, rows: [3, 0])
    let unit = Float(15 / 125.0.squareRoot())
    #expect(data.features == [unit, 0, 1, 0, 0, 1, -unit, 0, 0, 1, 1, 0])
    #expect(data.labels == [1, 0])
    #expect(data.rowIDs == [3, 0])
    #expect(data.width == 6)
  }

  @Test func standardisedTrainingRowsHaveMeanZeroAndVarianceOne() throws {
    let values = (0..<100).map { "\(1e6 + Double($0 * $0) / 7),\($0 % 2 == 0 ? "a" : "b")" }
    let t = try table("x,y\n" + values.joined(separator: "\n"))
    let x = try fit(t, label: "y").features(of: t, rows: Array(0..<100)).map(Double.init)
    #expect(abs(x.reduce(0, +) / 100) < 1e-6)
    #expect(abs(x.reduce(0) { $0 + $1 * $1 } / 100 - 1) < 1e-6)
  }

  @Test func constantColumnsAndNoNormalization() throws {
    let t = try table("x,z,y\n0.1,1,a\n0.1,2,b\n0.1,5,a\n")
    let p = try fit(t, label: "y")
    // A constant teaches nothing, unless it is declared.
    #expect(p.columns.map(\.name) == ["z"])
    let declared = try fit(t, label: "y", declared: [("x", .numeric())])
    #expect(declared.columns[0].transform == .numeric(mean: 0.1, deviation: 1))
    #expect(try declared.features(of: t, rows: [0, 1, 2])[0] == 0)
    var unscaled = ColumnDefaults()
    unscaled.normalize = .none
    #expect(try fit(t, label: "y", declared: [("x", .numeric())], defaults: unscaled).features(of: t, rows: [1]) == [0.1, 2])
  }

  @Test func classesAreSortedByValueOrBytes() throws {
    func classes(_ labels: [String]) throws -> [String] {
      try fit(table("x,y\n" + labels.enumerated().map { "\($0.offset).5,\($0.element)" }.joined(separator: "\n")), label: "y").classes
    }
    #expect(try classes(["10", "9", "-1", "9"]) == ["-1", "9", "10"])
    #expect(try classes(["10", "9", "b", "9"]) == ["10", "9", "b"])
    #expect(try classes(["Z", "a", "é", "z"]) == ["Z", "a", "z", "é"])
  }

  @Test func otherTablesMayDifferInTheirColumns() throws {
    let p = try fit(table(Self.text), label: "kind")
    let other = try table("note,plan,colour,age\nx,b,red,10\n", "new.csv")
    #expect(try p.features(of: other, rows: [0]) == p.features(of: table("age,colour,plan\n10,red,b\n"), rows: [0]))
    #expect(
      errors { try p.features(of: table("plan,x\na,1\n", "new.csv"), rows: [0]) } == [
        "new.csv:1:1: missing 2 columns that the model needs: \"age\", \"colour\". Columns: \"plan\", \"x\". [E0218]"
      ])
    #expect(
      errors { try p.dataset(of: other, rows: [0]) } == [
        "new.csv:1:1: the label column \"kind\" is missing. Columns: \"note\", \"plan\", \"colour\", \"age\". [E0218]"
      ])
  }

  @Test func valuesThatTheTrainingRowsDoNotHave() throws {
    let p = try fit(table(Self.text), label: "kind")
    let other = try table("age,colour,plan,kind\n10,purple,a,maybe\nten,red,,\n1e39,red,a,no\n,red,a,no\n", "test.csv")
    #expect(
      errors { try p.dataset(of: other, rows: [0, 1, 2, 3]) } == [
        "test.csv:2:4: \"colour\" is \"purple\", which does not occur in the training rows (known: \"blue\", \"green\", \"red\"). Correct the value, remove the row, or train with data.unknown (or that of data.columns[\"colour\"]) set to \"ignore\". [E0215]",
        "test.csv:2:13: the label \"kind\" is \"maybe\", which does not occur in the training rows (known: \"no\", \"yes\"). Correct the value, remove the row, or add a training row with this label. [E0216]",
        "test.csv:3:1: \"age\" is numeric, but \"ten\" is not a number. "
          + "Write it like -12.5 or 3e-4, or set data.columns[\"age\"] to \"categorical\" or \"ignore\". [E0212]",
        "test.csv:3:9: \"plan\" has no value here. Fill it in, remove the row, train with data.impute.categorical (or that of "
          + "data.columns[\"plan\"]) set to \"category\", or with data.columns[\"plan\"] set to \"ignore\". [E0213]",
        "test.csv:3:10: \"kind\" is the label, but has no value here. Fill it in, or remove the row. [E0213]",
        "test.csv:4:1: \"age\" is numeric, but \"1e39\" is beyond the range of 32 bits, about 3.4e38. "
          + "Correct the value, or change the unit. [E0212]",
        "test.csv:5:1: \"age\" has no value here. Fill it in, remove the row, train with data.impute.numeric (or that of "
          + "data.columns[\"age\"]) set to \"median\", or with data.columns[\"age\"] set to \"ignore\". [E0213]",
      ])
  }

  @Test func featuresThatOverflow() throws {
    let p = try fit(table("x,y\n1e-30,a\n3e-30,b\n"), label: "y")
    #expect(
      errors { try p.features(of: table("x\n1e20\n"), rows: [0]) }
        == ["t.csv:2:1: \"1e20\" is so far outside the range of \"x\" in the training rows that it overflows. Correct the value. [E0212]"])
  }

  @Test func trainingRowsWithMistakes() {
    let text = "x,c,y\n1,a,no\noops,,yes\n,b,\n"
    #expect(
      errors { try fit(table(text), label: "y", declared: [("x", .numeric())]) } == [
        "t.csv:3:1: \"x\" is numeric, but \"oops\" is not a number. "
          + "Write it like -12.5 or 3e-4, or set data.columns[\"x\"] to \"categorical\" or \"ignore\". [E0212]",
        "t.csv:3:6: \"c\" has no value here. Fill it in, remove the row, train with data.impute.categorical (or that of "
          + "data.columns[\"c\"]) set to \"category\", or with data.columns[\"c\"] set to \"ignore\". [E0213]",
        "t.csv:4:1: \"x\" has no value here. Fill it in, remove the row, train with data.impute.numeric (or that of "
          + "data.columns[\"x\"]) set to \"median\", or with data.columns[\"x\"] set to \"ignore\". [E0213]",
        "t.csv:4:4: \"y\" is the label, but has no value here. Fill it in, or remove the row. [E0213]",
      ])
  }

  @Test func declaredKinds() throws {
    let t = try table("zip,note,y\n10,hello,a\n20,,b\n10,world,a\n")
    let p = try fit(t, label: "y", declared: [("zip", .categorical()), ("note", .ignore)])
    #expect(p.columns == [.init("zip", .categorical(CategoricalTransform(["10", "20"])))])
  }

  @Test func columnsLikeNamesAreNoCategories() throws {
    let names = try table("name,y\n" + (0..<12).map { "n\($0),\($0 % 2)" }.joined(separator: "\n"))
    // A name that no two rows share says nothing about other rows.
    #expect(errors { try fit(names, label: "y") }.first?.contains("\"name\": a different value in each of the 12 training rows") == true)
    #expect(try fit(names, label: "y", declared: [("name", .categorical())]).width == 12)
    let many = try table("y,name\n" + (0..<2004).map { "\($0 % 2),n\($0 / 2)" }.joined(separator: "\n"))
    #expect(
      errors { try fit(many, label: "y") } == [
        "t.csv:1:3: \"name\" has more than 1000 different values that are not numbers. "
          + "Set data.columns[\"name\"] to \"text\" to learn from its words, to \"ignore\", or to \"categorical\" to make each value a category. [E0214]"
      ])
  }

  @Test func labelsThatAreNoClasses() throws {
    #expect(
      errors { try fit(table("x,y\n1,a\n2,a\n"), label: "y") } == [
        "t.csv:1:3: every training row has the label \"a\" in \"y\". Classification needs at least two classes. [E0219]"
      ])
    let own = try table("x,y\n" + (0..<10).map { "1,\($0).5" }.joined(separator: "\n"))
    #expect(
      errors { try fit(own, label: "y") } == [
        "t.csv:1:3: each of the 10 training rows has a different label in \"y\". Set data.label to a column with classes, or "
          + "\"task\" to \"regression\" to predict the number. [E0219]"
      ])
  }

  @Test func namesThatNoColumnHas() {
    #expect(
      errors { try fit(table(Self.text), label: "knid", declared: [("Age", .numeric()), ("height", .ignore)]) } == [
        "t.csv:1:1: data.label: unknown column \"knid\". Did you mean \"kind\"? "
          + "Columns: \"age\", \"colour\", \"plan\", \"kind\". [E0211]",
        "t.csv:1:1: data.columns: unknown column \"Age\". Did you mean \"age\"? "
          + "Columns: \"age\", \"colour\", \"plan\", \"kind\". [E0211]",
        "t.csv:1:1: data.columns: unknown column \"height\". Columns: \"age\", \"colour\", \"plan\", \"kind\". [E0211]",
      ])
    #expect(
      errors { try fit(table("a;y\n1;2\n"), label: "y") } == [
        "t.csv:1:1: data.label: unknown column \"y\". The header is one column, \"a;y\": set data.delimiter to \";\". [E0211]"
      ])
    #expect(
      errors { try fit(table(Self.text), label: "kind", declared: [("kind", .categorical())]) } == [
        "t.csv:1:17: data.columns declares \"kind\" categorical, but it is data.label. Remove it from one of them. [E0217]"
      ])
    #expect(
      errors { try fit(table("x,y\n1,a\n"), label: "y", declared: [("x", .ignore)]) } == [
        "t.csv:1:1: no feature columns: the table needs a column that is not the label, the split or ignored. [E0221]"
      ])
  }

  @Test func storedAndReadBack() throws {
    let text = "x,\"c,\"\"1\",y\n0.1,\"q\"\"\n\",10\n1e-7,é,9\n3.3333333333333335,e\u{301},9\n"
    let p = try fit(table(text), label: "y")
    let back = try Preprocessor(json: JSON.parse(p.json.serialized(pretty: true), path: "preprocessing.json"))
    #expect(back == p)
    #expect(try back.features(of: table(text), rows: [0, 1, 2]) == p.features(of: table(text), rows: [0, 1, 2]))
  }

  @Test func damagedStoresAreRejected() throws {
    let good = try fit(table(Self.text), label: "kind").json.serialized()
    func read(_ old: String, _ new: String) -> [String] {
      let parts = good.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
      return errors { try Preprocessor(json: JSON.parse(parts.joined(separator: new), path: "p.json")) }
    }
    #expect(read("\"version\":3", "\"version\":3") == [])
    #expect(
      read("\"version\":3", "\"version\":1") == [
        "p.json:1:12: the stored preprocessing is damaged or of another version: \"version\" must be 2 or 3. "
          + "Train the model again. [E0220]"
      ])
    for (old, new) in [
      ("\"no\"", "\"yes\""), ("\"numeric\"", "\"number\""), ("\"mean\":25.0", "\"mean\":\"x\""), ("[\"a\",\"b\"]", "[]"),
      ("\"columns\"", "\"c\""),
      ("\"deviation\":", "\"deviation\":-"),
    ] {
      #expect(good.contains(old) && read(old, new).count == 1, "\(old)")
    }
  }
}
