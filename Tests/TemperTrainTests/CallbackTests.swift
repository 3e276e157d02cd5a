import Synchronization
import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperRunSupport
import Testing

@testable import TemperTrain

/// A callback of one's own: halves the learning rate after so many evaluations, says so in metrics.jsonl, and remembers how often it did. It is
/// the example of CONTRIBUTING.md.
final class HalvingRate: Callback {
  static let name = "halving_rate"

  private var evaluations = 0

  init?(_ run: RunHandle) {}

  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) {
    guard record.step > 0 else { return }
    evaluations += 1
    if evaluations.isMultiple(of: 2), let rate = run[.learningRate] { run[.learningRate] = rate / 2 }
    record.members.append(("next_learning_rate", .number(run[.learningRate])))
  }

  var state: JSON { .integer(evaluations) }

  func restore(_ state: JSON) throws(MalformedState) {
    guard let evaluations = state.integer else { throw MalformedState(of: Self.name) }
    self.evaluations = evaluations
  }
}

/// Ends training after the first evaluation, and sets every number it can.
private final class Setter: Callback {
  static let name = "setter"
  static let seen = Mutex<[String: Double]>([:])

  init?(_ run: RunHandle) {}

  func beforeTraining(_ run: RunHandle) {
    for (index, number) in ScheduledNumber.allCases.enumerated() where run[number] != nil { run[number] = 0.01 * Double(index + 1) }
  }

  func afterStep(_ step: Trainer.Step, _ run: RunHandle) {
    Self.seen.withLock { seen in
      for number in ScheduledNumber.allCases { seen[number.rawValue] = run[number] }
      seen["used"] = step.learningRate
    }
    run.stop(.completed)
  }
}

/// Notes what it is called for.
private final class Witness: Callback {
  static let name = "witness"
  static let calls = Mutex<[String]>([])

  init?(_ run: RunHandle) {}

  private func note(_ text: String) { Self.calls.withLock { $0.append(text) } }

  func beforeTraining(_ run: RunHandle) { note("begin") }
  func afterStep(_ step: Trainer.Step, _ run: RunHandle) { note("step") }
  func beforeEvaluation(_ run: RunHandle) { note("will evaluate") }
  func afterEvaluation(_ record: inout EvaluationRecord, _ run: RunHandle) { note("evaluated \(record.step)") }
  func betweenSteps(_ record: EvaluationRecord?, _ run: RunHandle) { note(record == nil ? "between" : "between, evaluated") }
  func beforeCheckpoint() { note("checkpoint") }
  func hooks(for part: DataSplit, _ run: RunHandle) -> ActivationHooks? {
    note("last \(part)")
    return nil
  }
  func atEnd(_ record: inout EndRecord, _ run: RunHandle) { note("end \(record.reason)") }
}

@Suite struct CallbackTests {
  private let lab = Lab()
  private static let changes = [
    "data.split={\"validation\": 0.3}", "train={\"max_steps\": 24, \"batch_size\": 8, \"eval_every_steps\": 3}",
    "schedule={\"type\": \"constant\"}", "checkpoint={\"every_steps\": 4}",
  ]

  @Test func aCallbackOfOnesOwnSteersTheRunAndLogs() throws {
    let plain = try lab.train(Self.changes)
    let steered = try TemperTrainTests.train(
      try lab.config(["name=steered"] + Self.changes), options: .init(callbacks: Callbacks.all + [HalvingRate.self]))
    let rates = try steered.learningRates()
    let first = try #require(rates.first)
    #expect(rates == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125].map { $0 * first })
    #expect(try Set(plain.learningRates()) == [first])
    #expect(steered.last != plain.last)
    // Before the log, it is.
    let logged = try TemperTrainTests.train(
      try lab.config(["name=logged"] + Self.changes), options: .init(callbacks: [HalvingRate.self] + Callbacks.all))
    #expect(
      try logged.metrics().dropFirst().map { $0["next_learning_rate"]?.number }
        == [1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625].map { $0 * first })
    #expect(logged.last == steered.last)
  }

  /// Its own state, and the number that it set, are in the checkpoint.
  @Test(arguments: [[5], [6, 7], [12, 13, 20]]) func itGoesOnWhereItWas(stops: [Int]) throws {
    let callbacks = Callbacks.all + [HalvingRate.self]
    let whole = try TemperTrainTests.train(try lab.config(["name=whole"] + Self.changes), options: .init(callbacks: callbacks))
    var (config, existing) = (try lab.config(["name=parts"] + Self.changes), Runner.Existing.refuse)
    for stop in stops {
      let taken = Mutex(0)
      let ending = try Runner.run(
        config, options: .init(existing: existing, callbacks: callbacks, isInterrupted: { taken.withLock { $0 >= stop } })
      ) { event in
        if case .stepped(let number, _) = event { taken.withLock { $0 = number } }
      }
      #expect(ending.outcome == nil)
      (config, existing) = (try ConfigFile(resuming: whole.directory.replacingFirst("whole", with: "parts")), .resume)
    }
    let parts = try TemperTrainTests.train(config, options: .init(existing: .resume, callbacks: callbacks))
    #expect(parts.last == whole.last && parts.bytes("metrics.jsonl") == whole.bytes("metrics.jsonl"))
  }

  @Test func everyNumberCanBeSet() throws {
    // A constant mixup cannot be set.
    let mixup = "train.augment={\"mixup\": {\"type\": \"linear\", \"from\": 0.5, \"to\": 0}}"
    // Dropout has either rates or a divergence.
    for (type, absent) in [("constant", ScheduledNumber.klWeight), ("variational", .dropout)] {
      let run = try TemperTrainTests.train(
        try lab.config(
          ["name=\(type)", "optimizer={\"type\": \"adamw\"}", "regularization.dropout={\"type\": \"\(type)\"}", "-train.epochs"]
            + Self.changes + [mixup]),
        options: .init(callbacks: Callbacks.all + [Setter.self]))
      #expect(run.outcome.steps == 1 && run.outcome.stopReason == .completed)
      let seen = Setter.seen.withLock { $0 }
      for (index, number) in ScheduledNumber.allCases.enumerated() {
        #expect(seen[number.rawValue] == (number == absent ? nil : 0.01 * Double(index + 1)), "\(number.rawValue)")
      }
      #expect(seen["used"] == 0.01)
    }
  }

  @Test func everyMomentIsCalledInOrder() throws {
    let changes = ["data.split={\"validation\": 0.3}", "train={\"max_steps\": 4, \"batch_size\": 8, \"eval_every_steps\": 2}"]
    _ = try TemperTrainTests.train(
      try lab.config(["name=seen", "checkpoint={\"every_steps\": 3}"] + changes), options: .init(callbacks: [Witness.self] + Callbacks.all))
    let step = ["step", "between"]
    let evaluated = { (number: Int) in ["step", "will evaluate", "evaluated \(number)", "between, evaluated"] }
    let expected =
      ["begin", "will evaluate", "evaluated 0"] + step + evaluated(2) + step + ["checkpoint"] + evaluated(4) + ["checkpoint"]
      + ["last train", "last validation", "last test", "end completed"]
    #expect(Witness.calls.withLock { $0 } == expected)
  }

  @Test func namesAreOfOneCallbackEach() {
    let names = Callbacks.all.map { $0.name }
    #expect(Set(names).count == names.count)
  }
}

/// A checkpoint of version 2, which knew no callbacks.
@Suite struct OldCheckpointTests {
  private let lab = Lab()

  private static func members(_ json: JSON?) -> [(String, JSON)] { (json?.members ?? []).map { ($0.name, $0.value) } }

  /// `state` as version 2 wrote it.
  private func downgraded(_ state: JSON) throws -> JSON {
    let callbacks = state["callbacks"]
    let stopping = callbacks?["early_stopping"]?["patience"]
    let sums = Self.members(callbacks?["metrics_log"]?["since_evaluation"]).filter { $0.0 != "loss_terms" }
    let own = Self.members(state).filter { !["version", "callbacks", "seconds"].contains($0.0) }
    return .object(
      own + [
        ("version", 2), ("metrics", callbacks?["metrics_log"]?["file"] ?? .null),
        ("early_stopping", .object(Self.members(stopping).filter { $0.0 != "stops" })),
        ("has_stopped", stopping?["stops"] ?? .null), ("since_evaluation", .object(sums + [("rows", 40)])),
      ])
  }

  @Test func isReadAsThisVersionHasIt() throws {
    let run = try lab.train([
      "data.split={\"validation\": 0.3}", "train={\"max_steps\": 24, \"batch_size\": 8, \"eval_every_steps\": 3}",
      "checkpoint={\"every_steps\": 7}",
    ])
    let checkpoint = try #require(try CheckpointFolder.latest(run: run.directory))
    let upgraded = Checkpoint.upgraded(try downgraded(checkpoint.state))
    #expect(upgraded["version"]?.integer == Checkpoint.version)
    for member in Self.members(checkpoint.state["callbacks"]?["best_weights"]) {
      #expect(upgraded["callbacks"]?["best_weights"]?[member.0] == member.1, "\(member.0)")
    }
    let (old, new) = (upgraded["callbacks"]?["early_stopping"], checkpoint.state["callbacks"]?["early_stopping"])
    #expect(old?["observed"] == new?["observed"] && old?["criteria"] == new?["criteria"] && new?["observed"]?.integer != nil)
    for member in Self.members(new?["patience"]) { #expect(old?["patience"]?[member.0] == member.1, "\(member.0)") }
    #expect(upgraded["seconds"]?.isNull == true)
    #expect(upgraded["callbacks"]?["metrics_log"]?["file"] == checkpoint.state["callbacks"]?["metrics_log"]?["file"])
    var sums = StepSums()
    try sums.restore(upgraded["callbacks"]?["metrics_log"]?["since_evaluation"] ?? .null)
    #expect(Checkpoint.upgraded(checkpoint.state) == checkpoint.state)
  }
}
