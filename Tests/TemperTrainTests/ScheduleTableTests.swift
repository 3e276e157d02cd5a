import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

@Suite struct ScheduleTableTests {
  private func csv(
    _ overrides: [String], of number: ScheduledNumber, steps: Int? = nil, removing: [String] = []
  ) throws -> [String] {
    let file = try ConfigFile(path: Repository.path("configs/iris.json"), overrides: overrides, removing: removing)
    var text = ""
    try ScheduleTable.csv(file, of: number, steps: steps) {
      text += $0; return true
    }
    return text.split(separator: "\n").map(String.init)
  }

  @Test func theWholeRunIsPrintedFromItsFirstStep() throws {
    let lines = try csv(
      ["optimizer.learning_rate=0.5", "schedule={\"type\":\"constant\",\"warmup_steps\":2}", "train.epochs=3"], of: .learningRate)
    // 98 training rows in batches of 16 are 7 steps an epoch.
    #expect(lines.count == 1 + 3 * 7)
    #expect(lines.prefix(4) == ["step,value", "0,0.25", "1,0.5", "2,0.5"])
  }

  /// A length and schedules in steps need no row; those in epochs do.
  @Test func stepsAloneNeedNoData() throws {
    func lines(_ more: [String]) throws -> [String] {
      let file = try ConfigFile(
        path: Repository.path("configs/iris.json"), overrides: ["data.path=/no/such/table.csv", "optimizer.learning_rate=1"] + more,
        removing: ["train.epochs"])
      var text = ""
      try ScheduleTable.csv(file, of: .learningRate, steps: nil) {
        text += $0; return true
      }
      return text.split(separator: "\n").map(String.init)
    }
    let steps = ["train.max_steps=4", "schedule={\"type\":\"linear\"}"]
    let known = try lines(steps)
    #expect(known.count == 5 && known[1] == "0,1.0")
    #expect(
      try known
        == csv(
          ["optimizer.learning_rate=1", "train.max_steps=4", "schedule={\"type\":\"linear\"}"], of: .learningRate,
          removing: ["train.epochs"]))
    for inEpochs in [["train.epochs=2"], ["train.max_steps=4", "schedule={\"type\":\"step\",\"epochs\":1}"]] {
      let error = #expect(throws: Diagnostics.self) { try lines(inEpochs) }
      #expect(error?.list.map(\.code.name) == ["E0301"], "\(inEpochs)")
    }
  }

  @Test func aFigureOfAnotherTaskCannotBeWatched() {
    let schedule = "schedule={\"type\":\"reduce_on_plateau\",\"monitor\":\"validation.rmse\"}"
    #expect(throws: Diagnostics.self) { try csv([schedule], of: .learningRate) }
  }

  @Test func dropoutWithoutAScheduleIsSaidToHaveNone() throws {
    for type in ["standout", "concrete", "variational"] {
      let changes = ["regularization.dropout={\"type\":\"\(type)\"}"]
      do {
        _ = try csv(changes, of: .dropout)
        Issue.record("\(type) has a schedule")
      } catch let error as Diagnostics {
        #expect("\(error)".contains("dropout of the type \"\(type)\" has no schedule"))
        #expect(ExitStatus(error) == .usage)
      }
      #expect(try csv(changes, of: .learningRate, steps: 1).count == 2)
    }
    let ramp = ["regularization.dropout={\"type\":\"variational\"}"]
    #expect(try csv(ramp, of: .klWeight, steps: 8).last == "7,0.02")
    let late = ["regularization.dropout={\"type\":\"late\",\"rate\":0.5,\"cutoff_steps\":2}"]
    #expect(try csv(late, of: .dropout, steps: 3) == ["step,value", "0,0.0", "1,0.0", "2,0.5"])
  }

  @Test func everyNumberHasItsOwnSchedule() throws {
    let schedule = "{\"type\":\"linear\",\"from\":0,\"to\":0.5,\"steps\":2}"
    let keys: [(ScheduledNumber, String)] = [
      (.l1, "regularization.l1"), (.l2, "regularization.l2"), (.dropout, "regularization.dropout.rate"),
      (.weightDecay, "optimizer.weight_decay"), (.labelSmoothing, "loss.label_smoothing"),
    ]
    for (number, key) in keys {
      #expect(try csv(["\(key)=\(schedule)"], of: number, steps: 4) == ["step,value", "0,0.0", "1,0.25", "2,0.5", "3,0.5"], "\(key)")
    }
  }
}
