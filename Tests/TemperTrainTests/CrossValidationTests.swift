import Synchronization
import TemperData
import TemperJSON
import TemperMetrics
import TemperRunSupport
import Testing

@testable import TemperTrain

@Suite struct CrossValidationTests {
  private let lab = Lab()
  private static let folds = "data.split={\"test\": 0.2, \"validation\": {\"folds\": 3}}"

  private func run(_ file: ConfigFile, _ options: Runner.Options = .init()) throws -> CrossValidationResult {
    guard let outcome = try Runner.run(file, options: options) as? CrossValidationResult else { throw Lab.NoFolds() }
    return outcome
  }

  private func bytes(_ outcome: CrossValidationResult, _ name: String) -> [UInt8] { TestFiles.bytes(outcome.directory + "/" + name) ?? [] }

  private static let files =
    ["folds.json"]
    + (1...3).flatMap { fold in
      ["best/model.safetensors", "last/model.safetensors", "last/preprocessing.json", "metrics.jsonl"].map { "fold-\(fold)/\($0)" }
    }

  private func expectSame(_ a: CrossValidationResult, _ b: CrossValidationResult) {
    for name in Self.files { #expect(bytes(a, name) == bytes(b, name) && !bytes(a, name).isEmpty, "\(name) differs") }
  }

  @Test func meansAndDeviationsAreThoseOfTheFolds() throws {
    let outcome = try run(try lab.config(["name=x", Self.folds]))
    #expect(outcome.folds.map(\.fold) == [1, 2, 3])
    #expect(outcome.parts == ["train", "validation", "test"])
    #expect(outcome.folds.map { $0.part("validation")?.rows } == [16, 16, 16])
    for part in outcome.parts {
      for summary in outcome.summary(of: part) {
        let values = outcome.folds.compactMap { $0.part(part)?.metrics.first { $0.name == summary.name }?.value }
        guard values.count == 3, let mean = summary.mean, let deviation = summary.deviation else {
          #expect(values.isEmpty && summary.mean == nil, "\(summary.name)")
          continue
        }
        #expect(abs(mean - (values[0] + values[1] + values[2]) / 3) < 1e-12)
        // Of three values the variance is a third of the sum of the squared distances of all pairs, divided by two.
        let distances = [values[0] - values[1], values[0] - values[2], values[1] - values[2]]
        let pairs = distances.reduce(0.0) { $0 + $1 * $1 }
        #expect(abs(deviation - (pairs / 6).squareRoot()) < 1e-9)
      }
    }
    let stored = try JSON.parse(bytes(outcome, "folds.json"), path: "folds.json")
    #expect(stored["mean"]?["test"]?["accuracy"]?.number == outcome.summary(of: "test").first { $0.name == "accuracy" }?.mean)
    #expect(stored["folds"]?.array?.compactMap(FoldResult.init) == outcome.folds)
    #expect(outcome.json["standard_deviation"] == stored["standard_deviation"])
  }

  @Test func aFoldIsAnOrdinaryRun() throws {
    let outcome = try run(try lab.config(["name=x", Self.folds]))
    let fold = outcome.directory + "/fold-2"
    let resolved = try JSON.parse(TestFiles.text(fold + "/resolved.json"), path: "resolved.json")
    #expect(resolved["data"]?["split"]?["validation"]?["fold"]?.integer == 2)
    let again = try train(try ConfigFile(path: fold + "/resolved.json", overrides: ["name=again"]))
    #expect(again.last == bytes(outcome, "fold-2/last/model.safetensors"))
    #expect(try StoredModel.rows(fold).evaluate(.validation)?.report.count == 16)
    do {
      _ = try StoredModel.rows(outcome.directory)
      #expect(Bool(false), "a folder of folds has no model")
    } catch {
      #expect(error.list.map(\.code) == [.noModel])
      #expect(error.description.contains("Use one, such as \(outcome.directory)/fold-1."))
    }
  }

  @Test func foldsAreTheSameOnOneAndTwoThreads() throws {
    expectSame(
      try run(try lab.config(["name=one", "threads=1", Self.folds])), try run(try lab.config(["name=two", "threads=2", Self.folds])))
  }

  @Test(arguments: [0, 3, 5, 100]) func whatWasInterruptedEndsTheSame(stop: Int) throws {
    let whole = try run(try lab.config(["name=whole", Self.folds]))
    let taken = Mutex(0)
    let begun = Mutex(0)
    let options = Runner.Options(isInterrupted: { taken.withLock { $0 >= stop } })
    let file = try lab.config(["name=parts", Self.folds])
    let ending = try Runner.run(file, options: options) { event in
      if case .stepped = event { taken.withLock { $0 += 1 } }
      if case .part = event { begun.withLock { $0 += 1 } }
    }
    guard let interruption = ending.interruption else {
      // All folds together take fewer steps.
      #expect(stop == 100)
      return
    }
    #expect(ending.status == .interrupted && interruption.directory == whole.directory.replacingFirst("whole", with: "parts"))
    let kept = (1..<max(1, begun.withLock { $0 })).map { TestFiles.text(interruption.directory + "/fold-\($0)/manifest.json") }
    let rest = try run(try ConfigFile(resuming: interruption.directory), .init(existing: .resume))
    expectSame(whole, rest)
    // Folds that had ended were left alone.
    #expect(kept == kept.indices.map { TestFiles.text(interruption.directory + "/fold-\($0 + 1)/manifest.json") })
  }

  @Test func whatIsThereIsNotOverwrittenUnasked() throws {
    func codes(_ changes: [String], _ existing: Runner.Existing) -> [String] {
      do {
        _ = try Runner.run(try lab.config(["name=x"] + changes), options: .init(existing: existing))
        return []
      } catch let error as Diagnostics {
        return error.list.map(\.code.name)
      } catch {
        return ["\(error)"]
      }
    }
    #expect(codes([Self.folds], .resume) == ["E0311"])
    let first = try run(try lab.config(["name=x", Self.folds]))
    #expect(codes([Self.folds], .refuse) == ["E0402"])
    #expect(codes([Self.folds, "train.epochs=5"], .resume) == ["E0112"])
    #expect(codes([Self.folds, "seed=5"], .resume) == ["E0112"])
    #expect(codes([], .resume) == ["E0311"])
    #expect(codes([Self.folds, "expect={\"test.loss\": {\"max\": 9}}"], .resume) == [])
    expectSame(first, try run(try lab.config(["name=y", Self.folds, "expect={\"test.loss\": {\"max\": 9}}"])))
    #expect(codes([Self.folds, "seed=5"], .replace) == [])
    #expect(codes([], .replace) == [])
    #expect(!TestFiles.names(lab.folder("runs/x")).contains("folds.json"))
    #expect(codes([Self.folds], .resume) == ["E0311"])
    lab.folder.write(SampleTable.csv(seed: 4), to: "t.csv")
    #expect(codes(["name=y", Self.folds], .resume) == ["E0243"])
  }

  @Test func expectationsAreThoseOfTheMeans() throws {
    let file = try lab.config(["name=x", Self.folds, "expect={\"validation.accuracy\": {\"min\": 1.5}, \"test.loss\": {\"max\": 50}}"])
    let ending = try Runner.run(file)
    #expect(ending.status == .expectation)
    guard let outcome = ending as? CrossValidationResult else { throw Lab.NoFolds() }
    #expect(outcome.checks.map(\.isMet) == [false, true])
    #expect(outcome.checks[1].value == outcome.summary(of: "test").first { $0.name == "loss" }?.mean)
    // The folds' own runs are not judged by it.
    #expect(try JSON.parse(bytes(outcome, "fold-1/manifest.json"), path: "m")["exit_code"] == 0)
  }

  @Test func aFoldThatDivergesIsSaid() throws {
    let changes = ["optimizer.type=sgd", "optimizer.learning_rate=1e25"]
    let ending = try Runner.run(try lab.config(["name=x", Self.folds] + changes))
    #expect(ending.status == .diverged)
    guard let outcome = ending as? CrossValidationResult else { throw Lab.NoFolds() }
    #expect(outcome.diverged.map(\.fold) == [1, 2, 3] && outcome.folds.allSatisfy { $0.error != nil })
  }

  @Test func foldsOfArraysLeaveRoomForTestArrays() throws {
    let rows = SampleTable.csv().split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    TestFiles.write(SampleArray.floats(rows.flatMap { [Float($0[0]) ?? 0, Float($0[1]) ?? 0] }, width: 2), to: lab.folder("x.npy"))
    TestFiles.write(SampleArray.bytes(rows.map { $0[5].utf8.first ?? 0 }), to: lab.folder("y.npy"))
    let (x, y) = (lab.folder("x.npy"), lab.folder("y.npy"))
    let runs = try (1...2).map { fold in
      try lab.train([
        "data={\"type\": \"npy\", \"features\": \"\(x)\", \"labels\": \"\(y)\", \"test_features\": \"\(x)\", \"test_labels\": \"\(y)\", "
          + "\"split\": {\"validation\": {\"folds\": 2, \"fold\": \(fold)}}}"
      ])
    }
    for run in runs {
      #expect([run.outcome.train, run.outcome.validation, run.outcome.test].map { $0?.report.count } == [30, 30, 60])
    }
    #expect(runs[0].last != runs[1].last)
  }
}
