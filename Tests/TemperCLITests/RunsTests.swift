import TemperJSON
import TemperRunSupport
import Testing

/// Listing runs, and judging one at a checkpoint.
@Suite struct RunsTests {
  private let shop = Workshop()

  @Test func runsAreListed() throws {
    #expect(shop.temper("runs").status == 66)
    for (name, rate) in [("b-slow", "1e-5"), ("a-fast", "0.03")] {
      #expect(shop.temper("train", "c.json", "--name", name, "--set", "optimizer.learning_rate=\(rate)").status == 0)
    }
    let folds = shop.temper(
      "train", "c.json", "--name", "folds", "--set", "data.split={\"validation\": {\"folds\": 2}}", "--set",
      "data.columns={\"part\": \"ignore\"}")
    #expect(folds.status == 0)
    shop.folder.write("", to: "runs/no-run.txt")

    let table = shop.temper("runs")
    #expect(table.status == 0 && table.err == "")
    let lines = Workshop.lines(table.out)
    #expect(lines[0].hasPrefix("run ") && lines[0].contains("validation.loss  validation.accuracy"))
    #expect(lines.dropFirst().map { $0.split(separator: " ")[0] } == ["runs/a-fast", "runs/b-slow", "runs/folds"])
    #expect(lines[1].contains("completed") && lines[3].contains("2 folds"))

    let json = try #require(try JSON.parse(shop.temper("runs", "runs", "--json").out, path: "out").array)
    #expect(json.map { $0["state"] } == ["completed", "completed", "completed"])
    let outcome = try JSON.parse(TestFiles.text(shop.folder("runs/a-fast/results.json")), path: "results.json")
    let metrics = try #require(json[0]["metrics"])
    #expect(metrics["test.accuracy"] == outcome["test"]?["accuracy"] && metrics["validation.loss"] == outcome["validation"]?["loss"])
    #expect(json[2]["folds"] == 2 && json[2]["metrics"]?["validation.loss"]?.number != nil)

    // The best comes first, whichever way the value goes.
    for name in ["validation.loss", "test.accuracy"] {
      let sorted = Workshop.lines(shop.temper("runs", "--sort", name).out)
      #expect(sorted[0].contains(name) && !sorted[1].hasPrefix("runs/b-slow"), "\(name)")
    }
    let one = Workshop.lines(shop.temper("runs", "runs/b-slow", "--metric", "test.macro_f1").out)
    #expect(one.count == 2 && one[0].contains("test.macro_f1") && one[1].hasPrefix("runs/b-slow"))
    #expect(shop.temper("runs", "--sort", "accuracy").status == 64)
    TestFiles.makeFolder(shop.folder("empty"))
    #expect(shop.temper("runs", "empty").err == "note: no runs found in empty\n")
  }

  @Test func unfinishedRunsAreListedAndJudged() throws {
    let config = """
      {"data": {"path": "t.csv", "label": "kind", "split": {"column": "part"}}, "model": {"hidden": [8]}, "weight_average": {"decay": 0.8},
       "train": {"max_steps": 20, "eval_every_steps": 5}, "checkpoint": {"every_steps": 5, "keep_last": 9}}
      """
    shop.folder.write(config, to: "k.json")
    #expect(shop.temper("train", "k.json").status == 0)
    // As a run that was killed leaves it.
    for name in ["best", "last", "results.json"] { TestFiles.remove(shop.folder("runs/k/" + name)) }
    let manifest = TestFiles.text(shop.folder("runs/k/manifest.json"))
    shop.folder.write(manifest.replacingFirst("\"stop_reason\": \"completed\"", with: "\"stop_reason\": null"), to: "runs/k/manifest.json")
    let listed = Workshop.lines(shop.temper("runs").out)
    #expect(listed[1].contains("crashed") && listed[1].contains(" 20 "))

    let none = shop.temper("evaluate", "runs/k")
    #expect(none.status == 66 && none.err.contains("temper evaluate runs/k --checkpoint 20") && none.err.contains("--resume runs/k"))
    let lines = Workshop.lines(TestFiles.text(shop.folder("runs/k/metrics.jsonl")))
    for step in [5, 10, 20] {
      let line = try #require(lines.map { try? JSON.parse(String($0), path: "m") }.first { $0?["step"]?.integer == step } ?? nil)
      let judged = shop.temper("evaluate", "runs/k", "--checkpoint", "\(step)", "--split", "validation", "--json")
      let json = try JSON.parse(judged.out, path: "out")
      #expect(json["loss"] == line["validation"]?["loss"] && json["step"]?.integer == step, "\(judged.err)")
    }
    let table = shop.temper("evaluate", "runs/k", "--checkpoint", "10", "--input", "t.csv")
    #expect(table.status == 0 && table.out.contains("60"))
    let missing = shop.temper("evaluate", "runs/k", "--checkpoint", "7")
    #expect(missing.status == 66 && missing.err.contains("only has checkpoints of step 5, 10, 15, 20 [E0313]"))
    // Other data would give another preprocessing.
    shop.folder.write(SampleTable.csv(seed: 2), to: "t.csv")
    #expect(shop.temper("evaluate", "runs/k", "--checkpoint", "10").status == 65)
  }

  @Test func predictionsOfFoldsAreAveraged() throws {
    let trained = shop.temper(
      "train", "c.json", "--name", "f", "--set", "data.split={\"validation\": {\"folds\": 3}}", "--set",
      "data.columns={\"part\": \"ignore\"}")
    #expect(trained.status == 0)
    func probabilities(_ run: String) throws -> [[Double]] {
      let result = shop.temper("predict", run, "--input", "t.csv")
      #expect(result.status == 0, "\(result.err)")
      return Workshop.lines(result.out).dropFirst().map { line in line.split(separator: ",").dropFirst().compactMap { Double($0) } }
    }
    let (all, folds) = (try probabilities("runs/f"), try (1...3).map { try probabilities("runs/f/fold-\($0)") })
    #expect(all.count == 60)
    for row in all.indices {
      for column in all[row].indices {
        let mean = folds.reduce(0) { $0 + $1[row][column] } / 3
        #expect(abs(all[row][column] - mean) < 1e-6)
      }
    }
    // As it stands elsewhere, without the data of the runs.
    TestFiles.copy(shop.folder("runs/f"), to: shop.folder("moved"))
    #expect(try probabilities("moved") == all)
    TestFiles.remove(shop.folder("runs/f/fold-2/best"))
    let missing = shop.temper("predict", "runs/f", "--input", "t.csv")
    #expect(missing.status == 66 && missing.err.contains("1 of its 3 folds have no model yet"))
  }

  @Test func keysAreTurnedOffAndTakenOut() throws {
    func resolved(_ arguments: String...) throws -> JSON {
      let result = Program.run(["validate", "c.json", "--json"] + arguments, in: shop.folder.path)
      return try #require(try JSON.parse(result.out, path: "out")["resolved"], "\(result.out)")
    }
    #expect(try resolved("--set", "early_stopping=null")["early_stopping"]?.isNull == true)
    #expect(try resolved("--unset", "early_stopping")["early_stopping"]?["patience"] == 10)
    #expect(try resolved("--unset", "train.epochs")["train"]?["epochs"] == 50)
    #expect(try resolved("--unset", "train", "--set", "train.max_steps=4")["train"]?["max_steps"] == 4)
    let wrong = shop.temper("train", "c.json", "--unset", "train.epochs=3")
    #expect(wrong.status == 64 && wrong.err.contains("[E0110]"))
    for key in ["train.epoch", "earl_stopping", "nosuch.x"] {
      let unknown = shop.temper("train", "c.json", "--unset", key)
      #expect(unknown.status == 64 && unknown.err.contains("--unset \(key): unknown key") && unknown.err.contains("[E0102]"))
    }
    #expect(try resolved("--unset", "model.norm")["model"]?["hidden"] == [8])
  }

  @Test func mistakesOnTheCommandLineHaveACode() {
    for arguments in [["train"], ["evaluate"], ["bogus"], ["train", "c.json", "--threads", "many"], ["runs", "--sort", "nonsense"]] {
      let result = Program.run(arguments, in: shop.folder.path)
      #expect(result.status == 64 && Workshop.lines(result.err)[0].hasSuffix("[E0140]"), "\(arguments): \(result.err)")
    }
  }

  /// How long a run takes yet is told at each evaluation, but the last.
  @Test func progressTellsTheTimeLeft() {
    let lines = Workshop.lines(shop.temper("train", "c.json").err).filter { $0.hasPrefix("step ") }
    #expect(lines.count == 4 && lines[1].contains(" left") && lines[2].contains(" left") && !lines[3].contains(" left"))
  }
}
