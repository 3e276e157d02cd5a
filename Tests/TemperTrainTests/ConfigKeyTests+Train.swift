import TemperCore
import TemperMetrics
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  private static let still = ["optimizer.learning_rate=1e-30", "optimizer.weight_decay=0", "train.epochs=30"]
  /// A run that overfits: its best step is not its last one.
  private static let restless = ["optimizer.learning_rate=0.03", "train.epochs=30", "model.hidden=[64]", "data.split.validation=0.4"]

  /// The metric called `name` of each evaluation after the first step, and whether it was the best so far.
  private static func curve(_ run: TrainedRun, _ name: String) throws -> (values: [Double], best: [Bool]) {
    let lines = try run.metrics().dropFirst()
    return (
      try lines.map { try #require($0["validation"]?[name]?.number) }, lines.map { $0["best"] == true }
    )
  }

  /// Which of `values` beat all before them.
  private static func records(_ values: [Double], upward: Bool) -> [Bool] {
    var best: Double?
    return values.map { value in
      let isBest = best.map { upward ? value > $0 : value < $0 } ?? true
      if isBest { best = value }
      return isBest
    }
  }

  static let trainCases: [KeyCase] = [
    KeyCase("train.epochs") { (lab: Lab) throws in
      let run = try lab.train(["train.epochs=3"])
      #expect(run.outcome.epochs == 3)
      #expect(run.outcome.steps == 12)
    },
    KeyCase("train.max_minutes") { (lab: Lab) throws in
      let run = try lab.train(["train.epochs=1000000", "train.max_minutes=0.002", "early_stopping=null"])
      #expect(run.outcome.stopReason == .timeLimit && run.outcome.steps > 0)
    },
    KeyCase("train.max_loss_ratio") { (lab: Lab) throws in
      let jump = [
        "optimizer={\"type\": \"sgd\", \"learning_rate\": 0.01}", "train.epochs=30", "early_stopping=null",
        "schedule={\"type\": \"piecewise\", \"values\": [1, 10000], \"at_steps\": [40]}",
      ]
      #expect(try lab.train(jump + ["train.max_loss_ratio=3"]).outcome.divergence?.problem.contains("more than 3.0 times") == true)
      #expect(try lab.train(jump + ["train.max_loss_ratio=null"]).outcome.divergence?.problem.contains("times") != true)
    },
    KeyCase("train.max_steps") { (lab: Lab) throws in
      let run = try lab.train(["train={\"max_steps\": 7, \"batch_size\": 16}"])
      #expect(run.outcome.steps == 7)
      #expect(run.outcome.stopReason == .completed)
      #expect(try run.metrics().last?["step"] == 7)
    },
    KeyCase("train.batch_size", givesOtherWeights: [[], ["train.batch_size=7"], ["train.batch_size=1000"]]) { (runs: [TrainedRun]) throws in
      #expect(runs.map(\.outcome.steps) == [8, 16, 2])
    },
    KeyCase("train.shuffle") { (lab: Lab) throws in
      #expect(try lab.train(["train.shuffle=true"]).last == lab.train().last)
      // From the same first weights the order of the file is the same at every seed, and a shuffled one is not.
      let start = "init.weights=\(try lab.train().directory)/last/model.safetensors"
      let all = "\"split\": {\"validation\": null}, \"columns\""
      lab.folder.write(SampleTable.config.replacingFirst("\"columns\"", with: all), to: "all.json")
      func run(_ shuffle: Bool, seed: Int) throws -> TrainedRun {
        try lab.train([start, "train.shuffle=\(shuffle)", "seed=\(seed)"], file: "all.json")
      }
      #expect(try run(false, seed: 1).last == run(false, seed: 2).last)
      #expect(try run(true, seed: 1).last != run(true, seed: 2).last)
      #expect(try run(true, seed: 1).last != run(false, seed: 1).last)
    },
    KeyCase("train.eval_batch_size") { (lab: Lab) throws in
      func buffers(_ size: Int) throws -> (run: TrainedRun, taken: Int) {
        let before = Engine.statistics.taken
        return (try lab.train(["train.eval_batch_size=\(size)"]), Engine.statistics.taken - before)
      }
      let (large, small) = (try buffers(512), try buffers(1))
      // 54 passes instead of one over the training rows at the end alone, each of which takes several buffers.
      #expect(small.taken > large.taken + 150)
      #expect(small.run.last == large.run.last)
      #expect(abs(try #require(small.run.outcome.train.loss) - (try #require(large.run.outcome.train.loss))) < 1e-6)
    },
    KeyCase("train.gradient_accumulation_steps") { (lab: Lab) throws in
      let run = try lab.train(["train.gradient_accumulation_steps=3"])
      #expect(run.outcome.steps == 4)
      #expect(try run.last != lab.train().last)
    },
    KeyCase("train.max_grad_norm") { (lab: Lab) throws in
      func run(_ clip: String) throws -> TrainedRun {
        try lab.train([
          "optimizer={\"type\": \"sgd\", \"momentum\": 0, \"learning_rate\": 1}", "train={\"max_steps\": 1, \"max_grad_norm\": \(clip)}",
        ])
      }
      // Biases and the output's weights start at 0 or move little, so the way of the first step can be told from the biases alone.
      let (free, clipped) = (try run("null"), try run("0.001"))
      let names = ["layers.0.linear.bias", "output.bias"]
      let (way, clippedWay) = (
        norm(try names.flatMap { try free.values($0) }), norm(try names.flatMap { try clipped.values($0) })
      )
      let greatest = try #require(try free.metrics().last?["train"]?["gradient_norm_max"]?.number)
      #expect(clippedWay <= 0.001)
      #expect(abs(clippedWay / way - 0.001 / greatest) < 1e-4 / greatest)
    },
    KeyCase("train.eval_every_epochs") { (lab: Lab) throws in
      let steps = try lab.train(["train.epochs=5", "train.eval_every_epochs=2"]).metrics().map { $0["step"]?.integer }
      #expect(steps == [0, 8, 16, 20])
    },
    KeyCase("train.eval_every_steps") { (lab: Lab) throws in
      #expect(try lab.train(["train.eval_every_steps=3"]).metrics().map { $0["step"]?.integer } == [0, 3, 6, 8])
    },
    KeyCase("early_stopping.monitor") { (lab: Lab) throws in
      let run = try lab.train(restless + ["early_stopping={\"monitor\": \"validation.accuracy\", \"patience\": 100}"])
      let (accuracy, best) = try curve(run, "accuracy")
      #expect(best == records(accuracy, upward: true))
      let byLoss = try curve(try lab.train(restless + ["early_stopping.patience=100"]), "loss")
      #expect(byLoss.best == records(byLoss.values, upward: false))
      #expect(byLoss.best != best)
    },
    KeyCase("early_stopping.mode") { (lab: Lab) throws in
      let (losses, best) = try curve(try lab.train(restless + ["early_stopping={\"mode\": \"max\", \"patience\": 100}"]), "loss")
      #expect(best == records(losses, upward: true))
    },
    KeyCase("early_stopping.patience") { (lab: Lab) throws in
      for patience in [1, 4] {
        let run = try lab.train(still + ["early_stopping.patience=\(patience)"])
        #expect(run.outcome.stopReason == .earlyStopping)
        #expect(run.outcome.epochs == 1 + patience)
        #expect(run.outcome.bestStep == 4)
      }
      #expect(throws: Diagnostics.self) { try lab.config(["early_stopping.patience=null"]) }
      // In a file and on the command line, null turns early stopping off.
      lab.folder.write(SampleTable.config.replacingFirst("{", with: "{\"early_stopping\": null,"), to: "endless.json")
      for endless in [try lab.train(still, file: "endless.json"), try lab.train(still + ["early_stopping=null"])] {
        #expect(endless.outcome.stopReason == .completed)
        #expect(endless.outcome.epochs == 30)
      }
    },
    KeyCase("early_stopping.min_delta") { (lab: Lab) throws in
      let (_, best) = try curve(try lab.train(["train.epochs=4", "early_stopping.min_delta=100"]), "loss")
      #expect(best == [true, false, false, false])
      #expect(try curve(try lab.train(["train.epochs=4"]), "loss").best == [true, true, true, true])
    },
    KeyCase("early_stopping.baseline") { (lab: Lab) throws in
      // Weights that move lower the loss at every evaluation; none that is not beaten starts the count anew.
      let moving = ["train.epochs=4", "early_stopping={\"patience\": 2, \"min_delta\": 0, \"baseline\": 0}"]
      #expect(try lab.train(moving).outcome.stopReason == .completed)
      let resting = still + ["early_stopping={\"patience\": 3, \"baseline\": 100}"]
      #expect(try lab.train(resting).outcome.epochs == 4)
      #expect(try lab.train(still + ["early_stopping={\"patience\": 3, \"baseline\": 0}"]).outcome.epochs == 3)
    },
    KeyCase("early_stopping.start_from") { (lab: Lab) throws in
      let (_, best) = try curve(try lab.train(["train.epochs=4", "early_stopping.start_from=2"]), "loss")
      #expect(best == [false, false, true, true])
      #expect(try lab.train(still + ["early_stopping={\"patience\": 1, \"start_from\": 5}"]).outcome.epochs == 7)
    },
    KeyCase("early_stopping.combine") { (lab: Lab) throws in
      func epochs(_ combine: String) throws -> Int {
        let criteria = #"[{"type": "steps", "steps": 8}, {"type": "steps", "steps": 20}]"#
        let run = try lab.train(still + ["early_stopping={\"patience\": null, \"criteria\": \(criteria), \"combine\": \"\(combine)\"}"])
        return run.outcome.epochs
      }
      let (any, all) = (try epochs("any"), try epochs("all"))
      #expect(any == 2 && all == 5)
    },
    KeyCase("early_stopping.restore_best") { (lab: Lab) throws in
      for restores in [true, false] {
        let run = try lab.train(restless + ["early_stopping={\"restore_best\": \(restores), \"patience\": 100}"])
        let (losses, best) = try curve(run, "loss")
        let (bestLoss, lastLoss) = (try #require(zip(losses, best).filter(\.1).last?.0), try #require(losses.last))
        #expect(bestLoss < lastLoss)
        #expect(run.outcome.validation?.loss == (restores ? bestLoss : lastLoss))
      }
    },
  ]

  /// The steps of a run's checkpoints.
  private static func checkpoints(_ run: TrainedRun) -> [Int] {
    TestFiles.names(run.directory + "/checkpoints").compactMap { Int($0.dropFirst(5).dropLast()) }
  }

  static let checkpointCases: [KeyCase] = [
    KeyCase("checkpoint.every_steps") { (lab: Lab) throws in
      let run = try lab.train(["checkpoint={\"every_steps\": 3, \"keep_last\": 9}"])
      #expect(checkpoints(run) == [3, 6, 8])
      // A quick run has none but its end's; without any it has not even that one.
      #expect(checkpoints(try lab.train()) == [8])
      lab.folder.write(SampleTable.config.replacingFirst("{", with: "{\"checkpoint\": null,"), to: "none.json")
      #expect(checkpoints(try lab.train(file: "none.json")) == [])
      #expect(throws: Diagnostics.self) { try lab.config(["checkpoint={\"every_steps\": 3, \"every_epochs\": 1}"]) }
    },
    KeyCase("checkpoint.every_epochs") { (lab: Lab) throws in
      let run = try lab.train(["checkpoint={\"every_epochs\": 2, \"keep_last\": 9}", "train.epochs=5"])
      #expect(checkpoints(run) == [8, 16, 20])
    },
    KeyCase("checkpoint.keep_last") { (lab: Lab) throws in
      for kept in [1, 2, 4] {
        let run = try lab.train(["checkpoint={\"every_steps\": 1, \"keep_last\": \(kept)}"])
        #expect(checkpoints(run) == Array((9 - kept)...8))
      }
    },
    KeyCase("checkpoint.keep_best") { (lab: Lab) throws in
      let run = try lab.train(restless + ["checkpoint={\"keep_best\": 2}", "early_stopping.patience=100"])
      let losses = try curve(run, "loss").values.enumerated().map { (step: ($0.offset + 1) * run.outcome.steps / 30, loss: $0.element) }
      let best = losses.sorted { $0.loss < $1.loss }.prefix(2).map(\.step)
      #expect(checkpoints(run) == Set(best + [run.outcome.steps]).sorted())
      lab.folder.write(SampleTable.config.replacingFirst("{", with: "{\"early_stopping\": null,"), to: "endless.json")
      #expect(throws: Diagnostics.self) { try lab.config(["checkpoint.keep_best=1"], file: "endless.json") }
    },
  ]

  static let runCases: [KeyCase] = [
    KeyCase("calibrate") { (lab: Lab) throws in
      let changes = ["optimizer.learning_rate=0.03", "data.split.validation=0.4"]
      #expect(try lab.train(changes + ["calibrate=false"]).outcome.temperature == nil)
      #expect(try lab.train(changes + ["calibrate=true"]).outcome.temperature.map { $0 != 1 } == true)
    },
    KeyCase("strict") { (lab: Lab) throws in
      let short = ["train.epochs=2", "early_stopping.patience=5"]
      #expect(try lab.train(short).outcome.warnings.map(\.code.name).contains("W0101"))
      let error = #expect(throws: Diagnostics.self) { try lab.train(short + ["strict=true"]) }
      #expect(error?.list.map(\.code.name) == ["W0101"])
      // Before any learning, results are those of guessing.
      let run = try lab.train(["strict=true", "early_stopping=null", "train.epochs=1", "optimizer.learning_rate=1e-9"])
      #expect(run.outcome.warnings.map(\.code.name).contains("W0304") && run.outcome.status == .expectation)
    },
    KeyCase("name") { (lab: Lab) throws in
      #expect(try lab.train(["name=mine"]).directory == lab.folder("runs/mine"))
      #expect(try lab.config().config.name == "base")
    },
    KeyCase("seed", givesOtherWeights: [[], ["seed=1"], ["seed=2"]]),
    KeyCase("task") { (lab: Lab) throws in
      #expect(try lab.train(["task=classification"]).last == lab.train().last)
      let (number, labels) = (try lab.train(Lab.regression), try lab.train(lab.multilabel()))
      #expect(number.outcome.train.report is RegressionReport && labels.outcome.train.report is MultilabelReport)
      #expect(number.outcome.model.hasSuffix("-8-1") && labels.outcome.model == "mlp 3-8-2")
      #expect(try number.metrics().last?["validation"]?["rmse"]?.number != nil)
      #expect(try labels.metrics().last?["validation"]?["subset_accuracy"]?.number != nil)
      // Text is no number, values belong to a task, and so do the keys that name columns.
      #expect(throws: Diagnostics.self) { try lab.train(["task=regression"]) }
      #expect(throws: Diagnostics.self) { try lab.config(["task=multilabel"]) }
      #expect(throws: Diagnostics.self) { try lab.config(Lab.regression + ["early_stopping.monitor=validation.accuracy"]) }
      #expect(throws: Diagnostics.self) { try lab.config(Lab.regression + ["expect={\"train.accuracy\": {\"min\": 0}}"]) }
    },
    KeyCase("output_dir") { (lab: Lab) throws in
      let run = try lab.train(["output_dir=\(lab.folder("deep/er"))", "name=x"])
      #expect(run.directory == lab.folder("deep/er/x"))
      #expect(TestFiles.names(lab.folder("deep/er")) == ["x/"])
    },
    KeyCase("threads") { (lab: Lab) throws in
      for threads in [1, 2] {
        let run = try lab.train(["threads=\(threads)"])
        #expect(try run.json("manifest.json")["threads"]?.integer == threads)
      }
      #expect(try lab.train().json("manifest.json")["threads"]?.integer == Machine.processors)
    },
    KeyCase("expect.*.min") { (lab: Lab) throws in
      #expect(try lab.train(["expect={\"train.accuracy\": {\"min\": 0}}"]).outcome.meetsExpectations)
      let run = try lab.train(["expect={\"train.accuracy\": {\"min\": 1.01}}"])
      #expect(!run.outcome.meetsExpectations)
      #expect(try run.json("manifest.json")["exit_code"] == 10)
    },
    KeyCase("expect.*.max") { (lab: Lab) throws in
      #expect(try lab.train(["expect={\"validation.loss\": {\"max\": 99}}"]).outcome.meetsExpectations)
      #expect(try !lab.train(["expect={\"validation.loss\": {\"max\": 0}}"]).outcome.meetsExpectations)
      // What was not measured is not met.
      #expect(try !lab.train(["expect={\"test.loss\": {\"max\": 99}}"]).outcome.meetsExpectations)
    },
    KeyCase("expect.*.within") { (lab: Lab) throws in
      let path = lab.baseline(["train.accuracy": 2, "train.loss": -1])
      func isMet(_ metric: String, _ within: Double) throws -> Bool {
        let expectation = "{\"\(metric)\": {\"within\": \(within), \"of\": \"\(path)\"}}"
        let run = try lab.train(["name=base", "output_dir=\(lab.folder("\(metric)-\(within)"))", "expect=\(expectation)"])
        return run.outcome.meetsExpectations
      }
      // Below 2 by more than 1 and less than 2, and above -1 by more than 1 and less than 50.
      #expect(try isMet("train.accuracy", 2) && !isMet("train.accuracy", 1) && isMet("train.loss", 50) && !isMet("train.loss", 1))
    },
    KeyCase("expect.*.config") { (lab: Lab) throws in
      let path = lab.baseline(["train.loss": 1])
      let bounds = #"{"within": 0.1, "of": "\#(path)"}"#
      #expect(try lab.train(["expect={\"train.loss\": \(bounds)}", "name=other"]).json("results.json")["expect"]?.array?.count == 1)
      #expect(throws: Diagnostics.self) { try lab.train(["expect={\"train.loss\": \(bounds)}", "expect.train.loss.config=other"]) }
    },
    KeyCase("expect.*.of") { (lab: Lab) throws in
      lab.baseline(["train.accuracy": 0.5])
      let expectation = "{\"expect\": {\"train.accuracy\": {\"within\": 2, \"of\": \"baseline.json\"}},"
      lab.folder.write(SampleTable.config.replacingFirst("{", with: expectation), to: "base.json")
      // It is relative to the config, also where the run's own config is trained again.
      let run = try train(try lab.config())
      #expect(run.outcome.checks.first?.expectation.min == -1.5 && run.outcome.meetsExpectations)
      let again = try train(try ConfigFile(path: run.directory + "/resolved.json", overrides: ["output_dir=\(lab.folder("again"))"]))
      #expect(again.outcome.checks == run.outcome.checks)
    },
  ]
}
