import TemperNN

/// What steps add up to between two evaluations.
struct StepSums: Equatable {
  /// The sum of their mean losses.
  var loss = 0.0
  /// How many had a loss.
  var steps = 0
  /// Rows they took.
  var rows = 0
  /// The greatest norm of a gradient before clipping.
  var greatestNorm = 0.0
  /// The sums of what layers added to the loss.
  var terms = NamedSums()

  /// The mean loss of a step; nil before the first.
  var meanLoss: Double? { steps > 0 ? loss / Double(steps) : nil }

  /// What layers added to the loss of a step, in the mean.
  var meanTerms: [LossTerms.Value] { terms.means(of: Double(max(1, steps))) }

  mutating func add(_ step: Trainer.Step) {
    if let value = step.loss { (loss, steps) = (loss + value, steps + 1) }
    terms.add(step.terms)
    rows += step.rows
    greatestNorm = max(greatestNorm, step.gradientNorm)
  }
}
