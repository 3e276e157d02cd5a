import Synchronization
import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

/// A run that goes on ends as one that was never interrupted.
@Suite struct ResumeTests {
  let lab = Lab()

  /// All that a checkpoint must remember: dropout, a warm-up, accumulation over an epoch's uneven end, an average of weights, schedules that
  /// answer to metrics, and early stopping that waits.
  static let everything = """
    {
      "data": {"path": "t.csv", "label": "kind", "columns": {"part": "ignore"}, "split": {"validation": 0.3}},
      "model": {"hidden": [8, 8], "norm": "batch"},
      "optimizer": {"type": "adamw", "learning_rate": 0.03, "weight_decay": {"type": "cosine", "from": 0.1, "to": 0.01}},
      "schedule": {"type": "reduce_on_plateau", "patience": 1, "factor": 0.7, "warmup_steps": 9},
      "regularization": {
        "l1": 1e-4, "l2": {"type": "linear", "from": 0, "to": 1e-3}, "dropout": {"rate": [{"type": "feedback", "rule": "sign", "from": 0.1, "max": 0.5}, 0.2]}
      },
      "train": {"max_steps": 80, "batch_size": 7, "gradient_accumulation_steps": 4, "max_grad_norm": 1, "eval_every_steps": 5},
      "weight_average": {"decay": 0.9, "start_step": 6},
      "early_stopping": {"patience": 6, "monitor": "validation.loss"}, "guard": {"monitor_share": 0.2},
      "checkpoint": {"every_steps": 3, "keep_last": 2}
    }
    """

  static let files = [
    "best/model.safetensors", "last/model.safetensors", "best/bundle.json", "last/bundle.json", "metrics.jsonl", "guard.json",
  ]

  private func config(_ name: String, _ changes: [String] = []) throws -> ConfigFile {
    lab.folder.write(Self.everything, to: "everything.json")
    return try lab.config(["name=\(name)"] + changes, file: "everything.json")
  }

  /// Trains, and interrupts after the steps in `stops`, in order; each time another `Runner.run` goes on.
  func train(_ name: String, stops: [Int], changes: [String] = []) throws -> any RunResult {
    var config = try config(name, changes)
    var options = Runner.Options()
    for (index, stop) in stops.enumerated() {
      let taken = Mutex(index > 0 ? stops[index - 1] : 0)
      options.isInterrupted = { taken.withLock { $0 >= stop } }
      let ending = try Runner.run(config, options: options) { event in
        if case .stepped(let number, _) = event { taken.withLock { $0 = number } }
      }
      guard let interruption = ending.interruption else { return ending }
      #expect(interruption.steps == stop)
      config = try ConfigFile(resuming: interruption.directory)
      options.existing = .resume
    }
    options.isInterrupted = { false }
    return try Runner.run(config, options: options)
  }

  func expectSame(_ a: TrainedRun, _ b: TrainedRun) throws {
    for name in Self.files + (try lastCheckpoint(a)) {
      #expect(a.content(name) == b.content(name) && !a.content(name).isEmpty, "\(name) differs")
    }
    #expect(a.outcome.stopReason == b.outcome.stopReason)
    #expect(a.outcome.warnings == b.outcome.warnings)
    #expect(a.outcome.train.json == b.outcome.train.json && a.outcome.validation?.json == b.outcome.validation?.json)
  }

  /// A run with `changes` ends the same, whether it is interrupted after the steps in `stops` or not.
  @discardableResult
  func expectGoesOn(stops: [Int], changes: [String]) throws -> (whole: TrainedRun, parts: TrainedRun) {
    let whole = TrainedRun(try #require(try train("whole", stops: [], changes: changes).outcome))
    let parts = TrainedRun(try #require(try train("parts", stops: stops, changes: changes).outcome))
    try expectSame(whole, parts)
    return (whole, parts)
  }

  /// The files of the last checkpoint.
  private func lastCheckpoint(_ run: TrainedRun) throws -> [String] {
    let folder = "checkpoints/" + (try #require(TestFiles.names(run.directory + "/checkpoints").last))
    let names = TestFiles.names(run.directory + "/" + folder)
    #expect(names == ["DONE", "best.safetensors", "model.safetensors", "optimizer.safetensors", "state.json"])
    return names.filter { $0 != "DONE" }.map { folder + $0 }
  }

  @Test(arguments: ["adamw", "adam", "sgd", "rmsprop", "adagrad", "lion"])
  func aRunThatWasInterruptedEndsTheSame(optimizer: String) throws {
    let decay =
      ["adamw", "lion", "sgd"].contains(optimizer) ? ", \"weight_decay\": {\"type\": \"cosine\", \"from\": 0.1, \"to\": 0.01}" : ""
    let momentum = optimizer == "sgd" ? ", \"momentum\": 0.9" : ""
    let changes = ["optimizer={\"type\": \"\(optimizer)\", \"learning_rate\": 0.01\(decay)\(momentum)}"]
    // Before the first step, between evaluations, at one, at a checkpoint, twice in a row, and near the end.
    let (whole, parts) = try expectGoesOn(stops: [0, 1, 5, 5, 7, 12, 13, 29], changes: changes)
    #expect(try parts.json("manifest.json")["resumed"]?.array?.count == (whole.outcome.steps >= 29 ? 8 : 7))
    #expect(try whole.json("manifest.json")["resumed"] == [])
  }

  /// A table of which only the rows are stored that were used, and rules that look at no others.
  @Test(arguments: ["{}", #"{"type": "adam", "rows": "touched"}"#, #"{"type": "sgd", "rows": "touched"}"#])
  func rowsOfATableGoOn(optimizer: String) throws {
    let texts = lab.texts("ngram_linear", ["\"buckets\": 4096"], data: ["\"split\": {\"validation\": 0.3}"])
    let changes =
      texts + ["optimizer=\(optimizer)", "early_stopping={}", "train={\"max_steps\": 30, \"batch_size\": 3, \"eval_every_steps\": 5}"]
    let whole = try expectGoesOn(stops: [0, 1, 7, 12], changes: changes).whole
    for name in try lastCheckpoint(whole) where name.hasSuffix(".safetensors") {
      #expect(whole.content(name).count < 4096 * 4 * 4, "\(name) holds rows that nothing used")
    }
  }

  /// Every criterion that does not watch the clock, of which one ends the run.
  @Test func criteriaGoOn() throws {
    let types = ["generalization_loss", "progress_quotient", "successive_increases", "training_progress", "relative_gap"]
    let criteria = types.map { "{\"type\": \"\($0)\"}" } + [#"{"type": "steps", "steps": 22}"#]
    let changes = ["early_stopping={\"patience\": null, \"start_from\": 1, \"criteria\": [\(criteria.joined(separator: ", "))]}"]
    let (whole, parts) = try expectGoesOn(stops: [3, 17], changes: changes)
    #expect(whole.outcome.stopReason == .earlyStopping && whole.outcome.evidence == parts.outcome.evidence)
  }

  /// Dropout and weight decay by the gap, each by either rule, and weight decay by the norms of every step.
  @Test(arguments: [
    #"{"type": "feedback", "max": 5}"#, #"{"type": "feedback", "rule": "sign", "from": 0.1, "max": 5, "target": 0.1}"#,
    #"{"type": "adaptive", "strength": 2}"#,
  ])
  func adaptiveWeightDecayGoesOn(decay: String) throws {
    let changes = ["regularization.dropout={\"type\": \"gap_controlled\"}", "optimizer.weight_decay=\(decay)"]
    let whole = try expectGoesOn(stops: [3, 4, 17], changes: changes).whole
    let fixed = TrainedRun(try #require(try train("fixed", stops: [], changes: [changes[0], "optimizer.weight_decay=0"]).outcome))
    #expect(fixed.last != whole.last)
  }

  /// Draws of rows, of labels and of changes to rows are functions of places, and so need not be remembered.
  @Test(arguments: ["\"balanced\"", "null"]) func changedRowsGoOn(sampling: String) throws {
    let changes = [
      "data.columns={\"part\": \"ignore\", \"color\": \"ignore\"}", "data.label_noise=0.2", "train.sampling=\(sampling)",
      "train.augment={\"noise\": 0.1, \"shift\": 1, \"flip\": 0.3, \"cutout\": 1, \"mixup\": 0.3, \"shape\": [3]}",
    ]
    try expectGoesOn(stops: [1, 3, 17], changes: changes)
  }

  /// Canaries are drawn from the seed, and so need not be remembered.
  @Test func plantedTextGoesOn() throws {
    let changes =
      lab.language(data: ["\"canaries\": 5", "\"split\": {\"validation\": 0.3}"]) + [
        "early_stopping={}", "train={\"max_steps\": 20, \"batch_size\": 3, \"eval_every_steps\": 5}", "guard.monitor_share=20",
      ]
    let whole = try expectGoesOn(stops: [0, 1, 7, 12], changes: changes).whole
    #expect(try whole.metrics().contains { $0["monitors"]?["canaries_memorized"]?.number != nil })
  }

  /// Without validation rows the training rows are evaluated for the first loss; a run that is stopped then has its line once.
  @Test func theFirstEvaluationIsNotedOnce() throws {
    let changes = [
      "data.split={\"validation\": null}", "early_stopping=null", "schedule={\"type\": \"constant\"}",
      "regularization.dropout={\"rate\": 0.1}",
    ]
    let whole = TrainedRun(try #require(try train("whole", stops: [], changes: changes).outcome))
    for asks in 1...3 {
      let config = try config("stopped\(asks)", changes)
      let asked = Mutex(0)
      let stopped = Runner.Options(isInterrupted: {
        asked.withLock {
          $0 += 1; return $0 >= asks
        }
      })
      guard let interruption = try Runner.run(config, options: stopped).interruption else {
        Issue.record("it was not stopped")
        return
      }
      let rest = try TemperTrainTests.train(try ConfigFile(resuming: interruption.directory), options: .init(existing: .resume))
      #expect(rest.bytes("metrics.jsonl") == whole.bytes("metrics.jsonl") && rest.last == whole.last)
    }
  }

  /// A process that is killed leaves lines and files of steps after its last checkpoint.
  @Test func whatCameAfterTheCheckpointComesAgain() throws {
    let whole = TrainedRun(try #require(try train("whole", stops: []).outcome))
    let run = TrainedRun(try #require(try train("parts", stops: []).outcome))
    let checkpoints = TestFiles.names(run.directory + "/checkpoints")
    #expect(checkpoints.count == 2)
    TestFiles.remove(run.directory + "/checkpoints/\(checkpoints[1].dropLast())")
    let again = try TemperTrainTests.train(try ConfigFile(resuming: run.directory), options: .init(existing: .resume))
    #expect(try again.json("manifest.json")["resumed"]?.array?.last?["after_step"]?.integer == Int(checkpoints[0].dropFirst(5).dropLast()))
    try expectSame(whole, again)
  }

  @Test func leftoversAreClearedAway() throws {
    let whole = TrainedRun(try #require(try train("whole", stops: []).outcome))
    let run = TrainedRun(try #require(try train("parts", stops: [16]).outcome))
    let folder = run.directory
    let last = try #require(TestFiles.names(folder + "/checkpoints").last)
    // Half a line, lines of steps to come, a folder half written, one half removed, and one caught between its two names.
    TestFiles.write(run.bytes("metrics.jsonl") + Array("{\"step\": 990}\n{\"st".utf8), to: folder + "/metrics.jsonl")
    TestFiles.copy(folder + "/last", to: folder + "/last.partial")
    TestFiles.copy(folder + "/checkpoints/" + last, to: folder + "/checkpoints/step-00000999")
    TestFiles.remove(folder + "/checkpoints/step-00000999/DONE")
    TestFiles.copy(folder + "/checkpoints/" + last, to: folder + "/checkpoints/\(last.dropLast()).old")
    TestFiles.remove(folder + "/checkpoints/" + last)
    TestFiles.copy(folder + "/best", to: folder + "/best.old")
    let again = try TemperTrainTests.train(try ConfigFile(resuming: folder), options: .init(existing: .resume))
    for name in Self.files { #expect(again.content(name) == whole.content(name), "\(name)") }
    #expect(TestFiles.names(folder) == TestFiles.names(whole.directory))
  }

  @Test func withoutACheckpointARunStartsOver() throws {
    let whole = TrainedRun(try #require(try train("whole", stops: []).outcome))
    let run = TrainedRun(try #require(try train("parts", stops: []).outcome))
    TestFiles.remove(run.directory + "/checkpoints")
    let again = try TemperTrainTests.train(try ConfigFile(resuming: run.directory), options: .init(existing: .resume))
    try expectSame(whole, again)
    #expect(again.bytes("config.json") == whole.bytes("config.json"))
  }

  @Test func aRunThatIsDoneMayBeMadeLonger() throws {
    let changes = ["schedule={\"type\": \"constant\"}", "early_stopping.patience=100"]
    let whole = TrainedRun(try #require(try train("whole", stops: [], changes: changes + fixed).outcome))
    let short = TrainedRun(try #require(try train("short", stops: [], changes: changes + fixed + ["train.max_steps=40"]).outcome))
    #expect(short.outcome.steps == 40)
    let longer = try TemperTrainTests.train(
      try ConfigFile(resuming: short.directory, overrides: ["train.max_steps=80"]), options: .init(existing: .resume))
    #expect(longer.outcome.steps == 80)
    for name in Self.files { #expect(longer.content(name) == whole.content(name), "\(name)") }
    // The other file's words count as well as the command line's.
    let same = try TemperTrainTests.train(
      try ConfigFile(resuming: short.directory, path: lab.folder("everything.json"), overrides: changes + fixed),
      options: .init(existing: .resume))
    #expect(same.outcome.steps == 80)
  }

  /// Numbers that do not depend on how long the run is.
  private let fixed = ["optimizer.weight_decay=0.01", "regularization.l2=0"]

  @Test func patienceMayGrow() throws {
    let still = fixed + ["optimizer.learning_rate=1e-30", "early_stopping.patience=2"]
    let run = TrainedRun(try #require(try train("still", stops: [], changes: still).outcome))
    #expect(run.outcome.stopReason == .earlyStopping)
    func resumed(_ changes: [String]) throws -> SingleResult {
      try TemperTrainTests.train(try ConfigFile(resuming: run.directory, overrides: changes), options: .init(existing: .resume)).outcome
    }
    #expect(try resumed([]).steps == run.outcome.steps)
    let more = try resumed(["early_stopping.patience=4"])
    #expect(more.stopReason == .earlyStopping)
    #expect(more.steps == run.outcome.steps + 10)
  }

  @Test func otherSettingsCannotChange() throws {
    let run = TrainedRun(try #require(try train("x", stops: []).outcome))
    let changes = [
      "optimizer.learning_rate=0.5", "seed=3", "model.hidden=[8, 9]", "expect={\"train.loss\": {\"max\": 0}}", "train.max_steps=81",
    ]
    let error = #expect(throws: Diagnostics.self) {
      try Runner.run(try ConfigFile(resuming: run.directory, overrides: changes), options: .init(existing: .resume))
    }
    let messages = (error?.list ?? []).map(\.description)
    #expect(messages.count == 3)
    #expect(
      messages.contains {
        $0.hasPrefix(
          "--set optimizer.learning_rate=0.5: optimizer.learning_rate: is 0.5, but the run was started with 0.03. Only train.epochs")
      })
    #expect(error?.list.allSatisfy { $0.code.name == "E0112" } == true)
  }

  @Test func dataMustBeTheSame() throws {
    let run = TrainedRun(try #require(try train("x", stops: []).outcome))
    lab.folder.write(SampleTable.csv(seed: 2), to: "t.csv")
    let error = #expect(throws: Diagnostics.self) {
      try Runner.run(try ConfigFile(resuming: run.directory), options: .init(existing: .resume))
    }
    #expect(error?.list.map(\.code.name) == ["E0243"])
  }

  @Test func aMovedRunGoesOnWhereItIs() throws {
    let whole = TrainedRun(try #require(try train("whole", stops: []).outcome))
    let run = TrainedRun(try #require(try train("parts", stops: [16]).outcome))
    TestFiles.copy(run.directory, to: lab.folder("moved"))
    let moved = try TemperTrainTests.train(try ConfigFile(resuming: lab.folder("moved")), options: .init(existing: .resume))
    #expect(moved.directory == lab.folder("moved"))
    try expectSame(whole, moved)
  }

  @Test func damageIsSaid() throws {
    let run = TrainedRun(try #require(try train("x", stops: []).outcome))
    let folder = run.directory + "/checkpoints/" + (try #require(TestFiles.names(run.directory + "/checkpoints").last))
    func codes() -> [String] {
      do throws(Diagnostics) {
        _ = try Runner.run(try ConfigFile(resuming: run.directory), options: .init(existing: .resume))
        return []
      } catch { return error.list.map(\.code.name) }
    }
    for name in ["state.json", "model.safetensors", "optimizer.safetensors", "best.safetensors"] {
      let bytes = try #require(TestFiles.bytes(folder + name))
      TestFiles.write(Array(bytes.dropLast(bytes.count / 2)), to: folder + name)
      #expect(codes() == ["E0244"], "\(name)")
      TestFiles.write(bytes, to: folder + name)
    }
    TestFiles.remove(folder + "optimizer.safetensors")
    #expect(codes() == ["E0244"])
    #expect(throws: Diagnostics.self) { try ConfigFile(resuming: lab.folder("runs/none")) }
    #expect(throws: Diagnostics.self) { try ConfigFile(resuming: lab.folder.path) }
  }
}
