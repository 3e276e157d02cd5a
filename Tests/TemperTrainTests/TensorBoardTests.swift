import Synchronization
import TemperJSON
import TemperRunSupport
import TemperTestSupport
import Testing

@testable import TemperTrain

/// TensorBoard event files: their bytes, and what a run writes into them.
@Suite struct TensorBoardTests {
  private let lab = Lab()

  @Test func theBytesAreThoseOfTheReferencePackage() throws {
    let events = [
      EventMessage.version(at: 1_700_000_000), EventMessage.start(at: 1_700_000_000, step: 0),
      EventMessage.scalars(
        [.init(tag: "train/loss", value: 0.1, isFirst: true), .init(tag: "µ", value: -2.5, isFirst: true)], at: 1_700_000_001, step: 300),
      EventMessage.start(at: 1_700_000_002, step: 301),
      EventMessage.scalars([.init(tag: "train/loss", value: 1e-20, isFirst: false)], at: 1_700_000_003, step: 70_000),
    ]
    let bytes = events.flatMap(EventFile.record)
    #expect(try bytes == Goldens.bytes("tensorboard.events"))
    #expect(EventFile.wholeRecords(bytes) == bytes.count)
  }

  /// However a file was cut or damaged, what is whole before that counts.
  @Test func onlyWholeRecordsCount() throws {
    let bytes = try Goldens.bytes("tensorboard.events")
    let last = EventFile.record(
      EventMessage.scalars([.init(tag: "train/loss", value: 1e-20, isFirst: false)], at: 1_700_000_003, step: 70_000))
    for cut in 1...last.count { #expect(EventFile.wholeRecords(Array(bytes.dropLast(cut))) == bytes.count - last.count) }
    for index in bytes.count - last.count..<bytes.count {
      var damaged = bytes
      damaged[index] ^= 0x10
      #expect(EventFile.wholeRecords(damaged) == bytes.count - last.count, "byte \(index)")
    }
    #expect(EventFile.wholeRecords(bytes + [1, 2, 3]) == bytes.count && EventFile.wholeRecords([]) == 0)
  }

  @Test func everyNumberOfALineHasATag() throws {
    let line = try JSON.parse(
      #"{"step": 3, "rate": 0.5, "train": {"loss": null, "terms": {"kl": 2}}, "rates": [1, 2], "best": true, "text": "x"}"#, path: "")
    let numbers = TensorBoardLog.numbers(line)
    #expect(numbers.map(\.tag) == ["step", "rate", "train/terms/kl", "rates/0", "rates/1"])
    #expect(numbers.map(\.value) == [3, 0.5, 2, 1, 2])
  }

  private static let changes = [
    "data.split={\"validation\": 0.3}", "train={\"max_steps\": 24, \"batch_size\": 8, \"eval_every_steps\": 3}", "log.tensorboard=true",
    "checkpoint={\"every_steps\": 6, \"keep_last\": 3}",
  ]

  private func events(_ path: String) throws -> [UInt8] {
    let names = TestFiles.names(path + "/tensorboard")
    #expect(names.count == 1 && names.first?.hasPrefix("events.out.tfevents.") == true, "\(names)")
    return try #require(names.first.flatMap { TestFiles.bytes(path + "/tensorboard/" + $0) })
  }

  /// The steps of all scalars, and those of starts, by the bytes in front of the message that they begin with.
  private func steps(_ bytes: [UInt8]) -> (scalars: [Int], starts: [Int]) {
    var (rest, scalars, starts) = (bytes[...], [Int](), [Int]())
    while rest.count >= 16 {
      let count = Int(rest[rest.startIndex]) | Int(rest[rest.startIndex + 1]) << 8
      let event = rest.dropFirst(12).prefix(count)
      rest = rest.dropFirst(16 + count)
      // After the time: the step, if it is not 0, in less than 128, then what it is about.
      var content = event.dropFirst(9)
      let step = content.first == 0x10 ? Int(content.dropFirst().first ?? 0) : 0
      if step > 0 { content = content.dropFirst(2) }
      if content.first == 0x2A { scalars.append(step) }
      if content.first == 0x3A { starts.append(step) }
    }
    return (scalars, starts)
  }

  @Test func aResumedRunRepairsItsFileAndStartsAgain() throws {
    let whole = try lab.train(Self.changes)
    #expect(try steps(events(whole.directory)) == (Array(stride(from: 0, through: 24, by: 3)), [0]))
    let taken = Mutex(0)
    let options = Runner.Options(isInterrupted: { taken.withLock { $0 >= 10 } })
    let stopped = try Runner.run(try lab.config(["name=parts"] + Self.changes), options: options) { event in
      if case .stepped(let number, _) = event { taken.withLock { $0 = number } }
    }
    let path = try #require(stopped.interruption).directory
    // A process that is killed leaves half a record, and none of its last checkpoint.
    TestFiles.remove(path + "/checkpoints/step-00000010")
    let (bytes, name) = (try events(path), try #require(TestFiles.names(path + "/tensorboard").first))
    TestFiles.write(bytes + bytes.prefix(20), to: path + "/tensorboard/" + name)
    let rest = try TemperTrainTests.train(try ConfigFile(resuming: path), options: .init(existing: .resume))
    let (scalars, starts) = try steps(events(path))
    #expect(scalars == [0, 3, 6, 9] + Array(stride(from: 9, through: 24, by: 3)) && starts == [0, 7])
    #expect(rest.last == whole.last && rest.bytes("metrics.jsonl") == whole.bytes("metrics.jsonl"))
    #expect(try Array(events(path).prefix(bytes.count)) == bytes)
  }

  @Test func aTrialWritesNone() throws {
    var options = Runner.Options()
    options.isTrial = true
    let run = try TemperTrainTests.train(try lab.config(["name=trial"] + Self.changes), options: options)
    #expect(!TestFiles.names(run.directory).contains("tensorboard/"))
  }
}
