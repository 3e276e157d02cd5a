import TemperCore
import TemperData
import TemperJSON
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperTrain

/// Checks that train, and what holds for all checks.
@Suite struct DoctorTrainingTests {
  private let lab = Lab()

  private func run(_ check: any DoctorCheck.Type, _ changes: [String] = []) throws -> DoctorCheckResult {
    try #require(try Doctor.examine(try lab.config(changes), seconds: 60, checks: [check]).entries.first).result
  }

  private func found(_ result: DoctorCheckResult) -> [String] { result.findings.map { "\($0.severity.rawValue) \($0.code.name)" } }

  @Test func aHighFirstLossIsAWarning() throws {
    let clean = try run(InitialLossCheck.self)
    #expect(found(clean) == [] && clean.summary.contains("ln(3) = 1.099"))
    let large = (0..<60).map { "\($0 * 7919 % 1000 * 1000),\($0 * 104_729 % 997 * 1000),\(["u", "v"][$0 % 2])\n" }.joined()
    lab.folder.write("a,b,y\n" + large, to: "large.csv")
    let data = "data={\"path\": \"\(lab.folder("large.csv"))\", \"label\": \"y\", \"normalize\": \"none\"}"
    #expect(try found(run(InitialLossCheck.self, [data])) == ["warning W0302"])
    #expect(try run(InitialLossCheck.self, Lab.regression).extent != .complete)
  }

  @Test func aTrainingThatDivergesIsAnError() throws {
    let clean = try run(DivergenceCheck.self, ["train.epochs=10"])
    #expect(found(clean) == [] && clean.extent == .complete && clean.summary.hasSuffix("in 40 of 40 steps"))
    #expect(try found(run(DivergenceCheck.self, Lab.regression)) == [])
    let sgd = { (rate: String) in "optimizer={\"type\": \"sgd\", \"learning_rate\": \(rate)}" }
    let result = try run(DivergenceCheck.self, ["optimizer.type=sgd", "optimizer.learning_rate=1e25"])
    let finding = try #require(result.findings.first)
    #expect(found(result) == ["error W0308"] && finding.message.contains("at learning rate 1e+25, on rows "))
    #expect(finding.remedy?.hasPrefix("Lower optimizer.learning_rate") ?? false && result.summary.hasPrefix("diverged at step "))
    #expect(finding.place?.description.contains("optimizer.learning_rate") ?? false, "\(finding)")
    // All numbers stay finite, but the loss grows.
    let growing = try run(DivergenceCheck.self, [sgd("1e6"), "train.epochs=10"])
    #expect(found(growing) == ["error W0308"], "\(growing)")
    // By the limit of the config itself.
    let slow = ["train={\"epochs\": 30, \"max_loss_ratio\": 1.01, \"batch_size\": 4}"]
    #expect(try run(DivergenceCheck.self, slow).findings.first?.message.contains("(train.max_loss_ratio)") ?? false)
    // Without a step there is nothing that a lower learning rate could help.
    let first = try run(DivergenceCheck.self, ["model.initializer={\"type\": \"normal\", \"std\": 1e30}"])
    #expect(found(first) == ["error W0308"] && first.findings[0].remedy?.contains("model.initializer") ?? false, "\(first)")
  }

  @Test func aBatchThatCannotBeLearnedIsAWarning() throws {
    let clean = try run(
      OverfitCheck.self, ["model.hidden=[32]", "regularization.dropout.rate=0.5", "train.augment={\"noise\": 3, \"mixup\": 1}"])
    #expect(found(clean) == [] && clean.extent == .complete)
    #expect(try found(run(OverfitCheck.self, Lab.regression + ["model.hidden=[32]"])) == [])
    #expect(try found(run(OverfitCheck.self, lab.multilabel("[\"is_a\"]") + ["model.hidden=[32]"])) == [])
    #expect(try found(run(OverfitCheck.self, ["model.hidden=[32]", "model.norm=batch"])) == [])
    // Two different rows with either label.
    let rows = (0..<60).map { "\($0 % 2),\(["u", "v"][$0 / 2 % 2])\n" }.joined()
    lab.folder.write("a,y\n" + rows, to: "same.csv")
    let data = "data={\"path\": \"\(lab.folder("same.csv"))\", \"label\": \"y\"}"
    #expect(try found(run(OverfitCheck.self, [data])) == ["warning W0306"])
    guard case .inapplicable = try run(OverfitCheck.self, [data, "model={\"type\": \"linear\"}", "train.batch_size=32"]).extent else {
      Issue.record("a linear model of one feature has too few parameters")
      return
    }
  }

  @Test func languageModelsLearnAWindow() throws {
    for type in ["gpt2", "bert"] {
      let result = try run(OverfitCheck.self, lab.language(type))
      #expect(found(result) == [] && result.extent == .complete, "\(type): \(result.summary)")
    }
    let result = try run(AccumulationCheck.self, lab.language() + ["train.gradient_accumulation_steps=2"])
    #expect(found(result) == [] && result.extent != .complete)
  }

  @Test func aModelOfShuffledLabelsIsNotBetterThanChance() throws {
    let big = SampleTable.csv(rows: 400)
    lab.folder.write(big, to: "big.csv")
    let data = "\"path\": \"\(lab.folder("big.csv"))\", \"label\": \"kind\", \"split\": {\"column\": \"part\"}"
    let changes = ["train.epochs=20", "optimizer.learning_rate=0.03"]
    let clean = try run(ShuffledLabelCheck.self, ["data={\(data)}"] + changes)
    #expect(found(clean) == [] && clean.extent == .complete && clean.summary.contains("by chance"))
    #expect(try run(ShuffledLabelCheck.self).extent != .complete, "6 rows are too few")
    let diverging = try run(ShuffledLabelCheck.self, ["data={\(data)}", "optimizer={\"type\": \"sgd\", \"learning_rate\": 1e25}"])
    guard case .partial(let why) = diverging.extent else {
      Issue.record("it diverges: \(diverging)")
      return
    }
    #expect(why.hasPrefix("training diverged at step "))

    // Rows whose labels stay as they are, whatever they are set to.
    var components = Components.standard
    components.inputs.append(StubbornInput.self)
    let file = try ConfigFile(
      path: lab.folder("base.json"), overrides: ["data={\"type\": \"stubborn\", \(data)}"] + changes, components: components)
    let result = try #require(try Doctor.examine(file, seconds: 60, checks: [ShuffledLabelCheck.self]).entries.first).result
    #expect(found(result) == ["error W0218"])
  }

  @Test func accumulatedGradientsAreThoseOfALargerBatch() throws {
    let changes = ["train.gradient_accumulation_steps=3", "train.batch_size=8"]
    guard case .inapplicable = try run(AccumulationCheck.self).extent else {
      Issue.record("the sample does not accumulate")
      return
    }
    let clean = try run(AccumulationCheck.self, changes + ["regularization.dropout.rate=0.3"])
    #expect(found(clean) == [] && clean.extent == .complete)
    #expect(try found(run(AccumulationCheck.self, changes + ["model.norm=batch"])) == ["note W0307"])
  }

  @Test func timeAndMemoryAreEstimated() throws {
    let result = try run(CostCheck.self, ["train.epochs=100"])
    #expect(
      found(result) == [] && result.extent == .complete && result.summary.contains("400 steps")
        && result.summary.contains("101 evaluations"))
    let measured = Dictionary(uniqueKeysWithValues: result.measured.map { ($0.0, $0.1) })
    #expect(measured["steps"] == 400 && (measured["seconds"]?.number ?? 0) > 0 && (measured["peak_bytes"]?.integer ?? 0) > 1_000_000)
    let folds = try run(CostCheck.self, ["data.split={\"validation\": {\"folds\": 4}}"])
    #expect(folds.summary.contains("4 times"))
  }

  /// Every input with every check: none fails, and each says whether it applies.
  @Test func everyCheckTakesEveryInput() throws {
    let images = lab.images("train", count: 60)
    let configs: [[String]] = [
      [], Lab.regression, lab.multilabel(), lab.language(), lab.language("bert"),
      lab.language("llama", data: ["\"type\": \"random_tokens\", \"vocab_size\": 30"]),
      ["data={\"type\": \"random\", \"inputs\": 5, \"classes\": 3, \"rows\": 100}"],
      ["data={\"type\": \"idx\", \"train_images\": \"\(images.images)\", \"train_labels\": \"\(images.labels)\"}"],
    ]
    for changes in configs {
      let report = try Doctor.examine(try lab.config(changes), seconds: 30)
      #expect(report.entries.map(\.name) == Doctor.checks.map { $0.name })
      #expect(report.entries.allSatisfy { !$0.result.summary.isEmpty || $0.result.extent != .complete }, "\(changes)")
    }
  }

  @Test func extensionsAreExamined() throws {
    for example in Extension.all {
      let lab = ExtensionLab(example)
      let report = try Doctor.examine(try ConfigFile(path: lab.folder("run.json"), components: .extended), seconds: 30)
      // The bits of the input have few combinations, so that each held-out row is a training row too.
      let errors = report.findings.filter { $0.severity == .error && $0.code.name != "W0210" }
      #expect(errors.isEmpty, "\(example.name): \(report.text)")
    }
  }

  @Test func checksHaveNames() {
    #expect(Set(Doctor.checks.map { $0.name }).count == Doctor.checks.count)
    #expect(Doctor.checks.allSatisfy { !$0.doc.isEmpty })
  }
}

/// A table whose labels cannot be changed.
private struct StubbornInput: LabelledInput {
  static let type = "stubborn"
  static let doc = "A table."
  static let pathKeys = CSVInput.pathKeys
  static let targets = CSVInput.targets

  private let table: CSVInput

  init(_ c: FieldReader, _ task: TaskDefinition) { table = CSVInput(c, task) }

  var sampleKind: SampleKind? { table.sampleKind }
  var holdsOutValidation: Bool { table.holdsOutValidation }

  func load(_ setup: TaskSetup) throws(Diagnostics) -> any TrainableRows {
    guard let rows = try table.load(setup) as? any AuditableRows else { fail("the rows of a table can be examined") }
    return StubbornRows(rows: rows)
  }

  func encoder(_ folder: ModelFolder, _ file: ConfigFile) throws(Diagnostics) -> any RowEncoder { try table.encoder(folder, file) }

  func splits(seed: UInt64) throws(Diagnostics) -> SplitRows { try table.splits(seed: seed) }
}

private struct StubbornRows: AuditableRows {
  let rows: any AuditableRows

  var preprocessor: Preprocessor { rows.preprocessor }
  func targets(_ split: DataSplit) -> RowTargets? { rows.targets(split) }
  func dataset(_ split: DataSplit) -> Dataset? { rows.dataset(split) }
  func shufflingTargets(_ random: RandomSequence) -> any TrainableRows { self }
  func task(_ objective: any Objective.Type, _ setup: TaskSetup) throws(Diagnostics) -> any Task { try rows.task(objective, setup) }
}
