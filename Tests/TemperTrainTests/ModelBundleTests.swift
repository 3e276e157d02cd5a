import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperMetrics
import TemperNN
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperTrain

@Suite struct ModelBundleTests {
  private let lab = Lab()

  private func run(_ changes: [String] = []) throws -> TrainedRun {
    lab.folder.write(
      """
      {"data": {"path": "t.csv", "label": "kind", "split": {"column": "part"}}, "model": {"hidden": [8], "norm": "batch"},
       "loss": {"class_weights": "balanced"}, "train": {"epochs": 5}}
      """, to: "split.json")
    return try lab.train(changes, file: "split.json")
  }

  /// The code of the error that `body` throws.
  private func code(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch let error as Diagnostics {
      return error.list.first?.code.name
    } catch {
      return "\(error)"
    }
  }

  @Test func theFiguresOfTheRunAreThoseOfItsBundle() throws {
    let run = try run()
    let bundle = try StoredModel.rows(run.directory)
    #expect(bundle.step == run.outcome.bestStep)
    for (part, evaluation) in [(DataSplit.train, run.outcome.train), (.validation, run.outcome.validation), (.test, run.outcome.test)] {
      let again = try #require(try bundle.evaluate(part))
      #expect(again.loss == evaluation?.loss)
      #expect(again.report as? ClassificationReport == (try #require(evaluation?.report as? ClassificationReport)))
    }
  }

  /// What dropout has learned, and what it does in evaluation, is stored with the model.
  @Test(arguments: ["standout", "concrete", "variational"]) func everyDropoutIsRebuilt(type: String) throws {
    // Noise that drowns some of the weights from the start.
    let noise = type == "variational" ? ", \"initial_log_sigma\": 0" : ""
    let run = try run(["regularization.dropout={\"type\": \"\(type)\"\(noise)}"])
    let pruned = run.outcome.learnedDropout.prunedShares.map(\.value)
    #expect(type == "variational" ? pruned.allSatisfy { $0 > 0.1 && $0 < 1 } : pruned.isEmpty)
    let bundle = try StoredModel.rows(run.directory)
    #expect(bundle.store.parameters.contains { $0.name == "layers.0.dropout.logit" } == (type == "concrete"))
    #expect(try #require(try bundle.evaluate(.test)).loss == run.outcome.test?.loss)
    let table = try Table(path: lab.folder("t.csv"))
    let predictions = try bundle.predictions(table, rows: 0..<60)
    for row in 0..<60 { #expect(abs(predictions[row * 3..<row * 3 + 3].reduce(0, +) - 1) < 1e-5) }
    // Without its dropout it would be another model.
    var config = try run.json("best/config.json")
    config.update("regularization") { $0.update("dropout") { $0 = .object([("type", "constant")]) } }
    TestFiles.write(Array(config.serialized().utf8), to: run.directory + "/best/config.json")
    try reseal(run.directory + "/best")
    if type == "standout" {
      #expect(try StoredModel.rows(run.directory).predictions(table, rows: 0..<60) != predictions)
    } else {
      #expect(code { _ = try StoredModel.rows(run.directory) } == "E0241")
    }
  }

  @Test func aCopyOfBestNeedsNothingElse() throws {
    let run = try run()
    let (table, elsewhere) = (TestFiles.text(lab.folder("t.csv")), TemporaryFolder())
    let before = try StoredModel.rows(run.directory).evaluate(
      try Table(FileBytes(name: "t.csv", bytes: Array(table.utf8))))
    TestFiles.copy(run.directory + "/best", to: elsewhere("model"))
    TestFiles.remove(lab.folder("runs"))
    TestFiles.remove(lab.folder("t.csv"))
    let bundle = try StoredModel.rows(elsewhere("model"))
    let after = try bundle.evaluate(try Table(FileBytes(name: "t.csv", bytes: Array(table.utf8))))
    #expect(after.loss == before.loss)
    #expect(after.report as? ClassificationReport == (try #require(before.report as? ClassificationReport)))
    #expect(after.report.count == 60)
    #expect(code { _ = try bundle.evaluate(.test) } == "E0301")
  }

  @Test func changedDataAreNotMistakenForTheRunsOwn() throws {
    let run = try run()
    lab.folder.write(SampleTable.csv(seed: 8), to: "t.csv")
    #expect(code { _ = try StoredModel.rows(run.directory).evaluate(.test) } == "E0243")
  }

  @Test func probabilitiesSumToOneAndDoNotDependOnOtherRows() throws {
    let bundle = try StoredModel.rows(try run().directory)
    let table = try Table(path: lab.folder("t.csv"))
    let all = try bundle.predictions(table, rows: 0..<60)
    for row in 0..<60 { #expect(abs(all[row * 3..<row * 3 + 3].reduce(0, +) - 1) < 1e-5) }
    let some = try bundle.predictions(table, rows: 20..<30)
    #expect(zip(some, all[60..<90]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func aFolderWithoutAModelIsSaidToBeOne() throws {
    #expect(code { _ = try StoredModel.rows(lab.folder.path) } == "E0310")
    #expect(code { _ = try StoredModel.rows(lab.folder("nothing")) } == "E0310")
  }

  /// Whatever is wrong with the stored files is said to be wrong with them (E02.., exit code 65), and crashes nothing; also where their hashes
  /// have been made to fit.
  @Test func damagedWeightsAreReported() throws {
    let run = try run()
    let (path, bytes) = (run.directory + "/best/model.safetensors", run.best)
    func status() throws -> ExitStatus? {
      try reseal(run.directory + "/best")
      do throws(Diagnostics) {
        _ = try StoredModel.rows(run.directory)
        return nil
      } catch {
        return ExitStatus(error)
      }
    }
    var random = RandomStreams(seed: 1).sequence("damage")
    for length in [0, 1, 7, 8, 9, bytes.count - 1] + (0..<40).map({ _ in random.below(bytes.count) }) {
      TestFiles.write(Array(bytes[..<length]), to: path)
      #expect(try status() == .data, "cut to \(length) bytes")
    }
    let headerLength = Int(bytes[0]) + Int(bytes[1]) << 8
    var harmless = 0
    for place in Array(0..<8) + (0..<200).map({ _ in 8 + random.below(headerLength) }) {
      var damaged = bytes
      damaged[place] ^= UInt8(1 + random.below(255))
      TestFiles.write(damaged, to: path)
      // A flipped byte of the free-form metadata, of the padding, or in a name's escape may be none the less a good file.
      let status = try status()
      #expect(status == .data || status == nil, "byte \(place)")
      if status == nil { harmless += 1 }
    }
    #expect(harmless < 30)
    TestFiles.write(bytes + [0], to: path)
    let padded = try status()
    #expect(padded == .data || padded == nil)
    TestFiles.write(bytes, to: path)
    #expect(try status() == nil)
  }

  @Test(arguments: ["config.json", "preprocessing.json", "bundle.json"])
  func damagedCompanionsAreReported(name: String) throws {
    let run = try run()
    let path = run.directory + "/best/" + name
    let bytes = try #require(TestFiles.bytes(path))
    for text in [[], Array(bytes[..<(bytes.count / 2)]), Array("{}".utf8), Array("[1, 2".utf8), Array("null".utf8)] {
      TestFiles.write(text, to: path)
      for isSealed in name == "bundle.json" ? [false] : [false, true] {
        if isSealed { try reseal(run.directory + "/best") }
        do throws(Diagnostics) {
          _ = try StoredModel.rows(run.directory)
          Issue.record("\(name) with \(text.count) bytes was taken")
        } catch {
          #expect(ExitStatus(error) == .data, "\(error)")
        }
      }
    }
    TestFiles.remove(path)
    #expect(code { _ = try StoredModel.rows(run.directory) } == "E0301")
  }

  @Test func weightsOfAnotherModelDoNotFit() throws {
    let (run, other) = (try run(), try run(["model.hidden=[9]"]))
    TestFiles.write(other.best, to: run.directory + "/best/model.safetensors")
    try reseal(run.directory + "/best")
    do {
      _ = try StoredModel.rows(run.directory)
      Issue.record("the weights were taken")
    } catch {
      #expect("\(error)".contains("layers.0.linear.weight: the model needs shape [8, 6], the file has [9, 6]"))
      #expect(ExitStatus(error) == .data)
    }
  }
}
