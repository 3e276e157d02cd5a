import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

/// `train.max_minutes` and `train.max_loss_ratio`.
@Suite struct BudgetTests {
  private let lab = Lab()

  @Test func aRunEndsAtItsTimeWithACheckpoint() throws {
    let long = ["train={\"max_steps\": 100000000, \"eval_every_steps\": 90000000, \"max_minutes\": 0.005}", "early_stopping=null"]
    let run = try lab.train(long)
    #expect(run.outcome.stopReason == .timeLimit && run.outcome.status == .success)
    #expect(run.outcome.steps > 0 && run.outcome.bestStep == run.outcome.steps)
    #expect(try run.metrics().last?["step"]?.integer == run.outcome.steps)
    #expect(try CheckpointFolder.latest(run: run.directory)?.step == run.outcome.steps)
    #expect(try RunRecord.all(in: run.directory).map(\.state) == [.timeLimit])

    func resumed(_ changes: [String]) throws -> TrainedRun {
      try train(try ConfigFile(resuming: run.directory, overrides: changes), options: .init(existing: .resume))
    }
    // Its time is used up, whatever the number of resumptions.
    let again = try resumed([])
    #expect(again.outcome.stopReason == .timeLimit && again.outcome.steps == run.outcome.steps)
    #expect(again.best == run.best && again.last == run.last)
    let more = try resumed(["train.max_minutes=0.01"])
    #expect(more.outcome.stopReason == .timeLimit && more.outcome.steps > run.outcome.steps)
  }

  @Test func aRunWithinItsTimeIsTheSame() throws {
    let plain = try lab.train(["train.epochs=3"])
    let limited = try lab.train(["train.epochs=3", "train.max_minutes=60", "train.max_loss_ratio=1000"])
    #expect(limited.outcome.stopReason == .completed && limited.best == plain.best && limited.last == plain.last)
  }

  @Test func aJumpOfTheLossEndsARun() throws {
    // The learning rate multiplies by a million after 60 steps.
    let jump = [
      "optimizer={\"type\": \"sgd\", \"learning_rate\": 0.01}",
      "schedule={\"type\": \"piecewise\", \"values\": [1, 100000], \"at_steps\": [60]}",
      "train={\"max_steps\": 200, \"eval_every_steps\": 20, \"max_loss_ratio\": 10}",
    ]
    let run = try lab.train(jump)
    let divergence = try #require(run.outcome.divergence)
    #expect(run.outcome.status == .diverged && (61...70).contains(divergence.step), "\(divergence)")
    #expect(divergence.description.contains("is more than 10.0 times the mean of the steps before"), "\(divergence)")
    #expect(!divergence.rows.isEmpty && run.outcome.lastStep == 60)
    for (name, values) in try run.allValues() { #expect(values.allSatisfy { $0.isFinite }, "\(name)") }
  }
}
