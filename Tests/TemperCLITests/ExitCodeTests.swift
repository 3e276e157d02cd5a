import TemperJSON
import TemperRunSupport
import Testing

/// A test for each row of the README's table of exit codes.
@Suite struct ExitCodeTests {
  private let shop = Workshop()

  @Test func zeroWhereAllWentWell() {
    let result = shop.temper("train", "c.json")
    #expect(result.status == 0)
    #expect(TestFiles.names(shop.folder("runs/c")).contains("best/"))
  }

  @Test func tenWhereAnExpectationIsNotMet() {
    let result = shop.temper("train", "c.json", "--set", "expect={\"test.accuracy\": {\"min\": 1.5}}")
    #expect(result.status == 10)
    #expect(result.err.contains("error: test.accuracy: outside the bounds in the config's expect"))
    #expect(result.out.contains("FAILED"))
    // The model is kept all the same.
    #expect(shop.temper("evaluate", "runs/c").status == 0)
  }

  @Test func elevenWhereARunDiverges() {
    let result = shop.temper(
      "train", "c.json", "--quiet", "--set", "optimizer.type=sgd", "--set", "optimizer.learning_rate=1e25", "--threads", "1")
    #expect(result.status == 11)
    let error = Workshop.lines(result.err).last.map(String.init) ?? ""
    #expect(error.hasPrefix("error: step "))
    #expect(error.contains(", on rows "))
    #expect(error.contains("Lower optimizer.learning_rate"))
    #expect(error.hasSuffix("/runs/c/last."))
    #expect(shop.temper("evaluate", "runs/c/last").status == 0)
    // Of two the run's own trouble comes first.
    let both = shop.temper(
      "train", "c.json", "--overwrite", "--set", "optimizer.type=sgd", "--set", "optimizer.learning_rate=1e25", "--set",
      "expect={\"test.accuracy\": {\"min\": 1.5}}")
    #expect(both.status == 11)
  }

  @Test func thirteenWhereARunOfACheckFails() {
    shop.folder.write("{\"data\": {\"path\": \"nothing.csv\", \"label\": \"kind\"}}", to: "broken.json")
    let result = shop.temper("check", "c.json", "broken.json")
    #expect(
      result.status == 13 && result.err.contains("error: broken: seed 0 failed: exit code 66: ")
        && result.err.contains("nothing.csv: file not found"))
    // A regression comes first.
    #expect(shop.temper("check", "c.json", "broken.json", "--set", "expect={\"test.accuracy\": {\"min\": 1.5}}").status == 10)
  }

  @Test func seventyFiveWhereARunIsInterrupted() throws {
    for signal in ["TERM", "INT"] {
      let endless = "--name \(signal) --set train.epochs=20000 --set early_stopping.patience=1000000"
      let result = Program.shell(
        "set -m; $TEMPER train c.json --json --quiet \(endless) & p=$!; until test -s runs/\(signal)/metrics.jsonl; do sleep 0.01; done; "
          + "kill -\(signal) $p; wait $p", in: shop.folder.path)
      #expect(result.status == 75, "\(result.err)")
      let run = shop.folder("runs/\(signal)")
      #expect(result.err.contains("; to continue: temper train --resume \(run)\n"))
      #expect(try JSON.parse(result.out, path: "out")["stop_reason"] == "interrupted")
      #expect(try JSON.parse(TestFiles.text(run + "/manifest.json"), path: "m")["exit_code"] == 75)
      #expect(shop.temper("train", "--resume", run, "--set", "train.epochs=3").status == 0)
    }
  }

  @Test func sixtyFourForUsageAndConfig() {
    #expect(shop.temper("train", "c.json", "--set", "train.epochs=0").status == 64)
    #expect(shop.temper("train", "c.json", "--seed", "-3").status == 64)
    #expect(shop.temper("train", "c.json", "--seed=-3").status == 64)
    #expect(shop.temper("train").status == 64)
    #expect(shop.temper("train", "c.json", "--config", "c.json").status == 64)
    #expect(shop.temper("train", "c.json", "--frobnicate").status == 64)
    #expect(shop.temper("train", "--resume", "runs/c", "--overwrite").status == 64)
    #expect(shop.temper("train", "--resume", "runs/c", "--name", "d").status == 64)
    #expect(shop.temper("trian", "c.json").status == 64)
    #expect(shop.temper("bench", "c.json", "--steps", "0").status == 64)
    #expect(shop.temper("evaluate", "runs/c", "--split", "all").status == 64)
    #expect(shop.temper("predict", "runs/c").status == 64)
    #expect(TestFiles.names(shop.folder.path) == ["c.json", "t.csv"])
  }

  @Test func sixtyFiveForData() {
    shop.folder.write("x,kind\n1,a\nnope\n", to: "t.csv")
    let result = shop.temper("train", "c.json")
    #expect(result.status == 65)
    #expect(result.out == "")
    #expect(result.err.hasPrefix("error: \(shop.folder.path)/t.csv:3:"))
  }

  @Test func sixtySixForAMissingInput() {
    #expect(shop.temper("train", "nothing.json").status == 66)
    #expect(shop.temper("train", "c.json", "--set", "data.path=nothing.csv").status == 66)
    #expect(shop.temper("evaluate", "runs/c").status == 66)
    #expect(shop.temper("train", "--resume", "runs/c").status == 66)
    #expect(shop.temper("predict", "runs/c", "--input", "t.csv").status == 66)
  }

  @Test func seventyThreeWhereNothingCanBeWritten() {
    #expect(shop.temper("train", "c.json", "-q").status == 0)
    let exists = shop.temper("train", "c.json", "-q")
    #expect(exists.status == 73)
    #expect(exists.err.contains("runs/c: the run already exists. Use another --name, or --overwrite to replace it, or --resume "))
    #expect(shop.temper("train", "c.json", "-q", "--overwrite").status == 0)
    #expect(shop.temper("train", "c.json", "-q", "--output-dir", "/proc/none").status == 73)
    #expect(shop.temper("train", "c.json", "-q", "--output-dir", "t.csv").status == 73)
    #expect(Program.shell("$TEMPER schema > /dev/full", in: shop.folder.path).status == 73)
  }
}
