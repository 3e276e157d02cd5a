import Synchronization
import TemperCore
import TemperJSON
import TemperMetrics
import TemperRunSupport
import Testing

@testable import TemperTrain

/// An experiment of one's own: trains the same config with two seeds, and reports the mean. It is the example of CONTRIBUTING.md.
struct SeedMean: Experiment {
  static let mark: String? = "seeds.json"
  static let contents = "the runs of several seeds"

  init?(_ file: ConfigFile) {
    if !file.config.name.hasPrefix("seeds") { return nil }
  }

  func carryOut(_ runs: RunFactory) throws(Diagnostics) -> any RunResult {
    let directory = try ExperimentDirectory(
      runs, mark: "seeds.json", changeable: ["expect", "threads", "output_dir", "name"], otherwise: "is not a run of several seeds",
      advice: "Only expect and threads may change.")
    var losses = (directory.earlier?["losses"]?.array ?? []).compactMap(\.number)
    try directory.begin(Self.content(losses))
    for seed in (1...2).dropFirst(losses.count) {
      let file = try runs.file.part("seed-\(seed)", of: directory.path, changing: [("seed", .integer(seed))])
      guard let outcome = try runs.train(file, as: RunPart("seed", seed, of: 2)) else { return runs.interruption }
      losses.append(outcome.train.loss ?? .nan)
      try directory.write(Self.content(losses))
    }
    return SeedMeanResult(directory: directory.path, mean: losses.reduce(0, +) / 2, expectations: runs.file.config.expectations)
  }

  private static func content(_ losses: [Double]) -> JSON { .object([("losses", .array(losses.map { .number($0) }))]) }

  static func record(of directory: RecordedDirectory) -> RunRecord {
    let losses = (directory.json("seeds.json")?["losses"]?.array ?? []).compactMap(\.number)
    let mean = JSON.object([("train", .object([("loss", .number(losses.reduce(0, +) / Double(max(1, losses.count))))]))])
    return RunRecord(
      directory, losses.count < 2 ? .interrupted : .completed, parts: .init(name: "seeds", ended: losses.count, count: 2), metrics: mean)
  }
}

/// What it came to.
struct SeedMeanResult: RunResult {
  let directory: String
  let mean: Double
  let expectations: [TemperTrain.Expectation]

  var json: JSON { .object([("run", .string(directory)), ("mean_loss", .number(mean))]) }
  var text: String? { ResultTable.facts([("run", directory), ("mean loss", fixed(mean, 4))]) }
  var checks: [TemperTrain.Expectation.Check] { expectations.map { .init(expectation: $0, value: mean) } }
  var warnings: [Warning] { [] }
  var isStrict: Bool { false }
  var failures: [String] { [] }
}

@Suite struct ExperimentTests {
  private let lab = Lab()
  private static let experiments: [any Experiment.Type] = [SeedMean.self] + Experiments.all

  private func options(_ existing: Runner.Existing = .refuse, until isInterrupted: @escaping @Sendable () -> Bool = { false })
    -> Runner.Options
  {
    .init(existing: existing, experiments: Self.experiments, isInterrupted: isInterrupted)
  }

  @Test func anExperimentOfOnesOwnIsCarriedOut() throws {
    let parts = Mutex<[String]>([])
    let result = try Runner.run(try lab.config(["name=seeds"]), options: options()) { event in
      if case .part(let part) = event { parts.withLock { $0.append("\(part.label) of \(part.count)") } }
    }
    let alone = try (1...2).map { try #require(try lab.train(["seed=\($0)"]).outcome.train.loss) }
    let mean = (alone[0] + alone[1]) / 2
    #expect(result.json["mean_loss"]?.number == mean && result.status == .success)
    #expect(result.text == "run         \(result.directory)\nmean loss   \(fixed(mean, 4))")
    #expect(parts.withLock { $0 } == ["seed 1 of 2", "seed 2 of 2"])
    // Its parts are ordinary runs.
    let records = try RunRecord.all(in: result.directory)
    #expect(records.first?.path == result.directory)
    #expect(try RunRecord.all(in: result.directory + "/seed-2").map(\.state) == [.completed])
    // A config that it does not take is carried out as ever.
    #expect(try Runner.run(try lab.config(["name=other"]), options: options()).outcome != nil)
  }

  @Test func itsExpectationsDecideTheExitStatus() throws {
    let result = try Runner.run(try lab.config(["name=seeds", "expect={\"train.loss\": {\"max\": 0}}"]), options: options())
    #expect(result.status == .expectation)
  }

  @Test(arguments: [0, 3, 9]) func itGoesOnWhereItWas(stop: Int) throws {
    let whole = try Runner.run(try lab.config(["name=seeds-whole"]), options: options())
    let taken = Mutex(0)
    let stopped = try Runner.run(try lab.config(["name=seeds"]), options: options { taken.withLock { $0 >= stop } }) { event in
      if case .stepped = event { taken.withLock { $0 += 1 } }
    }
    let interruption = try #require(stopped.interruption)
    #expect(stopped.status == .interrupted && interruption.part?.number == (stop < 8 ? 1 : 2))
    #expect(interruption.sentence.contains(" of seed "))
    let record = try RunRecord.all(in: stopped.directory, of: Self.experiments)
    #expect(record.map(\.state) == [.interrupted] && record[0].parts?.ended == (stop < 8 ? 0 : 1))
    let rest = try Runner.run(try ConfigFile(resuming: stopped.directory), options: options(.resume))
    #expect(rest.json["mean_loss"] == whole.json["mean_loss"])
    let ended = try RunRecord.all(in: rest.directory, of: Self.experiments)
    #expect(ended.map(\.state) == [.completed])
    #expect(ended[0].json["seeds_ended"] == 2 && ended[0].value(of: "train.loss") == whole.json["mean_loss"]?.number)
  }

  @Test func everyKindIsKnownByAFileOfItsOwn() {
    let marks = Experiments.all.compactMap { $0.mark }
    #expect(Set(marks).count == marks.count)
    #expect(Experiments.all.count == marks.count + 1, "a run is known by having no such file")
  }
}
