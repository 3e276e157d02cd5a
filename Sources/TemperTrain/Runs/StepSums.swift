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

  /// The mean loss of a step; nil before the first.
  var meanLoss: Double? { steps > 0 ? loss / Double(steps) : nil }

  mutating func add(_ step: Trainer.Step) {
    if let value = step.loss { (loss, steps) = (loss + value, steps + 1) }
    rows += step.rows
    greatestNorm = max(greatestNorm, step.gradientNorm)
  }
}
