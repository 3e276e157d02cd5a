import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperTrain

/// Runs that start from a file of weights.
@Suite struct FirstWeightsTests {
  private let lab = Lab()

  /// The one diagnostic that `body` throws.
  private func finding(_ body: () throws -> Void) throws -> Diagnostic? {
    do {
      try body()
      return nil
    } catch let error as Diagnostics {
      #expect(error.list.count == 1, "\(error)")
      return error.list.first
    }
  }

  /// A config with `init`, in a folder of its own with the weights that it names, and the runs' output.
  private func config(_ weights: [UInt8], _ members: String = "") -> String {
    TestFiles.write(weights, to: lab.folder("w.safetensors"))
    lab.folder.write(
      SampleTable.config.replacingFirst("{", with: "{\"init\": {\"weights\": \"w.safetensors\"}, \(members)"), to: "init.json")
    return "init.json"
  }

  @Test func aPathInTheFileIsRelativeToItAndAbsoluteInTheResolved() throws {
    let first = try lab.train(["seed=5", "model.norm=batch"])
    let file = config(first.best)
    let run = try lab.train(["model.norm=batch", "optimizer.learning_rate=1e-30", "train.max_steps=1", "-train.epochs"], file: file)
    // Running statistics are loaded too, and move on.
    #expect(try run.values("layers.0.linear.weight") == SafeTensors(parsing: first.best, path: "").tensor("layers.0.linear.weight")?.values)
    #expect(try run.values("layers.0.norm.running_mean") != first.values("layers.0.norm.running_mean"))
    let path = lab.folder("w.safetensors")
    #expect(try run.json("resolved.json")["init"]?["weights"]?.string == path)
    let manifest = try #require(try run.json("manifest.json")["init"])
    #expect(manifest["path"]?.string == path && manifest["bytes"]?.integer == first.best.count)
    #expect(manifest["sha256"]?.string == SHA256.hex(first.best))
    #expect(try first.json("manifest.json")["init"]?.isNull == true)
    let option = try lab.config(["init.weights=w.safetensors"]).resolved
    #expect(option["init"]?["weights"]?.string == Paths.absolute("w.safetensors"))
  }

  /// A run from its own first weights is the run; resolved.json runs again to the same weights.
  @Test func theSameFirstWeightsAreTheSameRun() throws {
    let still = try lab.train(["optimizer.learning_rate=1e-30", "optimizer.weight_decay=0"])
    let file = config(still.last)
    let (plain, loaded) = (try lab.train(), try lab.train(file: file))
    #expect(loaded.last == plain.last)
    let again = try train(ConfigFile(path: loaded.directory + "/resolved.json", overrides: ["name=again"]))
    #expect(again.last == plain.last)
  }

  /// A run that goes on has its weights in the checkpoint.
  @Test func aResumedRunDoesNotNeedTheFile() throws {
    let first = config(try lab.train().last)
    let run = try lab.train(["train.epochs=3"], file: first)
    let short = try lab.train(file: first)
    TestFiles.remove(lab.folder("w.safetensors"))
    let longer = try train(
      ConfigFile(resuming: short.directory, overrides: ["train.epochs=3"]), options: .init(existing: .resume))
    #expect(longer.last == run.last)
    #expect(try longer.json("manifest.json")["init"] == run.json("manifest.json")["init"])
  }

  @Test func aTrainedModelDoesNotNeedTheFile() throws {
    let run = try lab.train(file: config(try lab.train(["seed=5"]).last))
    TestFiles.remove(lab.folder("w.safetensors"))
    let bundle = try StoredModel.rows(run.directory)
    #expect(try bundle.evaluate(.validation)?.metrics == run.outcome.validation?.metrics)
    #expect(try bundle.predictions(try Table(path: lab.folder("t.csv")), rows: 0..<60).count == 180)
  }

  /// A model that knows much already has no first loss of ln(classes), and one that is sure and wrong is no mistake of scales.
  @Test func loadedWeightsAreNotWarnedOf() throws {
    let far = try lab.train(["model.initializer={\"type\": \"normal\", \"std\": 100}", "train.epochs=1"])
    #expect(far.outcome.warnings.contains { $0.code.name == "W0302" })
    let again = try lab.train(["train.epochs=1"], file: config(far.last))
    #expect(!again.outcome.warnings.contains { $0.code.name == "W0302" })
  }

  @Test func everyTensorThatDoesNotFitIsNamedAtOnce() throws {
    let right = try SafeTensors(parsing: try lab.train().last, path: "")
    var tensors = right.names.compactMap { name in right.tensor(name).map { (name, $0) } }
    tensors.removeAll { $0.0 == "output.bias" }
    tensors = tensors.map { $0.0 == "layers.0.linear.weight" ? ($0.0, .filled([9, 6], 0)) : $0 }
    tensors += [("extra", .filled([1], 0)), ("other.extra", .filled([1], 0))]
    let file = config(SafeTensors(tensors: tensors).bytes)
    let found = try #require(try finding { _ = try lab.train(file: file) })
    #expect(found.code == .unfitWeights && ExitStatus(Diagnostics([found])) == .data)
    #expect(found.place == .wholeFile(path: lab.folder("w.safetensors")))
    for part in [
      "missing: output.bias\n", "unexpected: extra, other.extra\n",
      "layers.0.linear.weight: the model needs shape [8, 6], the file has [9, 6]\n",
    ] {
      #expect(found.message.contains(part), "\(found)")
    }
    #expect(TestFiles.names(lab.folder("runs")) == ["r1/"], "nothing is made for a run that cannot start")
  }

  @Test func whatIsNoFileOfWeightsIsSaidToBeNone() throws {
    let absent = try #require(try finding { _ = try lab.train(["init.weights=\(lab.folder("absent"))"]) })
    #expect(absent.code == .inputMissing && ExitStatus(Diagnostics([absent])) == .inputMissing)
    for bytes in [Array("x,y\n1,2\n".utf8), [2, 0, 0, 0, 0, 0, 0, 0] + Array("{x".utf8), []] {
      let found = try #require(try finding { _ = try lab.train(file: config(bytes)) })
      #expect(found.code == .badWeights && ExitStatus(Diagnostics([found])) == .data)
    }
  }

  /// Weights start by one rule or by the file.
  @Test func anInitializerContradictsTheFile() throws {
    let found = try #require(try finding { _ = try lab.config(["init.weights=w", "model.initializer.type=zeros"]) })
    #expect(found.code == .contradiction && found.message.contains("model.initializer"))
    #expect(try lab.config(["init.weights=w"]).resolved["model"]?["initializer"] == nil)
  }
}
