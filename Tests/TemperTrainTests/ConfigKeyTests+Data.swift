import TemperData
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  private static func block(_ members: String) -> String { "data={\"label\": \"kind\", \"columns\": {\"part\": \"ignore\"}, \(members)}" }

  /// How many training, validation and test rows a run had.
  private static func rows(_ run: TrainedRun) -> [Int?] {
    [run.outcome.train.report.count, run.outcome.validation?.report.count, run.outcome.test?.report.count]
  }

  static let dataCases: [KeyCase] = [
    KeyCase("data.type") { (lab: Lab) throws in
      let made = try lab.train(["data={\"type\": \"random\", \"rows\": 50, \"inputs\": 3, \"classes\": 4}"])
      #expect(made.outcome.model == "mlp 3-8-4")
      #expect(try lab.train().outcome.model == "mlp 6-8-3")
    },
    KeyCase("data.rows (random)") { (lab: Lab) throws in
      let made = try lab.train(["data={\"type\": \"random\", \"rows\": 37, \"inputs\": 3, \"classes\": 4}"])
      #expect(rows(made) == [37, nil, nil])
    },
    KeyCase("data.inputs (random)") { (lab: Lab) throws in
      #expect(try lab.train(["data={\"type\": \"random\", \"inputs\": 11, \"classes\": 4}"]).outcome.model == "mlp 11-8-4")
    },
    KeyCase("data.classes (random)") { (lab: Lab) throws in
      #expect(try lab.train(["data={\"type\": \"random\", \"inputs\": 3, \"classes\": 9}"]).outcome.model == "mlp 3-8-9")
    },
    KeyCase("data.path (csv)") { (lab: Lab) throws in
      lab.folder.write(SampleTable.csv(seed: 9), to: "other.csv")
      #expect(try lab.train([block("\"path\": \"\(lab.folder("other.csv"))\"")]).last != lab.train().last)
    },
    KeyCase("data.train (csv)") { (lab: Lab) throws in
      lab.folder.write(SampleTable.csv(rows: 40), to: "train.csv")
      #expect(rows(try lab.train([block("\"train\": \"\(lab.folder("train.csv"))\"")])) == [36, 4, nil])
    },
    KeyCase("data.validation (csv)") { (lab: Lab) throws in
      lab.folder.write(SampleTable.csv(rows: 13, seed: 2), to: "v.csv")
      let train = "\"train\": \"\(lab.folder("t.csv"))\", \"validation\": "
      #expect(rows(try lab.train([block("\(train) \"\(lab.folder("v.csv"))\"")])) == [60, 13, nil])
      #expect(rows(try lab.train([block("\(train) null")])) == [60, nil, nil])
    },
    KeyCase("data.test (csv)") { (lab: Lab) throws in
      lab.folder.write(SampleTable.csv(rows: 17, seed: 3), to: "test.csv")
      let run = try lab.train([block("\"train\": \"\(lab.folder("t.csv"))\", \"test\": \"\(lab.folder("test.csv"))\"")])
      #expect(rows(run) == [54, 6, 17])
    },
    KeyCase("data.split.column (csv)") { (lab: Lab) throws in
      let run = try lab.train([
        "data={\"path\": \"\(lab.folder("t.csv"))\", \"label\": \"kind\", \"split\": {\"column\": \"part\"}}"
      ])
      #expect(rows(run) == [36, 12, 12])
    },
    KeyCase("data.split.validation (csv)") { (lab: Lab) throws in
      #expect(rows(try lab.train(["data.split.validation=0.25"])) == [45, 15, nil])
      #expect(rows(try lab.train(["data.split={\"validation\": null}"])) == [60, nil, nil])
      #expect(rows(try lab.train()) == [54, 6, nil])
    },
    KeyCase("data.split.test (csv)") { (lab: Lab) throws in
      // A tenth of the 45 rows that are left is held out for validation.
      #expect(rows(try lab.train(["data.split.test=0.25"])) == [40, 5, 15])
    },
    KeyCase("data.split.stratify (csv)") { (lab: Lab) throws in
      let split = ["data.split.validation=0.2", "data.split.test=0.2"]
      let (even, uneven) = (try lab.train(split), try lab.train(split + ["data.split.stratify=false"]))
      #expect(even.last != uneven.last)
      #expect((even.outcome.test?.report as? ClassificationReport)?.scores.map(\.support) == [6, 3, 3])
      #expect(rows(uneven) == rows(even))
    },
    KeyCase("data.label (csv)") { (lab: Lab) throws in
      let run = try lab.train(["data.label=color"])
      #expect((run.outcome.train.report as? ClassificationReport)?.scores.map(\.name) == ["blue", "green", "red"])
    },
    KeyCase("data.columns (csv)") { (lab: Lab) throws in
      // Three numbers and three colors; without the colors; with a number as 54 or fewer categories; with the column of parts.
      #expect(try lab.train().outcome.model == "mlp 6-8-3")
      #expect(try lab.train(["data.columns.color=ignore"]).outcome.model == "mlp 3-8-3")
      #expect(try lab.train(["data.columns={}"]).outcome.model == "mlp 9-8-3")
      #expect(throws: Diagnostics.self) { try lab.train(["data.columns.color=numeric"]) }
    },
    KeyCase("data.normalize (csv)", givesOtherWeights: [["data.normalize=standard"], ["data.normalize=none"]]) {
      (runs: [TrainedRun]) throws in
      let columns = try runs.map { try #require(try $0.json("best/preprocessing.json")["columns"]?.array?.first) }
      #expect(columns[0]["deviation"]?.number != 1)
      #expect(columns[1]["mean"]?.number == 0)
      #expect(columns[1]["deviation"]?.number == 1)
    },
    KeyCase("data.delimiter (csv)") { (lab: Lab) throws in
      lab.folder.write(SampleTable.csv(delimiter: ";"), to: "semicolons.csv")
      let path = "\"path\": \"\(lab.folder("semicolons.csv"))\""
      #expect(try lab.train([block("\(path), \"delimiter\": \";\"")]).last == lab.train().last)
      #expect(throws: Diagnostics.self) { try lab.train([block(path)]) }
    },
  ]
}
