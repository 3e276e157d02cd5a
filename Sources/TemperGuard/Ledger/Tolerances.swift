import TemperJSON

/// A sign of burn-in that a run measures at its end. The raw value is its name in configs and in guard.json.
public enum BurnInMeasure: String, CaseIterable, Sendable {
  /// The share of the steps that came after the best one.
  case wastedShare = "wasted_share"
  /// How much worse the monitored metric is at the end than at its best, as a share of the best value.
  case decline
  /// (validation loss - training loss) / validation loss of the reported model, between 0 and 1.
  case gap
  /// The expected calibration error of the reported model on the validation rows.
  case calibrationError = "ece"
  /// The mean over classes of what their recall has fallen by since its highest value.
  case forgetting
  /// The share of hidden units that are 0 for every row.
  case deadUnits = "dead_units"

  /// Its definition, for a table of keys.
  var doc: String {
    switch self {
    case .wastedShare: "Share of the steps that come after the best one."
    case .decline: "How much worse early_stopping.monitor is at the end than at its best, as a share of the best value."
    case .gap: "(validation loss - training loss) / validation loss of the reported model, between 0 and 1."
    case .calibrationError: "Expected calibration error of the reported model on the validation rows."
    case .forgetting: "Mean over classes with at least 10 validation rows of what their recall has fallen by since its highest value."
    case .deadUnits: "Share of hidden units that are 0 for every row."
    }
  }
}

/// The `guard` block of a config.
public struct GuardConfig: Sendable {
  /// The greatest value of each measure that has one.
  public let tolerances: [BurnInMeasure: Double]

  /// The share of the operations of training that each of the costly monitors may take; 0 turns them off.
  public let monitorShare: Double

  /// Settings in code.
  public init(tolerances: [BurnInMeasure: Double] = [:], monitorShare: Double = 0.004) {
    (self.tolerances, self.monitorShare) = (tolerances, monitorShare)
  }

  /// Reads the block.
  public init(_ c: FieldReader) {
    monitorShare = c.number(
      "monitor_share", default: 0.004, in: 0...1000,
      doc:
        "Share of the operations of training that each of the costly monitors of evaluations may take, so that they run at some of them: the loss of "
        + "a sample of training rows, hidden units and ranks of features, the gradient noise scale; 0 turns these off.")
    tolerances = c.object("tolerances", doc: "Greatest values of signs of burn-in; a run that exceeds one ends with exit code 12.") { c in
      BurnInMeasure.allCases.reduce(into: [:]) { found, measure in
        let bounds = measure == .decline ? (0.0...).bounds : (0...1.0).bounds
        found[measure] = c.optionalNumber(measure.rawValue, in: bounds, precision: .double, doc: measure.doc)
      }
    }
  }
}
