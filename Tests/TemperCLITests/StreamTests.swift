import TemperJSON
import TemperRunSupport
import Testing

@Suite struct StreamTests {
  private let shop = Workshop()

  @Test func resultsGoToOneStreamAndProgressToTheOther() {
    let result = shop.temper("train", "c.json")
    #expect(result.status == 0)
    let out = Workshop.lines(result.out).map { String($0.prefix { $0 != " " }) }
    #expect(out.starts(with: ["run", "model", "dead", "stopped", "best", "time"]))
    #expect(!result.out.contains("rows/s"))
    let steps = Workshop.lines(result.err).filter { $0.hasPrefix("step ") }
    #expect(steps.count == 4)
    #expect(steps[0].hasPrefix("step 0  epoch 0.0  validation loss "))
    #expect(!result.err.contains("\u{1B}"))
  }

  @Test func quietMeansQuiet() {
    let result = shop.temper("train", "c.json", "--quiet", "--set", "optimizer.learning_rate=0.1")
    #expect(result.status == 0)
    #expect(result.err == "")
    #expect(result.out.contains("accuracy"))
  }

  @Test func jsonIsOneObject() throws {
    let result = shop.temper("train", "c.json", "--json")
    #expect(Workshop.lines(result.out).count == 1)
    let json = try JSON.parse(result.out, path: "stdout")
    #expect(
      json.members?.map(\.name) == [
        "run", "stop_reason", "stop_evidence", "best_step", "best_weights", "steps", "epochs", "model", "train", "validation", "test",
        "temperature", "expect", "warnings", "burn_in", "breaches", "error", "seconds",
      ])
    #expect(json["run"]?.string == shop.folder("runs/c"))
    #expect(json["stop_reason"] == "completed")
    #expect(json["best_step"] == 6)
    let names = [
      "loss", "accuracy", "log_loss", "macro_f1", "balanced_accuracy", "macro_precision", "macro_recall", "weighted_f1",
      "weighted_precision", "weighted_recall", "mcc", "roc_auc", "top_3_accuracy", "top_5_accuracy", "ece", "brier", "rows", "baseline",
      "classes",
      "confusion",
    ]
    for part in ["validation", "test"] {
      #expect(
        json[part]?.members?.map(\.name) == names, "\(part)")
      #expect(json[part]?["rows"] == 12)
      #expect(try #require(json[part]?["loss"]?.number) > 0)
    }
  }

  @Test func jsonStaysAloneWhereTheRunFails() throws {
    let result = shop.temper("train", "c.json", "--json", "--set", "expect={\"test.accuracy\": {\"min\": 1.5}}")
    #expect(result.status == 10)
    let json = try JSON.parse(result.out, path: "stdout")
    #expect(json["expect"]?.array?.first?["met"] == false)
    let invalid = shop.temper("validate", "c.json", "--json", "--set", "train.epochs=0")
    #expect(invalid.status == 64)
    let report = try JSON.parse(invalid.out, path: "stdout")
    #expect(report["valid"] == false)
    #expect(report["errors"]?.array?.first?["code"] == "E0105")
    #expect(report["errors"]?.array?.first?["option"] == "--set train.epochs=0")
    #expect(invalid.err == "")
  }

  @Test func validateSaysWhatHolds() throws {
    let result = shop.temper("validate", "c.json")
    #expect(result.status == 0)
    #expect(result.out == "c.json: valid\n")
    let json = try JSON.parse(shop.temper("validate", "c.json", "--json").out, path: "stdout")
    #expect(json["valid"] == true)
    #expect(json["resolved"]?["data"]?["path"]?.string == shop.folder("t.csv"))
    #expect(TestFiles.names(shop.folder.path) == ["c.json", "t.csv"])
  }

  @Test func benchMeasuresAStep() throws {
    let result = shop.temper("bench", "c.json", "--steps", "5", "--json")
    #expect(result.status == 0)
    let json = try JSON.parse(result.out, path: "stdout")
    #expect(json["shape"] == "mlp 6-8-3 B32")
    #expect(try #require(json["step_ms"]?.number) > 0)
    #expect(json["buffers_allocated"] == 0)
    #expect(TestFiles.names(shop.folder.path) == ["c.json", "t.csv"])
  }

  @Test func colorsAreForTerminals() {
    let colored = shop.temper("train", "nothing.json", terminal: true)
    #expect(colored.status == 66)
    #expect(colored.err.contains("\u{1B}[31merror:\u{1B}[0m"))
    #expect(!shop.temper("train", "nothing.json").err.contains("\u{1B}"))
    #expect(!shop.temper("train", "nothing.json", environment: ["NO_COLOR=1"], terminal: true).err.contains("\u{1B}"))
  }

  @Test func aBarIsForTerminals() {
    let bar = shop.temper("train", "c.json", "--set", "optimizer.learning_rate=0.1", terminal: true)
    #expect(bar.status == 0)
    #expect(bar.err.contains("[####################] 6/6"))
    #expect(bar.err.hasSuffix("\u{1B}[K"))
    #expect(!bar.err.contains("step 2"))
    let dumb = shop.temper("train", "c.json", "--overwrite", environment: ["TERM=dumb"], terminal: true)
    #expect(!dumb.err.contains("\u{1B}"))
    #expect(dumb.err.contains("step 2"))
  }

  @Test func aReaderThatGoesAwayIsNoCrash() {
    #expect(shop.temper("train", "c.json", "-q").status == 0)
    var big = SampleTable.csv()
    let rows = big.drop { $0 != "\n" }.dropFirst()
    for _ in 0..<300 { big += rows }
    shop.folder.write(big, to: "big.csv")
    let result = Program.shell("$TEMPER predict runs/c --input big.csv | head -1; echo ${PIPESTATUS[0]}", in: shop.folder.path)
    #expect(result.out == "prediction,probability_a,probability_b,probability_c\n0\n")
    #expect(result.err == "")
    #expect(Program.shell("$TEMPER schema >&-", in: shop.folder.path).status == 0)
    #expect(Program.shell("$TEMPER train c.json --overwrite 2>&-", in: shop.folder.path).status == 0)
  }

  @Test func overridesSayWhereTheyCameFrom() {
    let result = shop.temper("validate", "c.json", "--set", "optimizer.learing_rate=1", "--set", "train", "--seed", "5")
    #expect(result.status == 64)
    #expect(result.err.contains("--set optimizer.learing_rate=1: optimizer.learing_rate: unknown key. Did you mean \"learning_rate\"?"))
    #expect(result.err.contains("--set train: expected key=value"))
  }

  @Test func theConfigMayComeFromStandardInput() {
    let config = TestFiles.text(shop.folder("c.json"))
    let result = shop.temper("train", "--config", "-", "--name", "piped", "-q", input: config)
    #expect(result.status == 0)
    #expect(TestFiles.text(shop.folder("runs/piped/config.json")) == config)
  }

  /// The hash in the manifest can be checked with the usual tool.
  @Test func theManifestHoldsTheHashOfTheData() throws {
    #expect(shop.temper("train", "c.json", "-q").status == 0)
    let manifest = try JSON.parse(TestFiles.text(shop.folder("runs/c/manifest.json")), path: "manifest.json")
    let hash = Program.shell("sha256sum < t.csv", in: shop.folder.path).out.prefix { $0 != " " }
    #expect(manifest["data"]?.array?.first?["sha256"]?.string == String(hash))
    #expect(manifest["arguments"]?.array?.dropFirst() == ["train", "c.json", "-q"])
  }

  @Test func relativePathsAreRelativeToTheConfig() {
    let elsewhere = TemporaryFolder()
    let result = Program.run(["train", shop.folder("c.json"), "-q"], in: elsewhere.path)
    #expect(result.status == 0)
    #expect(TestFiles.names(elsewhere.path) == ["runs/"])
    // What the command line says is relative to the working folder.
    let table = Program.run(["train", shop.folder("c.json"), "-q", "--name", "x", "--set", "data.path=t.csv"], in: elsewhere.path)
    #expect(table.status == 66)
  }
}
