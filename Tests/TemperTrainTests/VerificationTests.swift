import Synchronization
import TemperFiles
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

/// The verifications of users' configs, with trainings in this process instead of children. What a training writes can be altered on purpose:
/// a verification that could not fail would show nothing.
@Suite struct VerificationTests {
  private let lab = Lab()
  private let changes = [
    "train={\"max_steps\": 24, \"batch_size\": 8, \"eval_every_steps\": 4}", "checkpoint={\"every_steps\": 3}", "early_stopping=null",
  ]

  /// Trainings of `file`; `alter` gets the directory of each run that has ended, and its number from 1. One that is to be killed stops after 8
  /// steps.
  private func trials(_ file: ConfigFile, alter: @escaping (String, Int) -> Void = { _, _ in }) throws -> Trials {
    var ended = 0
    return try Trials(
      file,
      start: { command, seconds throws(Diagnostics) in
        let arguments = command.arguments
        func value(_ name: String) -> String? { arguments.firstIndex(of: name).map { arguments[$0 + 1] } }
        let taken = Mutex(0)
        var options = Runner.Options(existing: value("--resume") == nil ? .replace : .resume)
        if seconds != nil { options.isInterrupted = { taken.withLock { $0 >= 8 } } }
        let file =
          if let run = value("--resume") {
            try ConfigFile(resuming: run)
          } else {
            try ConfigFile(
              path: arguments[1],
              overrides: ["name=run", "output_dir=\(value("--output-dir") ?? "")"] + (value("--threads").map { ["threads=\($0)"] } ?? []))
          }
        let result = try Runner.run(file, options: options) { event in
          if case .stepped(let number, _) = event { taken.withLock { $0 = number } }
        }
        if result.interruption != nil {
          // Only an interruption writes a checkpoint in any case.
          if file.config.checkpoint == nil { TestFiles.remove(result.directory + "/checkpoints") }
          return .killed(signal: 9)
        }
        ended += 1
        alter(result.directory, ended)
        return .exited(result.status.rawValue)
      }, isInterrupted: { false })
  }

  private func resume(
    _ changes: [String] = [], alter: @escaping (String, Int) -> Void = { _, _ in }
  ) throws -> (ResumeVerification, Trials) {
    let file = try lab.config(self.changes + changes)
    let trials = try trials(file, alter: alter)
    return (try ResumeVerification(file, trials, kills: 2, seed: 1), trials)
  }

  @Test func aConfigResumes() throws {
    let (result, trials) = try resume()
    #expect(result.status == .success && result.kills.map(\.moment) == [.afterCheckpoint, .afterCheckpoint] && result.notes.isEmpty)
    #expect(result.kills.map(\.step) == [8, 8] && result.kills[0].seconds < result.kills[1].seconds)
    #expect(!Files.exists(trials.folder), "the folder is removed")
    #expect(result.json["same"] == true && result.text.contains("the same bytes after 2 kills"))
    #expect(!Files.exists(lab.folder("runs")), "runs of the user are not touched")
  }

  @Test func checkpointsByTheClockAreSaid() throws {
    #expect(try resume(["checkpoint={}"]).0.notes.contains { $0.contains("by the clock") })
    let never = try resume(["checkpoint=null"]).0
    #expect(never.status == .success && never.notes.contains { $0.contains("checkpoint is null") })
  }

  /// Every kind of file that differs is found, and where.
  @Test(arguments: [
    ("last/model.safetensors", "tensor layers.0.linear.weight, element 1 of 48: "), ("metrics.jsonl", "line 2, train.loss: "),
    ("checkpoints/step-00000024/optimizer.safetensors", "tensor "), ("results.json", "steps: 24 and 25"),
    ("best/preprocessing.json", "is missing in the second run"), ("extra", "is missing in the first run"),
  ])
  func alteredBytesAreFound(name: String, detail: String) throws {
    let (result, trials) = try resume { run, number in
      guard number == 2 else { return }
      let path = run + "/" + name
      var bytes = TestFiles.bytes(path) ?? []
      switch name {
      case "extra": break
      case "best/preprocessing.json": return TestFiles.remove(path)
      case "results.json": bytes = Array(String(decoding: bytes, as: UTF8.self).replacingFirst("\"steps\": 24", with: "\"steps\": 25").utf8)
      case "metrics.jsonl":
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n").map(String.init)
        let altered = lines[1].replacingFirst("\"train\":{\"loss\":", with: "\"train\":{\"loss\":1")
        bytes = Array(([lines[0], altered] + lines.dropFirst(2)).joined(separator: "\n").utf8 + [10])
      case "last/model.safetensors":
        // The first element of the first tensor.
        let header = 8 + Int(bytes[0]) + 256 * Int(bytes[1])
        bytes[header] ^= 1
      default: bytes[bytes.count - 1] ^= 1
      }
      // It may be a hard link.
      TestFiles.remove(path)
      TestFiles.write(bytes, to: path)
    }
    defer { TestFiles.remove(trials.folder) }
    guard case .different(let difference, let folder) = result.verdict else {
      Issue.record("\(name) was altered, and the verdict is \(result.verdict)")
      return
    }
    #expect(difference.file == name && difference.detail.hasPrefix(detail), "\(difference)")
    #expect(result.status == .expectation && result.kills.map(\.isSame) == [false])
    #expect(folder == trials.folder && Files.exists(folder + "/reference") && Files.exists(folder + "/run"), "both are kept")
    #expect(result.json["difference"]?["file"]?.string == name && result.text.contains("DIFFERENT: \(name)"))
  }

  @Test func aConfigIsDeterministic() throws {
    let file = try lab.config(changes)
    let result = try DeterminismVerification(file, trials(file), threads: 3, runs: 2)
    #expect(result.status == .success && result.runs.map(\.threads) == [3, 3, 2, 1] && result.runs.allSatisfy(\.isSame))
    #expect(Set(result.runs.map(\.best)).count == 1 && Set(result.runs.map(\.metrics)).count == 1 && result.runs[0].last?.count == 64)
    #expect(result.text.contains("the same bytes in 4 runs, on 1 to 3 threads"))

    let altered = try trials(file) { run, number in
      guard number == 3 else { return }
      TestFiles.write((TestFiles.bytes(run + "/metrics.jsonl") ?? []) + Array("{}\n".utf8), to: run + "/metrics.jsonl")
    }
    defer { TestFiles.remove(altered.folder) }
    let other = try DeterminismVerification(file, altered, threads: 2, runs: 2)
    #expect(other.status == .expectation && other.runs.map(\.isSame) == [true, true, false])
    #expect(other.json["difference"]?["file"] == "metrics.jsonl" && Files.exists(altered.folder + "/first"))
  }

  @Test func foldsAreCompared() throws {
    let file = try lab.config(["data.split={\"validation\": {\"folds\": 2}}"])
    let result = try DeterminismVerification(file, trials(file), threads: 1, runs: 2)
    #expect(result.status == .success && result.runs[0].best != nil)
  }

  @Test func failuresAndInterruptionsEndIt() throws {
    let file = try lab.config(changes)
    func trials(_ ending: ChildProcess.Ending, isInterrupted: Bool = false) throws -> Trials {
      try Trials(
        file,
        start: { command, _ throws(Diagnostics) in
          try Files.write("error: no\n", to: command.errors)
          return ending
        }, isInterrupted: { isInterrupted })
    }
    for ending in [ChildProcess.Ending.exited(66), .killed(signal: 11)] {
      let trials = try trials(ending)
      defer { TestFiles.remove(trials.folder) }
      let result = try ResumeVerification(file, trials, kills: 1, seed: 0)
      #expect(result.status.rawValue == 13)
      guard case .failed(let log, _) = result.verdict else { continue }
      #expect(TestFiles.text(log) == "error: no\n" && result.text.contains(log))
    }
    let interrupted = try trials(.exited(75), isInterrupted: true)
    #expect(try DeterminismVerification(file, interrupted, threads: 1, runs: 2).status == .interrupted)
    #expect(!Files.exists(interrupted.folder))
  }
}
