import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  private static func block(_ members: String) -> String { "data={\"label\": \"kind\", \"columns\": {\"part\": \"ignore\"}, \(members)}" }

  /// How many training, validation and test rows a run had.
  static func rows(_ run: TrainedRun) -> [Int?] {
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
    KeyCase("data.unlabelled (csv)") { (lab: Lab) throws in
      let lines = SampleTable.csv(rows: 40).split(separator: "\n")
      let holed = lines.enumerated().map { number, line in
        number == 7 ? line.split(separator: ",", omittingEmptySubsequences: false).dropLast().joined(separator: ",") + "," : String(line)
      }
      lab.folder.write(holed.joined(separator: "\n"), to: "holed.csv")
      let train = "\"train\": \"\(lab.folder("holed.csv"))\", \"validation\": null"
      #expect(rows(try lab.train([block("\(train), \"unlabelled\": \"drop\"")])) == [39, nil, nil])
      #expect(throws: Diagnostics.self) { try lab.train([block(train)]) }
    },
    KeyCase("data.drop_duplicates (csv, npy)") { (lab: Lab) throws in
      // Two more rows: one repeats the first, one the second with another kind. The third is a validation row.
      let lines = SampleTable.csv(rows: 40).split(separator: "\n").map(String.init)
      let other = String(lines[2].dropLast()) + (lines[2].hasSuffix("a") ? "b" : "a")
      lab.folder.write((lines + [lines[1], other]).joined(separator: "\n") + "\n", to: "train.csv")
      let others = SampleTable.csv(rows: 9, seed: 2).split(separator: "\n").dropFirst().map(String.init)
      lab.folder.write(([lines[0], lines[3]] + others).joined(separator: "\n"), to: "v.csv")
      let files = "\"train\": \"\(lab.folder("train.csv"))\", \"validation\": \"\(lab.folder("v.csv"))\""
      let (all, fewer) = (try lab.train([block(files)]), try lab.train([block("\(files), \"drop_duplicates\": true")]))
      #expect(rows(all) == [42, 10, nil] && rows(fewer) == [40, 10, nil])
      #expect(try fewer.last != all.last && lab.train([block("\(files), \"drop_duplicates\": false")]).last == all.last)
      // The same rows are left out when the model is evaluated.
      let evaluation = try StoredModel.read(fewer.directory).evaluate(.train)
      #expect(evaluation?.report.count == 40 && evaluation?.loss == fewer.outcome.train.loss)
      // Nothing is left of rows that are all held out.
      let same = "\"train\": \"\(lab.folder("train.csv"))\", \"validation\": \"\(lab.folder("train.csv"))\", \"drop_duplicates\": true"
      #expect(throws: Diagnostics.self) { try lab.train([block(same)]) }
      // Rows of these arrays come again after 33.
      let arrays = arrays(lab, "again", count: 40)
      #expect(rows(try lab.train(block(arrays, "\"validation_features\": null"))) == [40, nil, nil])
      #expect(rows(try lab.train(block(arrays, "\"validation_features\": null", "\"drop_duplicates\": true"))) == [33, nil, nil])
    },
    KeyCase("data.split.column (csv)") { (lab: Lab) throws in
      let run = try lab.train([
        "data={\"path\": \"\(lab.folder("t.csv"))\", \"label\": \"kind\", \"split\": {\"column\": \"part\"}}"
      ])
      #expect(rows(run) == [36, 12, 12])
      // Rows that are unused are in no part.
      let lines = SampleTable.csv().split(separator: "\n")
      let fewer = lines.enumerated().map {
        $0.offset == 1 ? String($0.element).replacingFirst(",train,", with: ",unused,") : String($0.element)
      }
      lab.folder.write(fewer.joined(separator: "\n") + "\n", to: "fewer.csv")
      let part = "\"label\": \"kind\", \"split\": {\"column\": \"part\"}"
      #expect(rows(try lab.train(["data={\"path\": \"\(lab.folder("fewer.csv"))\", \(part)}"])) == [35, 12, 12])
    },
    KeyCase("data.split.validation (csv, npy)") { (lab: Lab) throws in
      #expect(rows(try lab.train(["data.split.validation=0.25"])) == [45, 15, nil])
      #expect(rows(try lab.train(["data.split={\"validation\": null}"])) == [60, nil, nil])
      #expect(rows(try lab.train()) == [54, 6, nil])
    },
    KeyCase("data.split.test (csv, npy)") { (lab: Lab) throws in
      // A tenth of the 45 rows that are left is held out for validation.
      #expect(rows(try lab.train(["data.split.test=0.25"])) == [40, 5, 15])
    },
    KeyCase("data.split.stratify (csv, npy)") { (lab: Lab) throws in
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
    KeyCase("data.labels (csv)") { (lab: Lab) throws in
      let run = try lab.train(lab.multilabel())
      let report = try #require(run.outcome.train.report as? MultilabelReport)
      #expect(report.scores.map(\.name) == ["is_a", "is_red"])
      // What is not to be predicted is learned from.
      let one = try lab.train(lab.multilabel("[\"is_red\"]"))
      #expect((one.outcome.train.report as? MultilabelReport)?.scores.map(\.name) == ["is_red"])
      #expect(run.outcome.model == "mlp 3-8-2" && one.outcome.model == "mlp 4-8-1")
      #expect(throws: Diagnostics.self) { try lab.config(["data.labels=[\"kind\"]"]) }
    },
    KeyCase("data.normalize_target (csv, npy)") { (lab: Lab) throws in
      // Numbers far from 0: a model learns their deviations, but cannot come as far as the numbers themselves in a few steps.
      let lines = SampleTable.csv().split(separator: "\n")
      let rows = lines.dropFirst().enumerated().map { "\($0.element),\(1000 + $0.offset % 7)" }
      lab.folder.write(([lines[0] + ",far"] + rows).joined(separator: "\n") + "\n", to: "far.csv")
      func run(_ changes: [String]) throws -> TrainedRun {
        try lab.train(["task=regression", "data.label=far", "data.path=\(lab.folder("far.csv"))"] + changes)
      }
      func rmse(_ run: TrainedRun) throws -> Double { try #require(run.outcome.train.report as? RegressionReport).rmse ?? .nan }
      let (standard, none) = (try run(["data.normalize_target=standard"]), try run(["data.normalize_target=none"]))
      #expect(try run([]).last == standard.last)
      #expect(try rmse(standard) < 10)
      #expect(try rmse(none) > 500)
      #expect(throws: Diagnostics.self) { try lab.config(["data.normalize_target=none"]) }
    },
    KeyCase("data.clamp_target (csv, npy)") { (lab: Lab) throws in
      // The last rows have numbers that no training row has.
      let lines = SampleTable.csv().split(separator: "\n")
      let rows = lines.dropFirst().enumerated().map { "\($0.element),\($0.offset < 50 ? $0.offset % 3 : 9)" }
      lab.folder.write(([lines[0] + ",number"] + rows).joined(separator: "\n") + "\n", to: "numbers.csv")
      func run(_ changes: String...) throws -> TrainedRun {
        try lab.train(
          ["task=regression", "data.label=number", "data.path=\(lab.folder("numbers.csv"))", "optimizer.learning_rate=0.3"] + changes)
      }
      let (free, clamped) = (try run(), try run("data.clamp_target=true"))
      #expect(free.last == clamped.last)
      let table = try Table(path: lab.folder("numbers.csv"))
      func predictions(_ run: TrainedRun) throws -> [Double] {
        try StoredModel.rows(run.directory).predictions(table, rows: 0..<table.count)
      }
      let bundle = try StoredModel.rows(clamped.directory)
      guard case .value(_, _, _, let bounds?) = bundle.preprocessor.target else { Issue.record("no bounds"); return }
      let (wide, narrow) = (try predictions(free), try predictions(clamped))
      #expect(narrow == wide.map { min(max($0, bounds.lowerBound), bounds.upperBound) } && narrow != wide)
      // Metrics are of the same numbers, in the run and after it.
      let truth = (0..<table.count).compactMap { table.number(row: $0, column: table.header.count - 1) }
      let mean = zip(narrow, truth).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(truth.count)
      #expect(abs(try #require((bundle.evaluate(table).report as? RegressionReport)?.mae) - mean) < 1e-6)
      #expect(try bundle.evaluate(.train)?.metrics == clamped.outcome.train.metrics)
      #expect(throws: Diagnostics.self) { try lab.config(["data.clamp_target=true"]) }
    },
    KeyCase("data.columns (csv)") { (lab: Lab) throws in
      // Three numbers and three colors; without the colors; with a number as 54 or fewer categories; with the column of parts.
      #expect(try lab.train().outcome.model == "mlp 6-8-3")
      #expect(try lab.train(["data.columns.color=ignore"]).outcome.model == "mlp 3-8-3")
      #expect(try lab.train(["data.columns={}"]).outcome.model == "mlp 9-8-3")
      #expect(throws: Diagnostics.self) { try lab.train(["data.columns.color=numeric"]) }
    },
    KeyCase("data.normalize (csv, npy)") { (lab: Lab) throws in
      let files = arrays(lab, "t", count: 30)
      let ofArrays = try ["standard", "none"].map { try lab.train(block(files, "\"normalize\": \"\($0)\"")) }
      #expect(ofArrays[0].last != ofArrays[1].last)
      #expect(try ofArrays[0].last == lab.train(block(files)).last)
      let runs = try ["standard", "none"].map { try lab.train(["data.normalize=\($0)"]) }
      #expect(runs[0].last != runs[1].last)
      let columns = try runs.map { try #require(try $0.json("best/preprocessing.json")["columns"]?.array?.first) }
      #expect(columns[0]["deviation"]?.number != 1)
      #expect(columns[1]["mean"]?.number == 0)
      #expect(columns[1]["deviation"]?.number == 1)
      for rule in ["robust_clip", "quantile"] {
        let run = try lab.train(["data.normalize=\(rule)"])
        #expect(try run.json("best/preprocessing.json")["columns"]?.array?.first?["scaling"]?.string == rule)
        #expect(try StoredModel.rows(run.directory).evaluate(.validation)?.metrics == run.outcome.validation?.metrics)
        let again = try train(ConfigFile(path: run.directory + "/resolved.json", overrides: ["name=\(rule)-again"]))
        #expect(again.last == run.last)
        let noise = "train={\"max_steps\": 2, \"augment\": {\"noise\": 0.1, \"shape\": [3], \"shift\": 1}}"
        let error = #expect(throws: Diagnostics.self) {
          try lab.train(["data.normalize=\(rule)", "data.columns.color=ignore", noise])
        }
        #expect(error?.description.contains("train.augment.shift: requires columns that are scaled linearly") == true)
      }
    },
    KeyCase("data.delimiter (csv)") { (lab: Lab) throws in
      lab.folder.write(SampleTable.csv(delimiter: ";"), to: "semicolons.csv")
      let path = "\"path\": \"\(lab.folder("semicolons.csv"))\""
      #expect(try lab.train([block("\(path), \"delimiter\": \";\"")]).last == lab.train().last)
      #expect(throws: Diagnostics.self) { try lab.train([block(path)]) }
    },
  ]

  /// The data block of images with their labels, and more members.
  private static func images(_ files: (images: String, labels: String), _ members: String = "") -> [String] {
    [
      "data={\"type\": \"idx\", \"train_images\": \"\(files.images)\", \"train_labels\": \"\(files.labels)\""
        + (members.isEmpty ? "}" : ", \(members)}")
    ]
  }

  static let imageCases: [KeyCase] = [
    KeyCase("data.train_images (idx)") { (lab: Lab) throws in
      let (run, other) = (
        try lab.train(images(lab.images("train", count: 30))), try lab.train(images(lab.images("other", count: 30, brightness: 50)))
      )
      #expect(run.outcome.model == "mlp 6-8-3")
      #expect(rows(run) == [27, 3, nil])
      #expect(run.last != other.last)
    },
    KeyCase("data.train_labels (idx)") { (lab: Lab) throws in
      let (files, others) = (lab.images("train", count: 30), lab.images("other", count: 30, shift: 1))
      #expect(try lab.train(images(files)).last != lab.train(images((files.images, others.labels))).last)
      #expect(throws: Diagnostics.self) { try lab.train(images((files.images, lab.images("few", count: 12).labels))) }
    },
    KeyCase("data.test_images (idx)") { (lab: Lab) throws in
      let (files, test) = (lab.images("train", count: 30), lab.images("test", count: 12))
      let (bright, labels) = (lab.images("bright", count: 12, brightness: 70).images, "\"test_labels\": \"\(test.labels)\"")
      let runs = try [test.images, bright].map { try lab.train(images(files, "\(labels), \"test_images\": \"\($0)\"")) }
      #expect(rows(runs[0]) == [27, 3, 12])
      #expect(runs[0].last == runs[1].last)
      #expect(runs[0].outcome.test?.loss != runs[1].outcome.test?.loss)
      #expect(throws: Diagnostics.self) { try lab.config(images(files, labels)) }
    },
    KeyCase("data.test_labels (idx)") { (lab: Lab) throws in
      let (files, test) = (lab.images("train", count: 30), lab.images("test", count: 12))
      let (others, pictures) = (lab.images("others", count: 12, shift: 1).labels, "\"test_images\": \"\(test.images)\"")
      let runs = try [test.labels, others].map { try lab.train(images(files, "\(pictures), \"test_labels\": \"\($0)\"")) }
      #expect(runs[0].last == runs[1].last)
      #expect(runs[0].outcome.test?.loss != runs[1].outcome.test?.loss)
      #expect(throws: Diagnostics.self) { try lab.config(images(files, pictures)) }
    },
    KeyCase("data.validation (idx)") { (lab: Lab) throws in
      let files = lab.images("train", count: 30)
      #expect(rows(try lab.train(images(files, "\"validation\": 0.2"))) == [24, 6, nil])
      #expect(rows(try lab.train(images(files, "\"validation\": null"))) == [30, nil, nil])
    },
    KeyCase("data.normalize (idx, images)") { (lab: Lab) throws in
      let files = lab.images("train", count: 30)
      let runs = try ["unit", "standard", "none"].map { try lab.train(images(files, "\"normalize\": \"\($0)\"")) }
      #expect(Set(runs.map(\.last)).count == 3)
      #expect(try runs[0].last == lab.train(images(files)).last)
    },
  ]
}
