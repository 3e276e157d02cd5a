import TemperJSON
import TemperMetrics

/// Every type of criterion that `early_stopping.criteria` takes.
enum StoppingCriteria {
  /// Reads one; `metrics` are the names that can be monitored.
  static func read(_ c: FieldReader, metrics: [String]) -> any StoppingCriterion {
    func threshold(_ c: FieldReader, _ standard: Double, _ doc: String) -> Double {
      c.number("threshold", default: standard, in: .above(0), precision: .double, doc: doc)
    }
    func strip(_ c: FieldReader) -> Int { c.integer("strip", default: 5, in: 1...1_000_000, doc: "Evaluations of a strip.") }
    func error(_ c: FieldReader) -> MonitoredError {
      let monitor = c.choice(
        "monitor", of: metrics, default: "validation.loss",
        doc: "Metric that is the error; where higher is better, what it lacks of its greatest value.")
      return MonitoredError(monitor, c.choice("mode", default: MetricMode.auto, doc: MetricMode.keyDoc))
    }
    return c.variant(
      "type", doc: "When training ends.",
      [
        .init("generalization_loss", "The error is so many percent above its least value: GL of Prechelt (1998).") { c in
          GeneralizationLoss(error(c), threshold: threshold(c, 5, "Percent."))
        },
        .init("progress_quotient", "Generalization loss over training progress is above a threshold: PQ of Prechelt (1998).") { c in
          ProgressQuotient(error(c), threshold: threshold(c, 0.75, "Percent over per mille."), strip: strip(c))
        },
        .init("successive_increases", "The error has risen over so many strips in a row: UP of Prechelt (1998).") { c in
          SuccessiveIncreases(
            error(c), strips: c.integer("strips", default: 3, in: 1...1_000_000, doc: "Strips."), strip: strip(c))
        },
        .init("training_progress", "The training loss does not fall any more: P_k of Prechelt (1998) is below a threshold.") { c in
          TrainingProgress(
            threshold: threshold(c, 0.1, "Per mille by which the mean training loss of a strip exceeds its least one."), strip: strip(c))
        },
        .init("relative_gap", "Training and validation loss are too far apart.") { c in
          let threshold = c.number(
            "threshold", default: 0.5, in: 0..<1, doc: "(validation loss - training loss) / validation loss, both without dropout.")
          return RelativeGap(
            threshold: threshold, patience: c.integer("evaluations", default: 3, in: 1...1_000_000, doc: "Evaluations in a row above it."))
        },
        .init("steps", "So many steps are taken.") { c in
          Budget(Double(c.integer("steps", in: 1...1_000_000_000, doc: "Steps, looked at with each evaluation.")), .steps)
        },
        .init("minutes", "Training has taken so long.") { c in
          Budget(c.number("minutes", in: .above(0), doc: "Minutes, looked at with each evaluation, resumptions included."), .minutes)
        },
      ] as [FieldReader.Variant<any StoppingCriterion>])
  }
}
