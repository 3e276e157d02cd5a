import TemperJSON
import TemperRunSupport
import Testing

/// Cross-validation as a user runs it.
@Suite struct FoldTests {
  private let shop = Workshop()

  init() {
    shop.folder.write(
      """
      {
        "data": {
          "path": "t.csv", "label": "kind", "columns": {"part": "ignore"}, "split": {"test": 0.2, "validation": {"folds": 3}}
        },
        "model": {"hidden": [8]}, "train": {"epochs": 3}, "early_stopping": {"patience": 2}
      }
      """, to: "f.json")
  }

  @Test func foldsAreSummedUp() throws {
    let result = shop.temper("train", "f.json", "--json")
    #expect(result.status == 0, "\(result.err)")
    for fold in 1...3 { #expect(result.err.contains("fold \(fold) of 3"), "\(result.err)") }
    let outcome = try JSON.parse(result.out, path: "out")
    #expect(outcome["run"]?.string == shop.folder("runs/f"))
    let folds = try #require(outcome["folds"]?.array)
    #expect(folds.compactMap { $0["fold"]?.integer } == [1, 2, 3])
    #expect(folds.compactMap { $0["validation"]?["rows"]?.integer }.reduce(0, +) == 48 && folds.allSatisfy { $0["test"]?["rows"] == 12 })
    for part in ["validation", "test"] {
      let values = folds.compactMap { $0[part]?["loss"]?.number }
      let mean = values.reduce(0, +) / 3
      let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2).squareRoot()
      #expect(abs(try #require(outcome["mean"]?[part]?["loss"]?.number) - mean) < 1e-12)
      #expect(abs(try #require(outcome["standard_deviation"]?[part]?["loss"]?.number) - deviation) < 1e-12)
    }
    let stored = try JSON.parse(TestFiles.text(shop.folder("runs/f/folds.json")), path: "folds.json")
    #expect(stored["mean"] == outcome["mean"] && stored["folds"] == outcome["folds"])

    // For people: a line for each fold, then means.
    let table = shop.temper("train", "f.json", "--quiet", "--overwrite")
    #expect(table.status == 0 && table.err == "")
    let lines = Workshop.lines(table.out)
    for fold in 1...3 { #expect(lines.contains { $0.hasPrefix("\(fold) ") }, "\(table.out)") }
    let heading = try #require(lines.first { $0.hasPrefix("mean +- deviation") })
    #expect(heading.contains("train") && heading.contains("validation") && heading.contains("test"))
    #expect(lines.contains { $0.hasPrefix("accuracy ") && $0.contains(" +- ") })
  }

  @Test func expectationsAreOfTheMeans() {
    let missed = shop.temper("train", "f.json", "--set", "expect={\"test.loss\": {\"max\": 0}}", "--json")
    #expect(missed.status == 10 && missed.err.contains("error: test.loss: outside the bounds in the config's expect"))
    #expect(shop.temper("train", "f.json").status == 73)
  }

  /// A fold is a run of its own: it predicts, is judged, and trains again alone.
  @Test func aFoldIsARun() throws {
    let outcome = try JSON.parse(shop.temper("train", "f.json", "--json").out, path: "out")
    let fold = try #require(outcome["folds"]?.array?[1])
    let predicted = shop.temper("predict", "runs/f/fold-2", "--input", "t.csv")
    #expect(predicted.status == 0 && Workshop.lines(predicted.out).count == 61)
    #expect(predicted.out != shop.temper("predict", "runs/f/fold-1", "--input", "t.csv").out)
    for part in ["validation", "test"] {
      let again = try JSON.parse(shop.temper("evaluate", "runs/f/fold-2", "--split", part, "--json").out, path: "out")
      #expect(again["rows"] == fold[part]?["rows"])
      #expect(again["loss"] == fold[part]?["loss"])
    }
    #expect(shop.temper("train", "runs/f/fold-2/resolved.json", "--output-dir", "runs", "--name", "alone", "-q").status == 0)
    #expect(shop.temper("predict", "runs/alone", "--input", "t.csv").out == predicted.out)
    // All of them together are no model to judge.
    let none = shop.temper("evaluate", "runs/f", "--input", "t.csv")
    #expect(none.status == 66 && none.out == "" && none.err.contains("runs/f/fold-1"))
  }

  @Test func whatWasInterruptedGoesOn() throws {
    let long = "f.json --set train='{\"max_steps\": 2000, \"eval_every_steps\": 10}' --set early_stopping.patience=100000 --quiet"
    let line =
      "set -m; $TEMPER train \(long) --json & p=$!; until test -s runs/f/fold-2/metrics.jsonl; do sleep 0.01; done; kill -TERM $p; wait $p"
    let stopped = Program.shell(line, in: shop.folder.path)
    #expect(stopped.status == 75, "\(stopped.err)")
    #expect(stopped.err.contains(" of fold ") && stopped.err.contains("; to continue: temper train --resume \(shop.folder("runs/f"))\n"))
    let ended = try #require(try JSON.parse(TestFiles.text(shop.folder("runs/f/folds.json")), path: "folds.json")["folds"]?.array)
    #expect((1...2).contains(ended.count))
    #expect(shop.temper("train", "--resume", "runs/f", "--quiet", "--seed", "1").status == 64)
    let resumed = shop.temper("train", "--resume", "runs/f", "--quiet", "--json")
    #expect(resumed.status == 0, "\(resumed.err)")
    #expect(Program.shell("$TEMPER train \(long) --name whole", in: shop.folder.path).status == 0)
    for name in ["folds.json", "fold-1/last/model.safetensors", "fold-2/metrics.jsonl", "fold-3/best/model.safetensors"] {
      let whole = try #require(TestFiles.bytes(shop.folder("runs/whole/" + name)))
      #expect(whole == TestFiles.bytes(shop.folder("runs/f/" + name)), "\(name) differs")
    }
  }
}
