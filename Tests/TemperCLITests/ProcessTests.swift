import TemperJSON
import TemperRunSupport
import Testing

/// The program among others: streams that nobody reads or that are closed, limits, and signals.
@Suite struct ProcessTests {
  private let shop = Workshop()

  private func shell(_ line: String) -> Program.Result { Program.shell(line, in: shop.folder.path) }

  @Test func nobodyReadsAndTheExitCodeStays() {
    let missed = "--set 'expect={\"test.accuracy\": {\"min\": 1.5}}'"
    let wild = "--set optimizer.type=sgd --set optimizer.learning_rate=1e25"
    for (line, status) in [
      ("$TEMPER train c.json -q --overwrite \(missed)", 10), ("$TEMPER train c.json --json --overwrite \(missed)", 10),
      ("$TEMPER train c.json -q --overwrite \(wild)", 11), ("$TEMPER train c.json --overwrite", 0),
      ("$TEMPER predict runs/c --input t.csv", 0), ("$TEMPER validate nowhere.json --json", 66),
    ] as [(String, Int32)] {
      // The reader is gone before the first byte.
      #expect(
        shell("{ sleep 0.1; \(line) 2>&1; echo $? > status; } | true; sleep 0.01; until test -s status; do sleep 0.02; done").status == 0)
      #expect(Int32(TestFiles.text(shop.folder("status")).dropLast()) == status, "\(line)")
      _ = shell("rm status")
    }
  }

  @Test(arguments: ["<&- 2>&-", ">&- 2>&-", "2>&-", "<&- >&- 2>&-"]) func closedStreams(closed: String) throws {
    let result = shell("$TEMPER train c.json --overwrite \(closed)")
    #expect(result.status == 0)
    let lines = TestFiles.text(shop.folder("runs/c/metrics.jsonl")).split(separator: "\n")
    #expect(lines.count == 4)
    for line in lines { _ = try JSON.parse(Array(line.utf8), path: "metrics.jsonl") }
    // What would have been a result is no part of any file.
    for name in ["resolved.json", "manifest.json"] { _ = try JSON.parse(TestFiles.text(shop.folder("runs/c/" + name)), path: name) }
    #expect(shell("$TEMPER predict runs/c --input - <&- >&- 2>&-").status == 65)
  }

  @Test(arguments: ["--help", "--version", "train --help", "--generate-completion-script bash", "schema", "codes"])
  func aFullDiskIsNoticed(command: String) {
    let result = shell("$TEMPER \(command) > /dev/full")
    #expect(result.status == 73 && result.err.contains("cannot write to standard output"))
    #expect(shell("$TEMPER \(command) > /dev/null").status == 0)
  }

  @Test func theGreatestSizeOfAFileIsAnErrorAndNoSignal() {
    let run = shell("ulimit -f 8; $TEMPER train c.json -q --set 'model.hidden=[3000]' 2> err; s=$?; cat err; exit $s")
    #expect(run.status == 73 && run.out.contains("model.safetensors") && run.out.contains("File too large"), "\(run.out)")
    #expect(
      shell("$TEMPER train c.json -q --overwrite > /dev/null; ulimit -f 1; $TEMPER predict runs/c --input t.csv > p.csv").status == 73)
  }

  /// Before there is a run to go on with, a signal ends the program at once and leaves nothing.
  @Test(arguments: ["train", "bench"]) func aSignalWhileDataAreMade(command: String) {
    let config = #"{"data": {"type": "random", "rows": 1000000, "inputs": 60, "classes": 3}, "train": {"max_steps": 1}}"#
    shop.folder.write(config, to: "slow.json")
    let result = shell("$TEMPER \(command) slow.json & p=$!; sleep 0.3; kill -TERM $p; wait $p")
    #expect(result.status == 75 && result.err.hasSuffix("temper: interrupted\n") && result.out == "", "\(result.err)")
    #expect(!TestFiles.names(shop.folder.path).contains("runs/"))
  }

  @Test func aSignalWhileInputIsRead() {
    #expect(shop.temper("train", "c.json", "-q").status == 0)
    let result = shell(
      "mkfifo pipe; sleep 5 > pipe & s=$!; $TEMPER predict runs/c --input - < pipe & p=$!; sleep 0.3; kill -TERM $p; wait $p; e=$?; kill $s; "
        + "exit $e")
    #expect(result.status == 75 && result.out == "")
  }

  /// A comparison that is interrupted writes no config and leaves nothing behind.
  @Test(arguments: ["TERM", "HUP"]) func aSignalWhileModelsAreCompared(signal: String) {
    shop.folder.write("a,b,y\n" + (0..<4000).map { "\($0 % 97),\($0 % 89),k\($0 % 5)\n" }.joined(), to: "many.csv")
    let result = shell(
      "mkdir tmp; TMPDIR=$PWD/tmp $TEMPER init --data many.csv --label y --compare 2> told & p=$!; until grep -q round told; do sleep 0.01; done; "
        + "kill -\(signal) $p; wait $p; e=$?; cat told >&2; ls tmp; exit $e")
    #expect(result.status == 75 && result.out == "" && result.err.hasSuffix("interrupted; no config was written\n"), "\(result.err)")
    #expect(!TestFiles.names(shop.folder.path).contains("many.json"))
  }

  /// An evaluation is given up for a signal, that of a terminal which is closed too, and made up for by the run that goes on.
  @Test(arguments: ["TERM", "HUP"]) func aSignalWhileARunEvaluates(signal: String) throws {
    let rows = (0..<4000).map { "\($0 % 97),\($0 % 89),k\($0 % 1000),\($0 < 1200 ? "train" : "validation")" }
    shop.folder.write((["a,b,y,part"] + rows).joined(separator: "\n") + "\n", to: "wide.csv")
    shop.folder.write(
      #"{"data": {"path": "wide.csv", "label": "y", "split": {"column": "part"}}, "model": {"hidden": [64]}, "#
        + #""train": {"max_steps": 2, "batch_size": 8, "eval_batch_size": 8, "eval_every_steps": 1}}"#, to: "e.json")
    #expect(shop.temper("train", "e.json", "--name", "whole", "-q").status == 0)
    let result = shell(
      "$TEMPER train e.json -q & p=$!; until test -s runs/e/resolved.json; do sleep 0.002; done; sleep 0.05; kill -\(signal) $p; wait $p")
    #expect(result.status == 75, "\(result.err)")
    #expect(shop.temper("train", "--resume", "runs/e", "-q").status == 0)
    for name in ["metrics.jsonl", "best/model.safetensors", "last/model.safetensors", "checkpoints/step-00000002/state.json"] {
      #expect(TestFiles.bytes(shop.folder("runs/e/" + name)) == TestFiles.bytes(shop.folder("runs/whole/" + name)), "\(name)")
    }
  }
}
