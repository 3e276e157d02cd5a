import TemperData
import TemperGuard
import TemperJSON
import TemperMetrics
import TemperRunSupport
import Testing

@testable import TemperTrain

@Suite struct GuardTests {
  private let lab = Lab()
  /// It overfits, and three times as long as is of use.
  private static let restless = [
    "optimizer.learning_rate=0.03", "train.epochs=60", "model.hidden=[64]", "data.split.validation=0.4", "early_stopping.patience=1000",
  ]

  private func ledger(_ run: TrainedRun) throws -> JSON {
    try JSON.parse(TestFiles.text(run.directory + "/guard.json"), path: "guard.json")
  }

  @Test func theFileTellsWhatTheMetricsTell() throws {
    let run = try lab.train(Self.restless)
    let file = try ledger(run)
    let losses = try run.metrics().dropFirst().map { try #require($0["validation"]?["loss"]?.number) }
    let best = try #require(losses.min())
    #expect(file["best"]?["value"]?.number == best && file["last"]?["value"]?.number == losses.last)
    #expect(file["reported_step"]?.integer == run.outcome.bestStep && file["best"]?["step"]?.integer == run.outcome.bestStep)
    #expect(file["wasted_steps"]?.integer == run.outcome.steps - run.outcome.bestStep)
    let measures = try #require(file["measures"])
    #expect(measures["wasted_share"]?.number == Double(run.outcome.steps - run.outcome.bestStep) / Double(run.outcome.steps))
    #expect(measures["decline"]?.number == ((losses.last ?? 0) - best) / best)
    let (train, validation) = (try #require(run.outcome.train.loss), try #require(run.outcome.validation?.loss))
    #expect(measures["gap"]?.number == min(1, max(0, (validation - train) / validation)))
    #expect(measures["ece"]?.number == run.outcome.validation?.metrics.first { $0.name == "ece" }?.value)
    let trend = try #require(file["monitors"]?["validation.loss"])
    #expect(trend["first"]?.number == losses.first && trend["greatest"]?.number == losses.max())
    #expect(try #require(file["monitors"]?["weight_norm"]?["slope"]?.number) > 0)
    #expect(file["stop_reason"] == "completed" && file["breaches"]?.array?.isEmpty == true)
    #expect(run.outcome.status == .success)
  }

  /// A bound on what cannot be measured would never be exceeded.
  @Test(arguments: [
    (["data.split={\"validation\": null}"], "gap"), (["data.split={\"validation\": null}"], "wasted_share"), (Lab.regression, "ece"),
    (Lab.regression, "forgetting"), (["model={\"type\": \"linear\"}"], "dead_units"),
  ])
  func aToleranceMustBeMeasurable(changes: [String], measure: String) throws {
    let error = #expect(throws: Diagnostics.self) { try lab.train(changes + ["expect={}", "guard.tolerances.\(measure)=0.5"]) }
    #expect(error?.description.contains("guard.tolerances.\(measure): cannot be measured") == true)
    #expect(TestFiles.names(lab.folder("runs")).isEmpty)
  }

  /// Where early stopping looks at the metric late, so does the ledger; and the recall of a few rows is chance.
  @Test func theBestStepIsThatOfTheResults() throws {
    let run = try lab.train(Self.restless + ["early_stopping={\"patience\": 1000, \"start_from\": 40}"])
    #expect(try ledger(run)["best"]?["step"]?.integer == run.outcome.bestStep)
    #expect(run.outcome.bestStep > 40 * run.outcome.steps / 60)
    #expect(try ledger(run)["forgotten_classes"]?.array?.allSatisfy { $0["class"] == "a" } == true)
  }

  /// What the results are of is what other commands take.
  @Test func theReportedModelIsTheOneThatIsRead() throws {
    let run = try lab.train(Self.restless + ["early_stopping.restore_best=false"])
    let model = try StoredModel.read(run.directory)
    #expect(model.step == run.outcome.steps && model.step != run.outcome.bestStep)
    #expect(try model.evaluate(.validation)?.loss == run.outcome.validation?.loss)
  }

  /// What `expect` says comes first.
  @Test func theExitCodeOfExpectationsComesFirst() throws {
    let run = try lab.train(Self.restless + ["guard.tolerances.gap=0.1", "expect={\"validation.accuracy\": {\"min\": 1}}"])
    #expect(run.outcome.status == .expectation && run.outcome.breaches.count == 1)
    #expect(try ledger(run)["breaches"]?.array?.count == 1)
  }

  /// The last value of a number that a schedule adapts is that of metrics.jsonl.
  @Test func changesAreNoted() throws {
    let run = try lab.train(
      Self.restless + ["regularization.dropout={\"type\": \"gap_controlled\", \"rule\": \"sign\", \"target\": 0.05}", "train.epochs=12"])
    let changes = try #require(try ledger(run)["changes"]?.array)
    #expect(!changes.isEmpty && changes.allSatisfy { $0["number"] == "dropout" })
    #expect(changes.first?["value"]?.number.map { abs($0 - 0.05) < 1e-12 } == true)
  }

  @Test func foldsAreWatched() throws {
    let changes = ["data.split={\"validation\": {\"folds\": 3}}", "train.epochs=2", "guard.tolerances.gap=0"]
    let result = try #require(try Runner.run(lab.config(["name=folds"] + changes)) as? CrossValidationResult)
    let breached = result.folds.filter { !$0.breaches.isEmpty }
    #expect(result.breaches.count == breached.count)
    #expect(result.status == (breached.isEmpty ? .success : .burnIn))
    #expect(try result.folds.allSatisfy { try #require(FoldResult($0.json)) == $0 })
    #expect(TestFiles.names(result.directory + "/fold-2").contains("guard.json"))
  }
}
