import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

import TemperData
import TemperTables

@Suite("Values and labels to predict") struct TargetTests {
  static let text = "x,colour,y,big,red\n1,red,10,0,1\n2,blue,20,0,0\n3,red,60,1,1.0\n"

  @Test func valuesAreScaledByTheTrainingRowsAndBack() throws {
    let t = try table(Self.text)
    let p = try fit(t, target: .value("y"), rows: [0, 1])
    #expect(p.target == .value(label: "y", mean: 15, deviation: 5) && p.target.width == 1 && p.classes == [])
    let data = try p.dataset(of: t, rows: [0, 1, 2])
    #expect(data.targets.kind == .values([-1, 1, 9], width: 1))
    #expect(data.count == 3 && data.values == [-1, 1, 9] && data.targetWidth == 1 && data.labels == [])
    #expect(p.target.unscaled(data.values) == [10, 20, 60])
    #expect(p.columns.map(\.name) == ["x", "colour", "red"])
    let raw = try fit(t, target: .value("y"), targetRules: TargetRules(normalize: .none))
    #expect(try raw.dataset(of: t, rows: [2]).values == [60] && raw.target.unscaled([60]) == [60])
    #expect(try Preprocessor(json: JSON.parse(p.json.serialized(), path: "p.json")) == p)
  }

  @Test func predictionsAreMovedToTheRangeOfTheTrainingRows() throws {
    let t = try table(Self.text)
    let p = try fit(t, target: .value("y"), rows: [0, 1], targetRules: TargetRules(clamps: true))
    #expect(p.target == .value(label: "y", mean: 15, deviation: 5, bounds: 10...20))
    #expect(p.target.predicted([-1.5, -1, 0.5, 2]) == [10, 10, 17.5, 20] && p.target.predicted([.nan])[0].isNaN)
    // Targets are what they are.
    #expect(try p.target.unscaled(p.dataset(of: t, rows: [0, 2]).values) == [10, 60])
    #expect(try Preprocessor(json: JSON.parse(p.json.serialized(), path: "p.json")) == p)
    let free = try fit(t, target: .value("y"), rows: [0, 1])
    #expect(free != p && free.target.predicted([9]) == [60])
  }

  @Test func labelsAreOnesAndZeros() throws {
    let t = try table(Self.text)
    let p = try fit(t, target: .multilabel(["red", "big"]))
    let data = try p.dataset(of: t, rows: [0, 1, 2])
    #expect(data.targets.kind == .values([1, 0, 0, 0, 1, 1], width: 2))
    #expect(p.columns.map(\.name) == ["x", "colour", "y"] && p.target.width == 2)
    #expect(p.target.unscaled([0.5, 2]) == [0.5, 2])
    #expect(
      data.subset([2, 0])
        == Dataset(
          features: Array(data.features[8..<12] + data.features[0..<4]), width: 4, targets: .values([1, 1, 1, 0], width: 2), rowIDs: [2, 0])
    )
    #expect(try Preprocessor(json: JSON.parse(p.json.serialized(), path: "p.json")) == p)
  }

  @Test func mistakes() throws {
    let t = try table("x,y\n1,one\n2,\n3,1e39\n")
    #expect(
      errors { try fit(t, target: .value("y")) } == [
        "t.csv:2:3: \"y\" is the regression target, but \"one\" is not a 32-bit number. Write it like -12.5 or 3e-4, or remove the row. [E0212]",
        "t.csv:3:3: \"y\" is the label, but has no value here. Fill it in, or remove the row. [E0213]",
        "t.csv:4:3: \"y\" is the regression target, but \"1e39\" is not a 32-bit number. Write it like -12.5 or 3e-4, or remove the row. [E0212]",
      ])
    #expect(
      errors { try fit(table("x,y\n1,5\n2,\n3,one\n4,two\n"), target: .value("y")) } == [
        "t.csv:4:3: \"y\" is the regression target, but 2 of 4 training rows have text in it, the first \"one\". "
          + "If these are classes, set \"task\" to \"classification\"; otherwise set data.label to a numeric column. [E0212]"
      ])
    #expect(
      errors { try fit(table("x,a,b\n1,2,0\n2,1,yes\n3,1,\n"), target: .multilabel(["a", "b"])) } == [
        "t.csv:2:3: \"a\" is a label, but \"2\" is neither 1 nor 0. Write 1 if the row has the label, otherwise 0. [E0223]",
        "t.csv:3:5: \"b\" is a label, but \"yes\" is neither 1 nor 0. Write 1 if the row has the label, otherwise 0. [E0223]",
        "t.csv:4:5: \"b\" is the label, but has no value here. Fill it in, or remove the row. [E0213]",
      ])
    #expect(
      errors { try fit(table("x,y\n1,5\n2,5.0\n"), target: .value("y")) } == [
        "t.csv:1:3: every training row has the value 5.0 in \"y\". Regression needs at least two different values. [E0219]"
      ])
    #expect(
      errors { try fit(table("x,a\n1,0\n"), target: .multilabel(["a", "a", "c"])) } == [
        "t.csv:1:1: data.labels: unknown column \"c\". Columns: \"x\", \"a\". [E0211]",
        "t.csv:1:3: data.labels names \"a\" twice. Name it once. [E0217]",
      ])
    let p = try fit(table("x,y\n1,1e-30\n2,3e-30\n"), target: .value("y"))
    #expect(
      errors { try p.dataset(of: table("x,y\n1,1e20\n"), rows: [0]) }
        == ["t.csv:2:3: \"1e20\" is so far outside the range of \"y\" in the training rows that it overflows. Correct the value. [E0212]"])
    #expect(
      errors { try p.dataset(of: table("x\n1\n"), rows: [0]) }
        == ["t.csv:1:1: the label column \"y\" is missing. Columns: \"x\". [E0218]"])
  }

  @Test func tablesOfValuesAndLabelsAreLoaded() throws {
    let rows = (0..<40).map { "\($0).5,\($0 * 3),\($0 % 2),0,\(["train", "test", "unused", "train"][$0 % 4])\n" }.joined()
    try withFile("x,y,a,b,part\n" + rows) { path in
      let source = TableConfig.Source.single(path: path, split: .random(validation: nil, test: 0.25, stratify: true))
      let ignored: [(name: String, rules: ColumnRules)] = [("part", .ignore), ("a", .ignore), ("b", .ignore)]
      let values = try LoadedData(TableConfig(source: source, target: .value("y"), columns: ignored), seed: 1)
      #expect([values.train.count, values.validation?.count, values.test?.count] == [27, 3, 10])
      #expect(
        values.notes == [
          "1 feature from 1 column (1 numeric: \"x\"); regression target: \"y\"",
          "no validation rows given: 3 of 30 training rows are held out (a tenth, at random, seed 1); set \"validation\" to null to turn this off",
        ])
      let byColumn = TableConfig.Source.single(path: path, split: .column("part"))
      let labels = try LoadedData(
        TableConfig(source: byColumn, target: .multilabel(["a", "b"]), columns: [("y", .ignore)], holdOutValidation: false), seed: 1)
      #expect([labels.train.count, labels.validation?.count, labels.test?.count] == [20, nil, 10])
      #expect(labels.test?.values == Array(repeating: [1, 0], count: 10).flatMap { $0 })
      #expect(
        labels.notes == [
          "1 feature from 1 column (1 numeric: \"x\"); 2 labels to predict: \"a\", \"b\"",
          "no training row has the label \"b\", which cannot be learned",
        ])
    }
  }

  @Test func predictionsOfValuesAndLabels() throws {
    let t = try table("id\n7\n8\n")
    let values = try PredictionWriter(.csv, table: t, passthrough: ["id"], target: .value(label: "y", mean: 0, deviation: 1))
    #expect(values.header + values.lines(rows: 0..<2, outputs: [1.5, -2]) == "id,prediction\n7,1.5\n8,-2.0\n")
    let labels = try PredictionWriter(.jsonl, table: t, passthrough: [], target: .multilabel(["a", "b"]))
    #expect(labels.lines(rows: 1..<2, outputs: [0.25, 0.75]) == "{\"probability_a\":0.25,\"probability_b\":0.75}\n")
    let images = try PredictionWriter(.csv, table: nil, passthrough: [], target: .classes(label: "label", names: ["0", "1"]))
    #expect(images.header + images.lines(rows: 5..<6, outputs: [0.25, 0.75]) == "prediction,probability_0,probability_1\n1,0.25,0.75\n")
  }
}
