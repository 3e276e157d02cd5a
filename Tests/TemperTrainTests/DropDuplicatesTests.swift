import Synchronization
import TemperData
import TemperJSON
import TemperMetrics
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperTrain

/// Repeated training rows are dropped wherever the rows of a run are read again, and nowhere else.
@Suite struct DropDuplicatesTests {
  private let lab = Lab()

  /// The sample with its first five rows again, in the training rows.
  init() {
    let lines = SampleTable.csv().split(separator: "\n").map(String.init)
    let training = lines.filter { $0.contains(",train,") }
    lab.folder.write((lines + training.prefix(5)).joined(separator: "\n") + "\n", to: "t.csv")
  }

  private func config(_ name: String, drops: Bool = true) throws -> ConfigFile {
    let data =
      "{\"path\": \"\(lab.folder("t.csv"))\", \"label\": \"kind\", \"split\": {\"column\": \"part\"}, \"drop_duplicates\": \(drops)}"
    return try lab.config(["name=\(name)", "data=\(data)", "checkpoint={\"every_steps\": 1}", "train.epochs=3"])
  }

  @Test func aResumedRunHasTheSameRows() throws {
    let whole = try train(try config("whole"))
    #expect(whole.outcome.train.report.count == 36)
    let taken = Mutex(0)
    let file = try config("parts")
    let ending = try Runner.run(file, options: .init(isInterrupted: { taken.withLock { $0 >= 4 } })) { event in
      if case .stepped(let number, _) = event { taken.withLock { $0 = number } }
    }
    #expect(ending.interruption != nil)
    let rest = try #require(try Runner.run(file, options: .init(existing: .resume)).outcome)
    #expect(TrainedRun(rest).last == whole.last)
    // The key is fixed for a run.
    #expect(throws: Diagnostics.self) { try Runner.run(try config("parts", drops: false), options: .init(existing: .resume)) }
    // What is resolved has it.
    let again = try ConfigFile(path: whole.directory + "/resolved.json", overrides: ["name=again"])
    #expect(try train(again).last == whole.last)
  }

  @Test func otherFilesKeepTheirRows() throws {
    let (all, fewer) = (try train(try config("all", drops: false)), try train(try config("fewer")))
    #expect(all.outcome.train.report.count == 41 && all.last != fewer.last)
    let model = try StoredModel.read(fewer.directory)
    #expect(try model.evaluate(input: lab.folder("t.csv"), labels: nil).report.count == 65)
    #expect(try model.evaluate(.test)?.report.count == all.outcome.test?.report.count)
    var predicted = ""
    var stream = PredictionStream(
      try RowPredictor(reading: fewer.directory, for: "a test", components: .standard), .csv, keeping: .columns([])
    ) { predicted += $0 }
    try stream.run(lab.folder("t.csv"))
    #expect(predicted.split(separator: "\n").count == 66)
  }

  /// Of texts, only the text is compared.
  @Test func textsAreComparedByTheText() throws {
    let text = { (row: Int) in "\(row * 7919 % 61) \(row * 31 % 59)" }
    let rows = (0..<40).map { "\($0),\(text($0)),\(["u", "v"][$0 % 2])" } + (0..<4).map { "\($0 + 90),\(text($0)),\(["u", "v"][$0 % 2])" }
    lab.folder.write("n,t,y\n" + rows.joined(separator: "\n") + "\n", to: "texts.csv")
    let data = "\"path\": \"\(lab.folder("texts.csv"))\", \"label\": \"y\", \"text\": \"t\", \"split\": {\"validation\": null}"
    let counts = try [false, true].map { drops in
      try lab.train([
        "data={\(data), \"drop_duplicates\": \(drops)}", "model={\"type\": \"ngram_linear\", \"buckets\": 64}", "optimizer={}",
      ])
      .outcome.train.report.count
    }
    #expect(counts == [44, 40])
  }
}
