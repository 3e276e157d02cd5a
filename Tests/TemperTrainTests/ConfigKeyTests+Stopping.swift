import TemperGuard
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  private static let still = ["optimizer.learning_rate=1e-30", "optimizer.weight_decay=0", "train.epochs=30"]
  /// A run whose validation loss and gap grow.
  private static let restless = ["optimizer.learning_rate=0.03", "train.epochs=30", "model.hidden=[64]", "data.split.validation=0.4"]

  /// Trains with one criterion and returns after how many evaluations it ended the run; nil if it did not.
  private static func stop(_ lab: Lab, _ criterion: String, _ settings: [String] = restless) throws -> Int? {
    let run = try lab.train(settings + ["early_stopping={\"patience\": null, \"criteria\": [\(criterion)]}"])
    guard run.outcome.stopReason == .earlyStopping else { return nil }
    let type = criterion.split(separator: "\"")[3]
    #expect(run.outcome.evidence.map(\.criterion) == [String(type)])
    return run.outcome.epochs
  }

  /// The first evaluation after which `isMet` says so of the losses until then.
  private static func first(_ lab: Lab, _ metric: String = "loss", where isMet: ([Double]) -> Bool) throws -> Int? {
    let losses = try lab.train(restless + ["early_stopping=null"]).metrics().dropFirst().map {
      try #require($0["validation"]?[metric]?.number)
    }
    return (1...losses.count).first { isMet(Array(losses.prefix($0))) }
  }

  /// Rates at which units die, but no loss is infinite.
  private static let deadly = ["optimizer={\"type\": \"sgd\", \"learning_rate\": 30}", "train.epochs=5", "model.activation=relu"]

  /// A tolerance below the measure ends the run with a code of its own; one that is as large does not.
  private static func expectTolerance(_ lab: Lab, _ measure: BurnInMeasure, _ settings: [String] = restless) throws {
    let free = try lab.train(settings + ["early_stopping.patience=1000"])
    let value = try #require(free.outcome.guardReport?.value(of: measure))
    #expect(value > 0 && free.outcome.breaches.isEmpty)
    for (tolerance, status) in [(value * 0.999, ExitStatus.burnIn), (value, .success)] {
      let run = try lab.train(settings + ["early_stopping.patience=1000", "guard.tolerances.\(measure.rawValue)=\(tolerance)"])
      #expect(run.outcome.status == status && run.outcome.breaches.count == (status == .burnIn ? 1 : 0))
    }
  }

  static let stoppingCases: [KeyCase] = [
    KeyCase("early_stopping.criteria") { (lab: Lab) throws in
      #expect(try stop(lab, #"{"type": "steps", "steps": 9}"#, still) == 3)
      // A metric that the task does not have.
      #expect(throws: Diagnostics.self) {
        try lab.config([#"early_stopping.criteria=[{"type": "generalization_loss", "monitor": "validation.rmse"}]"#])
      }
      // Patience is on as well.
      let run = try lab.train(still + [#"early_stopping={"patience": 1, "criteria": [{"type": "steps", "steps": 90}]}"#])
      #expect(run.outcome.epochs == 2 && run.outcome.evidence.map(\.criterion) == ["patience"])
    },
    KeyCase("early_stopping.criteria[].type") { (lab: Lab) throws in
      #expect(try stop(lab, #"{"type": "training_progress"}"#, still + ["train.shuffle=false"]) == 5)
    },
    KeyCase("early_stopping.criteria[].threshold (generalization_loss)") { (lab: Lab) throws in
      for threshold in [2.0, 20] {
        let wanted = try first(lab) { losses in 100 * (losses[losses.count - 1] / (losses.min() ?? 1) - 1) > threshold }
        #expect(wanted != nil)
        #expect(try stop(lab, "{\"type\": \"generalization_loss\", \"threshold\": \(threshold)}") == wanted)
      }
    },
    KeyCase("early_stopping.criteria[].threshold (progress_quotient)") { (lab: Lab) throws in
      func stops(_ threshold: Double) throws -> Int? {
        try stop(lab, "{\"type\": \"progress_quotient\", \"threshold\": \(threshold), \"strip\": 2}")
      }
      // A little later, and never.
      let early = try #require(try stops(0.001))
      #expect(try stops(1).map { $0 > early } == true)
      #expect(try stops(1e9) == nil)
    },
    KeyCase("early_stopping.criteria[].threshold (training_progress)") { (lab: Lab) throws in
      let quiet = still + ["train.shuffle=false"]
      #expect(try stop(lab, #"{"type": "training_progress", "threshold": 1e-9}"#, quiet) == 5)
      #expect(try stop(lab, #"{"type": "training_progress", "threshold": 1e-9}"#) == nil)
      #expect(try stop(lab, #"{"type": "training_progress", "threshold": 1e9}"#) == 5)
    },
    KeyCase("early_stopping.criteria[].threshold (relative_gap)") { (lab: Lab) throws in
      let low = try #require(try stop(lab, #"{"type": "relative_gap", "threshold": 0.1, "evaluations": 1}"#))
      #expect(try stop(lab, #"{"type": "relative_gap", "threshold": 0.5, "evaluations": 1}"#).map { $0 > low } == true)
    },
    KeyCase("early_stopping.criteria[].monitor (generalization_loss, progress_quotient, successive_increases)") { (lab: Lab) throws in
      let wanted = try first(lab, "macro_f1") { scores in
        let errors = scores.map { 1 - $0 }
        let least = errors.min() ?? 0
        return least > 0 && errors[errors.count - 1] > 1.01 * least
      }
      #expect(
        try stop(lab, #"{"type": "generalization_loss", "monitor": "validation.macro_f1", "threshold": 1}"#) == wanted)
    },
    KeyCase("early_stopping.criteria[].mode (generalization_loss, progress_quotient, successive_increases)") { (lab: Lab) throws in
      // Upwards, a falling loss is a growing error: it has no greatest value, so its negative is compared.
      let wanted = try first(lab) { losses in
        let most = losses.max() ?? 1
        return 100 * (most - losses[losses.count - 1]) / most > 10
      }
      #expect(try stop(lab, #"{"type": "generalization_loss", "mode": "max", "threshold": 10}"#) == wanted)
    },
    KeyCase("early_stopping.criteria[].strip (progress_quotient, successive_increases, training_progress)") { (lab: Lab) throws in
      let wanted = try first(lab) { $0.count % 3 == 0 && $0.count > 3 && $0[$0.count - 1] > $0[$0.count - 4] }
      #expect(wanted != nil)
      #expect(try stop(lab, #"{"type": "successive_increases", "strips": 1, "strip": 3}"#) == wanted)
    },
    KeyCase("early_stopping.criteria[].strips (successive_increases)") { (lab: Lab) throws in
      let wanted = try first(lab) { losses in
        losses.count > 4 && (1...4).allSatisfy { losses[losses.count - $0] > losses[losses.count - $0 - 1] }
      }
      #expect(wanted != nil)
      #expect(try stop(lab, #"{"type": "successive_increases", "strips": 4, "strip": 1}"#) == wanted)
    },
    KeyCase("early_stopping.criteria[].evaluations (relative_gap)") { (lab: Lab) throws in
      let once = try #require(try stop(lab, #"{"type": "relative_gap", "threshold": 0.2, "evaluations": 1}"#))
      #expect(try stop(lab, #"{"type": "relative_gap", "threshold": 0.2, "evaluations": 4}"#).map { $0 >= once + 3 } == true)
    },
    KeyCase("early_stopping.criteria[].steps (steps)") { (lab: Lab) throws in
      for steps in [1, 13] { #expect(try stop(lab, "{\"type\": \"steps\", \"steps\": \(steps)}", still) == (steps + 3) / 4) }
    },
    KeyCase("guard") { (lab: Lab) throws in
      for isOn in [true, false] {
        let run = try lab.train(["guard=\(isOn ? "{}" : "null")"])
        #expect(TestFiles.names(run.directory).contains("guard.json") == isOn)
      }
    },
    KeyCase("guard.monitor_share") { (lab: Lab) throws in
      func measured(_ share: Double) throws -> Int {
        try lab.train(["train.epochs=30", "guard.monitor_share=\(share)"]).metrics().count { $0["monitors"]?["dead_units"]?.number != nil }
      }
      let some = try measured(0.1)
      #expect(try (measured(0), measured(1000)) == (0, 30) && some > 0 && some < 30)
    },
    KeyCase("guard.tolerances.wasted_share") { (lab: Lab) throws in try expectTolerance(lab, .wastedShare) },
    KeyCase("guard.tolerances.decline") { (lab: Lab) throws in try expectTolerance(lab, .decline) },
    KeyCase("guard.tolerances.gap") { (lab: Lab) throws in try expectTolerance(lab, .gap) },
    KeyCase("guard.tolerances.ece") { (lab: Lab) throws in try expectTolerance(lab, .calibrationError) },
    KeyCase("guard.tolerances.forgetting") { (lab: Lab) throws in
      lab.folder.write(SampleTable.csv(rows: 200), to: "t.csv")
      try expectTolerance(lab, .forgetting)
    },
    KeyCase("guard.tolerances.dead_units") { (lab: Lab) throws in try expectTolerance(lab, .deadUnits, deadly) },
    KeyCase("early_stopping.criteria[].minutes (minutes)") { (lab: Lab) throws in
      let run = try lab.train([
        "train.epochs=1000000", "early_stopping={\"patience\": null, \"criteria\": [{\"type\": \"minutes\", \"minutes\": 0.002}]}",
      ])
      #expect(run.outcome.stopReason == .earlyStopping && run.outcome.evidence.first.map { $0.value >= 0.002 && $0.value < 0.2 } == true)
    },
  ]
}
