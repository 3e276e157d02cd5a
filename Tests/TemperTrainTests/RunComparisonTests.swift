import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperTrain

@Suite struct RunComparisonTests {
  private let lab = Lab()
  /// Rows of every split, and enough training to be right about some of them.
  private let split = [
    "data.split={\"column\": \"part\"}", "-data.columns", "train.epochs=20", "train.batch_size=8", "optimizer.learning_rate=0.01",
  ]

  private func compare(_ runs: [TrainedRun], split: DataSplit? = nil) throws -> RunComparisons {
    try RunComparisons(runs.map(\.directory), split: split)
  }

  private func only(_ runs: [TrainedRun], split: DataSplit? = nil) throws -> RunComparison {
    try #require(try compare(runs, split: split).comparisons.first)
  }

  @Test func aRunEqualsItself() throws {
    let run = try lab.train(split)
    let comparison = try only([run, try lab.train(split + ["threads=2"])])
    #expect(comparison.settings.isEmpty && comparison.data.isEmpty && comparison.bitReasons.isEmpty && comparison.hasSameWeights)
    #expect(comparison.metrics.allSatisfy { $0.first == $0.other && $0.isBetter == nil } && !comparison.metrics.isEmpty)
    let rows = try comparison.rows.get()
    #expect(rows.flips?.isEmpty == true && rows.split == .test && rows.count == 12)
    guard case .mcNemar(let test) = rows.test else {
      Issue.record("classifiers are compared by McNemar's test")
      return
    }
    #expect(test.pValue == 1 && test.onlyFirst == 0)
  }

  @Test func theRowsThatFlipAreThoseThatPredictSays() throws {
    let runs = [try lab.train(split), try lab.train(split + ["optimizer.learning_rate=1e-5", "seed=3"])]
    let comparison = try only(runs)
    #expect(comparison.settings.map(\.name) == ["seed", "optimizer.learning_rate"] && !comparison.hasSameWeights)
    #expect(comparison.settings[1].first == 0.01 && comparison.settings[1].other == 1e-5)
    let accuracy = try #require(comparison.metrics.first { $0.name == "test.accuracy" })
    #expect(accuracy.first == runs[0].outcome.test?.headline?.value && accuracy.other == runs[1].outcome.test?.headline?.value)
    #expect(accuracy.isBetter == false)

    let rows = try comparison.rows.get()
    let flips = try #require(rows.flips)
    #expect(!flips.isEmpty && rows.losses + rows.gains == flips.count)
    let change = Double(rows.gains - rows.losses) / Double(rows.count)
    #expect(abs((accuracy.difference ?? 9) - change) < 1e-12)
    // Line by line of the table, as its models predict it.
    let lines = SampleTable.csv().split(separator: "\n")
    let predicted = try runs.map { try predictions($0.directory) }
    for flip in flips {
      let line = try #require(flip.origin.line)
      #expect(lines[line - 1].hasSuffix(",\(flip.truth)") && lines[line - 1].contains(",test,"))
      #expect(flip.first == predicted[0][line - 2] && flip.other == predicted[1][line - 2])
      #expect((flip.isGain ? flip.other : flip.first) == flip.truth && flip.first != flip.other)
      #expect(flip.origin.path == lab.folder("t.csv"))
    }
    // The scores of a class are those of the results.
    let own = try #require(comparison.classes.first { $0.name == "a" })
    let listed = try #require(try runs[1].json("results.json")["test"]?["classes"]?.array?.first { $0["name"] == "a" })
    #expect(own.other?.recall == listed["recall"]?.number && own.other?.precision == listed["precision"]?.number)
    #expect(try only(runs, split: .validation).rows.get().split == .validation)
  }

  /// The predicted class of each row of the table.
  private func predictions(_ path: String) throws -> [String] {
    var text = ""
    try Engine.withThreads(1) {
      var stream = PredictionStream(try RowPredictor(reading: path, for: "predict"), .csv, keeping: .columns([])) { text += $0 }
      try stream.run(lab.folder("t.csv"))
    }
    return text.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "," }) }
  }

  @Test func numbersAreComparedByABootstrap() throws {
    let numbers = split + Lab.regression
    let comparison = try only([try lab.train(numbers), try lab.train(numbers + ["train.epochs=1"])])
    let rows = try comparison.rows.get()
    guard case .bootstrap(let metric, let result) = rows.test else {
      Issue.record("regression is compared by a bootstrap")
      return
    }
    let change = try #require(comparison.metrics.first { $0.name == "test.rmse" }?.difference)
    #expect(metric == .rmse && rows.flips == nil && comparison.classes.isEmpty)
    #expect(abs(result.difference - change) < 1e-6 && result.lower < result.difference && result.difference < result.upper)
  }

  @Test func labelsAreComparedByABootstrapAndFlip() throws {
    let labels = lab.multilabel() + ["data.split={\"validation\": 0.3}", "train.epochs=30", "optimizer.learning_rate=0.01"]
    let comparison = try only([try lab.train(labels), try lab.train(labels + ["train.epochs=1"])])
    let rows = try comparison.rows.get()
    guard case .bootstrap(let metric, let result) = rows.test else {
      Issue.record("labels are compared by a bootstrap")
      return
    }
    let change = try #require(comparison.metrics.first { $0.name == "validation.hamming_loss" }?.difference)
    #expect(metric == .hammingLoss && abs(result.difference - change) < 1e-9 && rows.split == .validation)
    let subset = try #require(comparison.metrics.first { $0.name == "validation.subset_accuracy" }?.difference)
    #expect(abs(Double(rows.gains - rows.losses) / Double(rows.count) - subset) < 1e-9)
    #expect(comparison.classes.map(\.name) == ["is_a", "is_red"])
  }

  @Test(arguments: ["gpt2", "bert"]) func windowsOfTextAreCompared(type: String) throws {
    let text = lab.language(type, data: ["\"split\": {\"validation\": 0.3}"])
    let runs = [try lab.train(text), try lab.train(text + ["optimizer.learning_rate=0.02"])]
    let comparison = try only(runs)
    let rows = try comparison.rows.get()
    guard case .bootstrap(let metric, let result) = rows.test else {
      Issue.record("language models are compared by a bootstrap")
      return
    }
    let change = try #require(comparison.metrics.first { $0.name == "validation.loss" }?.difference)
    #expect(metric == .loss && rows.flips == nil && rows.count > 2 && abs(result.difference - change) < 1e-4)

    // Masks are drawn from the seed; next tokens are the same.
    let reason = comparisonReason(try only([runs[0], try lab.train(text + ["seed=1"])]))
    #expect(type == "bert" ? reason.contains("seed of the masks") : reason.isEmpty, "\(reason)")
    let key = type == "bert" ? "max_position_embeddings" : "n_positions"
    let other = try lab.train(lab.language(type, ["\"\(key)\": 12"], data: ["\"split\": {\"validation\": 0.3}"]))
    #expect(comparisonReason(try only([runs[0], other])).contains("context length"))
  }

  @Test func otherRowsAreNotCompared() throws {
    let random = ["data.split={\"validation\": 0.3}"]
    let comparison = try only([try lab.train(random), try lab.train(random + ["seed=5"])])
    #expect(throws: RowComparison.Incomparable.self) { try comparison.rows.get() }
    #expect(comparisonReason(comparison).contains("the splits differ: of 18 rows and 18 rows, "))
    #expect(!comparison.metrics.isEmpty)
  }

  private func comparisonReason(_ comparison: RunComparison) -> String {
    do {
      _ = try comparison.rows.get()
      return ""
    } catch { return error.reason }
  }

  @Test func changedDataAreSaid() throws {
    let runs = [try lab.train(split), try lab.train(split + ["seed=2"])]
    lab.folder.write(SampleTable.csv(rows: 61), to: "t.csv")
    let changed = try only(runs)
    #expect(comparisonReason(changed).contains("changed"))
    #expect(changed.data.isEmpty)
    let third = try lab.train(split)
    let other = try only([runs[0], third])
    #expect(other.data.map(\.name).contains("sha256 of file 1"))
    TestFiles.remove(lab.folder("t.csv"))
    #expect(comparisonReason(try only(runs)).contains("not found"))
  }

  /// The folds of a cross-validation predict every row once; a model folder stands for its run.
  @Test func foldsAndModelFolders() throws {
    let folds = ["data.split={\"validation\": {\"folds\": 3}}", "train.epochs=10", "optimizer.learning_rate=0.01"]
    let configs = try [[], ["seed=1"], ["optimizer.learning_rate=1e-6"]].enumerated().map {
      try lab.config(folds + $0.element + ["name=folds\($0.offset)"])
    }
    let paths = try configs.map { try Runner.run($0).directory }
    let comparisons = try RunComparisons(paths).comparisons
    // Another seed makes other folds of the same rows.
    #expect(try comparisons[0].rows.get().count == 60)
    let rows = try comparisons[1].rows.get()
    #expect(rows.count == 60 && rows.split == .validation)
    let accuracy = try #require(comparisons[1].metrics.first { $0.name == "validation.accuracy" }?.difference)
    #expect(abs(Double(rows.gains - rows.losses) / 60 - accuracy) < 1e-9)

    let run = try lab.train(split)
    let best = try #require(try RunComparisons([run.directory, run.directory + "/best"]).comparisons.first)
    #expect(best.hasSameWeights && best.data.isEmpty && best.settings.isEmpty)
    #expect(best.metrics.filter { $0.first != $0.other }.isEmpty, "a model folder is evaluated")
    TestFiles.copy(run.directory + "/best", to: lab.folder("copy"))
    let copy = try #require(try RunComparisons([run.directory, lab.folder("copy")]).comparisons.first)
    // Only one has test rows: the classes of the split that both have are shown.
    let mixed = try #require(try RunComparisons([paths[0], run.directory]).comparisons.first)
    #expect(mixed.split == .validation && mixed.classes.allSatisfy { $0.first != nil && $0.other != nil })
    #expect(comparisonReason(mixed).contains("the splits differ: of 60 rows and 12 rows, 12 are the same"))
    #expect(copy.bitReasons.count == 1 && copy.bitReasons[0].contains("manifest.json"))
  }

  /// A loss with label smoothing is larger, and no worse.
  @Test func valuesOfOtherLossesAreNotRanked() throws {
    let runs = [try lab.train(split), try lab.train(split + ["loss.label_smoothing=0.2"])]
    let comparison = try only(runs)
    let losses = comparison.metrics.filter { $0.parts.name == "loss" }
    #expect(losses.count == 3 && losses.allSatisfy { $0.isOfAnotherLoss && $0.isBetter == nil && $0.difference != 0 })
    #expect(comparison.metrics.contains { $0.name == "test.log_loss" && $0.isBetter != nil })
    #expect(!comparison.metrics.contains { $0.name.hasSuffix(".rows") })
    #expect(try compare(runs).text.contains("different losses"))
  }

  @Test func otherMachinesAreNotComparableBitForBit() throws {
    let run = try lab.train(split)
    TestFiles.copy(run.directory, to: lab.folder("moved"))
    var manifest = try run.json("manifest.json")
    manifest.update("blas") { $0.update("core") { $0 = "Elsewhere" } }
    manifest.update("temper") { $0 = "0.0.1" }
    manifest.update("threads") { $0 = 64 }
    lab.folder.write(manifest.serialized(), to: "moved/manifest.json")
    let comparison = try #require(try RunComparisons([run.directory, lab.folder("moved")]).comparisons.first)
    #expect(comparison.bitReasons.count == 2, "\(comparison.bitReasons)")
    #expect(comparison.environment.map(\.name) == ["temper", "blas.core", "threads"])
    #expect(try compare([run, run]).comparisons[0].bitReasons.isEmpty)
  }

  @Test func whatCannotBeCompared() throws {
    let run = try lab.train(split)
    #expect(status { try RunComparisons([run.directory, lab.folder("nowhere")]) } == .inputMissing)
    #expect(status { try RunComparisons([run.directory, try lab.train(split + Lab.regression).directory]) } == .usage)
    TestFiles.copy(run.directory, to: lab.folder("broken"))
    lab.folder.write("{\"val", to: "broken/results.json")
    #expect(status { try RunComparisons([run.directory, lab.folder("broken")]) } == .data)
    TestFiles.copy(run.directory, to: lab.folder("flipped"))
    var weights = run.best
    weights[weights.count - 1] ^= 1
    TestFiles.write(weights, to: lab.folder("flipped/best/model.safetensors"))
    #expect(status { try RunComparisons([run.directory, lab.folder("flipped")]) } == .data)
  }

  private func status(_ body: () throws -> RunComparisons) -> ExitStatus? {
    do {
      _ = try body()
      return nil
    } catch { return (error as? Diagnostics).map { ExitStatus($0) } }
  }
}
