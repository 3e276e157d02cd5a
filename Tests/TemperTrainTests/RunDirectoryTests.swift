import Glibc
import TemperCore
import TemperFiles
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

@Suite struct RunDirectoryTests {
  private let lab = Lab()

  private func codes(_ body: () throws -> Void) -> [String] {
    do {
      try body()
      return []
    } catch let error as Diagnostics {
      return error.list.map(\.code.name)
    } catch {
      return ["\(error)"]
    }
  }

  @Test func aRunLeavesItsFilesAndNothingElse() throws {
    let run = try lab.train()
    #expect(
      TestFiles.names(run.directory) == [
        "best/", "checkpoints/", "config.json", "guard.json", "last/", "manifest.json", "metrics.jsonl", "resolved.json", "results.json",
        "timing.jsonl",
      ])
    for part in ["best", "last"] {
      #expect(TestFiles.names(run.directory + "/" + part) == ["bundle.json", "config.json", "model.safetensors", "preprocessing.json"])
    }
    #expect(run.bytes("config.json") == TestFiles.bytes(lab.folder("base.json")))
  }

  /// Weights that are the same take room once, and what is written anew leaves the others as they are.
  @Test func equalWeightsAreOneFile() throws {
    func file(_ path: String) throws -> UInt64 {
      var status = stat()
      try #require(stat(path, &status) == 0)
      return UInt64(status.st_ino)
    }
    let run = try lab.train(["train.epochs=3", "early_stopping.patience=9"])
    let checkpoint = run.directory + "/checkpoints/" + (try #require(TestFiles.names(run.directory + "/checkpoints").last))
    let (best, last) = (run.directory + "/best/model.safetensors", run.directory + "/last/model.safetensors")
    #expect(try file(last) == file(checkpoint + "model.safetensors") && file(best) == file(checkpoint + "best.safetensors"))
    // A copy shares the file too, and stays what it was when the run goes on.
    let (copy, content) = (lab.folder("copy.safetensors"), TestFiles.bytes(last))
    #expect(link(last, copy) == 0)
    _ = try Runner.run(
      try ConfigFile(resuming: run.directory, overrides: ["train.epochs=6"]), options: .init(existing: .resume))
    #expect(TestFiles.bytes(last) != content && TestFiles.bytes(copy) == content)
  }

  @Test func theManifestSaysUnderWhichCircumstances() throws {
    let config = try lab.config(["name=m", "seed=5", "threads=1"])
    let run = try TemperTrainTests.train(config, options: .init(arguments: ["temper", "train", "base.json"]))
    let manifest = try run.json("manifest.json")
    #expect(
      manifest.members?.map(\.name) == [
        "temper", "seed", "threads", "arguments", "working_folder", "git_revision", "data", "changed_labels", "init", "cpu", "blas",
        "start", "resumed",
        "end",
        "stop_reason", "exit_code",
      ])
    #expect(manifest["temper"]?.string == temperVersion)
    #expect(manifest["seed"] == 5)
    #expect(manifest["threads"] == 1)
    #expect(manifest["arguments"] == ["temper", "train", "base.json"])
    #expect(manifest["stop_reason"] == "completed")
    #expect(manifest["exit_code"] == 0)
    #expect(try #require(manifest["start"]?.string) <= (try #require(manifest["end"]?.string)))
    let bytes = try #require(TestFiles.bytes(lab.folder("t.csv")))
    #expect(
      manifest["data"] == [
        ["path": .string(lab.folder("t.csv")), "bytes": .integer(bytes.count), "sha256": .string(SHA256.hex(bytes))]
      ])
  }

  @Test func everyLineOfTheMetricsHasTheSameKeysAndNoClock() throws {
    let run = try lab.train(["train.epochs=3"])
    let lines = try run.metrics()
    #expect(lines.count == 4)
    let names = [
      "loss", "accuracy", "log_loss", "macro_f1", "balanced_accuracy", "macro_precision", "macro_recall", "weighted_f1",
      "weighted_precision", "weighted_recall", "mcc", "roc_auc", "top_3_accuracy", "top_5_accuracy", "ece", "brier", "rows",
    ]
    for line in lines {
      #expect(line.members?.map(\.name) == ["step", "epoch", "learning_rate", "train", "validation", "best", "monitors"])
      #expect(line["train"]?.members?.map(\.name) == ["loss", "objective", "gradient_norm_max"])
      #expect(line["validation"]?.members?.map(\.name) == names)
    }
    let withoutValidation = try lab.train(["data.split={\"validation\": null}"]).metrics()
    #expect(withoutValidation.allSatisfy { $0["validation"]?.isNull == true && $0.members?.count == 7 })
    let timing = try TestFiles.text(run.directory + "/timing.jsonl").split(separator: "\n").map { try JSON.parse(Array($0.utf8), path: "") }
    #expect(timing.map { $0["step"] } == lines.map { $0["step"] })
    #expect(timing.allSatisfy { $0.members?.map(\.name) == ["step", "seconds", "rows_per_second"] })
  }

  @Test func anExistingRunIsReplacedOnlyOnDemand() throws {
    let config = try lab.config(["name=x"])
    let first = try TemperTrainTests.train(config)
    let weights = first.last
    lab.folder.write("kept by hand", to: "runs/x/notes.txt")
    #expect(codes { _ = try Runner.run(try lab.config(["name=x", "seed=3"])) } == ["E0402"])
    #expect(first.last == weights)
    let second = try TemperTrainTests.train(try lab.config(["name=x", "seed=3"]), options: .init(existing: .replace))
    #expect(second.last != weights)
    #expect(!TestFiles.names(second.directory).contains("notes.txt"))
    #expect(try second.metrics().count == 3)
  }

  @Test func aFolderThatIsNoRunIsNotReplaced() throws {
    mkdir(lab.folder("runs"), 0o777)
    mkdir(lab.folder("runs/thesis"), 0o777)
    lab.folder.write("years of work", to: "runs/thesis/chapter1.tex")
    lab.folder.write("a file", to: "runs/file")
    for name in ["thesis", "file"] {
      #expect(codes { _ = try Runner.run(try lab.config(["name=\(name)"]), options: .init(existing: .replace)) } == ["E0402"])
    }
    #expect(TestFiles.text(lab.folder("runs/thesis/chapter1.tex")) == "years of work")
    #expect(TestFiles.names(lab.folder("runs/thesis")) == ["chapter1.tex"])
    #expect(TestFiles.text(lab.folder("runs/file")) == "a file")
  }

  @Test func aRunThatIsWrittenToIsLeftAlone() throws {
    let run = try lab.train(["name=x"])
    let lock = open(run.directory + "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    #expect(codes { _ = try Runner.run(try lab.config(["name=x"]), options: .init(existing: .replace)) } == ["E0403"])
    #expect(!run.last.isEmpty)
    // Closing alone would leave it to a process that another test has just started.
    flock(lock, LOCK_UN)
    close(lock)
    // A lock that nobody holds is a leftover of a process that was killed.
    #expect(codes { _ = try Runner.run(try lab.config(["name=x"]), options: .init(existing: .replace)) } == [])
  }

  @Test func whatCannotBeWrittenIsSaid() throws {
    lab.folder.write("a file", to: "file")
    #expect(codes { _ = try Runner.run(try lab.config(["output_dir=\(lab.folder("file"))"])) } == ["E0401"])
    #expect(codes { _ = try Runner.run(try lab.config(["output_dir=/proc/temper"])) } == ["E0401"])
  }

  /// Data are read and checked before anything is written.
  @Test func aMistakeInTheDataLeavesNothingBehind() throws {
    #expect(codes { _ = try lab.train(["data.label=nothing"]) } == ["E0211"])
    #expect(codes { _ = try lab.train(["data.path=\(lab.folder("absent.csv"))"]) } == ["E0301"])
    #expect(codes { _ = try lab.train(["loss.class_weights={\"z\": 2}"]) } == ["E0120"])
    #expect(TestFiles.names(lab.folder("runs")) == [])
  }
}

@Suite struct SystemTests {
  @Test func pathsAreTakenApart() {
    #expect(Paths.folder(of: "a/b/c.json") == "a/b")
    #expect(Paths.folder(of: "c.json") == ".")
    #expect(Paths.folder(of: "/c.json") == "/")
    #expect(Paths.stem(of: "a/b.c/d.e.json") == "d.e")
    #expect(Paths.stem(of: "a/.hidden") == ".hidden")
    #expect(Paths.absolute("../x/./y", in: "/a/b") == "/a/x/y")
    #expect(Paths.absolute("/a/../../b") == "/b")
    #expect(Paths.absolute("x") == Paths.workingFolder + "/x")
  }

  @Test func numbersAreWrittenForPeople() {
    #expect(fixed(0.9755, 3) == "0.976")
    #expect(fixed(-0.0001, 2) == "0.00")
    #expect(fixed(-1.5, 0) == "-2")
    #expect(fixed(12.05, 1) == "12.1" || fixed(12.05, 1) == "12.0")
    #expect(fixed(nil, 2) == "n/a")
    #expect(fixed(1.0845032687072212e+27, 4) == "1.085e+27" && fixed(-9.99999e15, 1) == "-1.000e+16")
    #expect(fixed(.nan, 2) == "n/a")
    #expect(fixed(.infinity, 2) == "n/a")
    #expect(grouped(0) == "0")
    #expect(grouped(999) == "999")
    #expect(grouped(1000) == "1,000")
    #expect(grouped(-1_234_567) == "-1,234,567")
  }

  /// Of several errors the most severe decides: config, data, input, output.
  @Test func errorsHaveExitCodes() {
    func status(_ codes: String...) -> ExitStatus {
      ExitStatus(Diagnostics(codes.map { Diagnostic(.init($0, ""), at: .wholeFile(path: ""), "") }))
    }
    #expect(status("E0002") == .usage)
    #expect(status("E0109") == .usage)
    #expect(status("E0203") == .data)
    #expect(status("E0301") == .inputMissing)
    #expect(status("E0402") == .cannotWrite)
    #expect(status("E0402", "E0203", "E0102") == .usage)
    #expect(status("E0301", "E0203") == .data)
    #expect(status("E9901") == .bug)
  }
}
