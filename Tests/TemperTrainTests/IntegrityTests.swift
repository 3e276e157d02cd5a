import Glibc
import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperRunSupport
import Testing

@testable import TemperTrain

/// What a disk or a copy has changed is not taken for what was written.
@Suite struct IntegrityTests {
  private let lab = Lab()

  private func trained(_ changes: [String] = []) throws -> TrainedRun {
    try lab.train(["checkpoint={\"every_steps\": 2}", "train.epochs=2", "data.split={\"test\": 0.2}"] + changes)
  }

  private func resume(_ run: TrainedRun) throws(Diagnostics) {
    _ = try Runner.run(try ConfigFile(resuming: run.directory), options: .init(existing: .resume))
  }

  /// Flips one bit of a file at each of `count` places, and gives `read` each time; it must throw an error of the data that names the file.
  private func flip(_ path: String, count: Int, _ read: () throws -> Void) throws {
    let bytes = try #require(TestFiles.bytes(path))
    for place in 0..<count {
      var flipped = bytes
      let position = place * (bytes.count - 1) / (count - 1)
      flipped[position] ^= 1 << UInt8(place % 8)
      // Equal weights are one file under several names; only this one is to change.
      TestFiles.remove(path)
      TestFiles.write(flipped, to: path)
      do {
        try read()
        Issue.record("\(path): bit \(place % 8) of byte \(position) was not missed")
      } catch let error as Diagnostics {
        #expect(ExitStatus(error) == .data, "\(error)")
        #expect(error.description.contains(path), "\(error)")
      }
    }
    TestFiles.write(bytes, to: path)
  }

  @Test func everyBitOfAStoredModelCounts() throws {
    let run = try trained()
    for name in TestFiles.names(run.directory + "/best") {
      try flip(run.directory + "/best/" + name, count: 60) { _ = try StoredModel.rows(run.directory) }
    }
    _ = try StoredModel.rows(run.directory)
    TestFiles.remove(run.directory + "/best/preprocessing.json")
    #expect(throws: Diagnostics.self) { try StoredModel.rows(run.directory) }
  }

  @Test func everyBitOfACheckpointCounts() throws {
    let run = try trained()
    let folder = run.directory + "/checkpoints/" + (try #require(TestFiles.names(run.directory + "/checkpoints").last))
    for name in TestFiles.names(folder) { try flip(folder + name, count: 12) { try resume(run) } }
    try resume(run)
    TestFiles.remove(folder + "best.safetensors")
    #expect(throws: Diagnostics.self) { try resume(run) }
    TestFiles.write([], to: folder + "DONE")
    let error = #expect(throws: Diagnostics.self) { try resume(run) }
    #expect(error?.description.contains("by an earlier version of Temper") == true)
  }

  @Test func metricsThatWereLostAreNoticed() throws {
    let run = try trained()
    let path = run.directory + "/metrics.jsonl"
    let bytes = run.bytes("metrics.jsonl")
    let first = try #require(bytes.firstIndex(of: UInt8(ascii: "\n")))
    for changed in [
      [], Array(bytes[(first + 1)...]), Array(bytes.dropLast(20)), bytes.map { $0 == UInt8(ascii: "5") ? UInt8(ascii: "6") : $0 },
    ] {
      TestFiles.write(changed, to: path)
      let error = #expect(throws: Diagnostics.self) { try resume(run) }
      #expect(error?.list.map(\.code.name) == ["E0248"])
      #expect(error?.description.contains(path) == true)
    }
    TestFiles.remove(path)
    #expect(throws: Diagnostics.self) { try resume(run) }
    TestFiles.write(bytes, to: path)
    try resume(run)
    #expect(run.bytes("metrics.jsonl") == bytes)
  }

  /// A folder of the version before has no hashes; it is read as it is, but not where its weights are no numbers.
  @Test func modelsOfTheVersionBeforeAreRead() throws {
    let run = try trained()
    let folder = run.directory + "/best"
    var facts = try run.json("best/bundle.json")
    facts.update("version") { $0 = 1 }
    facts = JSON(.object((facts.members ?? []).filter { $0.name != "files" && $0.name != "sha256" }))
    TestFiles.write(Array(facts.serialized(pretty: true).utf8), to: folder + "/bundle.json")
    #expect(try StoredModel.rows(folder).evaluate(.test)?.loss == run.outcome.test?.loss)
    for value in [Float.nan, .infinity] {
      var weights = run.bytes("best/model.safetensors")
      withUnsafeBytes(of: value.bitPattern.littleEndian) { weights.replaceSubrange(weights.count - 4..<weights.count, with: $0) }
      TestFiles.write(weights, to: folder + "/model.safetensors")
      let error = #expect(throws: Diagnostics.self) { try StoredModel.rows(folder) }
      #expect(error.map { ExitStatus($0) } == .data)
      #expect(error?.description.contains("with infinite or NaN elements: ") == true, "\(error?.description ?? "")")
      // Nor does a run begin with them.
      #expect(throws: Diagnostics.self) { try trained(["init.weights=\(folder)/model.safetensors"]) }
    }
  }

  /// The hash of a large file is taken on a thread beside its writing; it is the same.
  @Test func largeFilesAreHashedToo() throws {
    let folder = lab.folder("sealed")
    TestFiles.makeFolder(folder)
    let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let writer = SealedFolder.Writer(folder)
    try writer.write(bytes, to: "large")
    try writer.write(["a": 1], to: "small.json")
    try writer.finish("record.json", [("kind", "test")])
    let sealed = try SealedFolder(reading: folder, record: "record.json")
    #expect(sealed.facts["kind"] == "test")
    #expect(sealed.facts["files"]?["large"]?["sha256"]?.string == SHA256.hex(bytes))
    #expect(try sealed.file("large") == bytes)
    #expect(throws: SealedFolder.Damage.self) { try sealed.file("other") }
  }

  /// A run whose directory is moved or removed while it trains ends, and leaves nothing at the path it had.
  @Test(arguments: [true, false]) func aRunThatIsMovedAwayEnds(isMoved: Bool) throws {
    let path = lab.folder("runs/away")
    var error: Diagnostics?
    let config = try lab.config(["name=away", "train.epochs=20", "checkpoint={\"every_steps\": 1}"])
    do throws(Diagnostics) {
      _ = try Runner.run(config) { event in
        guard case .evaluated(let progress) = event, progress.step > 20 else { return }
        if isMoved { rename(path, path + "-2") } else { TestFiles.remove(path) }
      }
    } catch let problem {
      error = problem
    }
    #expect(error?.list.map(\.code.name) == ["E0406"])
    #expect(error.map { ExitStatus($0) } == .cannotWrite)
    #expect(TestFiles.bytes(path + "/resolved.json") == nil)
    guard isMoved else { return }
    let whole = try TemperTrainTests.train(try lab.config(["name=whole", "train.epochs=20", "checkpoint={\"every_steps\": 1}"]))
    let rest = try TemperTrainTests.train(try ConfigFile(resuming: path + "-2"), options: .init(existing: .resume))
    #expect(rest.best == whole.best && rest.last == whole.last && rest.bytes("metrics.jsonl") == whole.bytes("metrics.jsonl"))
  }
}

/// Runs that leave the numbers there are.
@Suite struct FiniteStateTests {
  private let lab = Lab()

  private func run(_ optimizer: String, _ changes: [String] = []) throws -> TrainedRun {
    try lab.train(["optimizer=\(optimizer)", "threads=1", "data.split={\"test\": 0.2}"] + changes)
  }

  private func expectFiniteFiles(_ run: TrainedRun) throws {
    var files = ["best/", "last/"].map { run.directory + "/" + $0 }
    files += TestFiles.names(run.directory + "/checkpoints").map { run.directory + "/checkpoints/" + $0 }
    for folder in files {
      for name in TestFiles.names(folder) where name.hasSuffix(".safetensors") {
        let tensors = try SafeTensors(parsing: try #require(TestFiles.bytes(folder + name)), path: name)
        for tensor in tensors.names { #expect(tensors.tensor(tensor)?.isFinite == true, "\(folder)\(name): \(tensor)") }
      }
    }
  }

  /// No later step is there to show it.
  @Test(arguments: ["1e30", "1e36", "1e38"]) func theLastStepMayBeTheOneThatDiverges(rate: String) throws {
    let run = try run("{\"type\": \"sgd\", \"learning_rate\": \(rate)}", ["train={\"max_steps\": 1}"])
    #expect(run.outcome.stopReason == .diverged)
    #expect(run.outcome.status == .diverged)
    #expect(try run.json("manifest.json")["exit_code"] == 11)
    try expectFiniteFiles(run)
    #expect(run.outcome.lastStep == 0 && run.outcome.bestStep == 0)
    #expect(run.outcome.divergence?.description.hasPrefix("step 1: the ") == true)
    #expect(try #require(run.outcome.train.loss).isFinite)
  }

  /// The state of before is not pushed out by one that is no good.
  @Test(arguments: ["adam", "adamw", "rmsprop", "sgd", "lion", "adagrad"], ["none", "batch"])
  func checkpointsAreFinite(type: String, norm: String) throws {
    for rate in ["1e10", "1e30", "1e38"] {
      let run = try run(
        "{\"type\": \"\(type)\", \"learning_rate\": \(rate)}",
        [
          "model.norm=\(norm)", "checkpoint={\"every_steps\": 1}", "train={\"max_steps\": 8, \"eval_every_steps\": 3}",
          "early_stopping=null",
        ])
      try expectFiniteFiles(run)
      if run.outcome.stopReason == .diverged {
        #expect(try StoredModel.rows(run.directory + "/last").step == run.outcome.lastStep)
        let again = try Runner.run(try ConfigFile(resuming: run.directory), options: .init(existing: .resume))
        #expect(again.outcome?.stopReason == .diverged)
      }
      TestFiles.remove(run.directory)
    }
  }

  @Test func withoutValidationRowsTheTrainingLossCounts() throws {
    let run = try lab.train([
      "optimizer={\"type\": \"sgd\", \"learning_rate\": 1e36}", "train={\"max_steps\": 1}", "data.split={\"validation\": null}",
    ])
    #expect(run.outcome.stopReason == .diverged)
    try expectFiniteFiles(run)
  }
}
