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

  /// 40 different rows, 24 of them twice; of the repeated ones those with an even number say something else than the first time if `changes`.
  private func twice(_ changes: Bool = false) {
    let line = { (row: Int, label: Int) in "\(Double(row * 37 % 101) / 10),\(row * 53 % 97),\(["u", "v"][label % 2])\n" }
    let rows = (0..<40).map { line($0, $0) } + (0..<24).map { line($0, changes && $0 % 2 == 0 ? $0 + 1 : $0) }
    lab.folder.write("a,b,y\n" + rows.joined(), to: "twice.csv")
  }

  private func tables(_ split: String) throws -> (tables: SplitTables, sizes: [Int]) {
    let data = "data={\"path\": \"\(lab.folder("twice.csv"))\", \"label\": \"y\", \"split\": \(split), \"drop_duplicates\": true}"
    let subject = try DoctorSubject(try lab.config([data]))
    let tables = try #require(subject.tables)
    let repeated = try #require(subject.repeated(Deadline(seconds: 60)))
    #expect(repeated.duplicates.isEmpty && repeated.copiesOfTraining.isEmpty, "no row is twice in a split, or in two")
    return (tables, DataSplit.allCases.map { tables.rows(of: $0)?.rows.count ?? 0 })
  }

  /// Nothing is lost, and no copy is on both sides.
  @Test func oneCopyIsKeptBeforeARandomSplit() throws {
    twice()
    #expect(try tables("{\"validation\": 0.2, \"test\": 0.25}").sizes == [22, 8, 10])
    #expect(try tables("{\"test\": 0.25}").sizes.reduce(0, +) == 40)
    #expect(try tables("{\"validation\": {\"folds\": 4, \"fold\": 2}}").sizes == [30, 10, 0])
    #expect(try tables("{\"validation\": null}").sizes == [40, 0, 0])
    // Those with two labels are kept with both, unless one is held out.
    twice(true)
    let sizes = try tables("{\"validation\": 0.2, \"test\": 0.25}").sizes
    #expect(sizes[1...] == [10, 13] && 20..<29 ~= sizes[0], "\(sizes) of 52 rows")
  }

  @Test func droppedRowsWithAnotherLabelAreCounted() throws {
    let split = ["train", "train", "validation", "test"]
    let rows = (0..<40).map { "\(Double($0 * 37 % 101) / 10),\($0 * 53 % 97),\(split[$0 % 4]),\(["u", "v"][$0 / 4 % 2])\n" }
    // The test rows 3, 7 and 11 again, two with the other label.
    let copies = [(3, "v"), (7, "v"), (11, "v")].map { "\(Double($0 * 37 % 101) / 10),\($0 * 53 % 97),train,\($1)\n" }
    lab.folder.write("a,b,part,y\n" + (rows + copies).joined(), to: "parts.csv")
    var notes: [String] = []
    let data = "{\"path\": \"\(lab.folder("parts.csv"))\", \"label\": \"y\", \"split\": {\"column\": \"part\"}, \"drop_duplicates\": true}"
    _ = try Runner.run(try lab.config(["name=parts", "data=\(data)"])) { if case .note(let note) = $0 { notes.append(note) } }
    let note = notes.first { $0.hasPrefix("dropped 3 training rows of ") }
    #expect(
      note?.hasSuffix("3 have the features of a validation or test row, 2 of them with another label than that row") ?? false, "\(notes)")
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
