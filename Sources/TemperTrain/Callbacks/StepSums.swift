import TemperJSON
import TemperNN

/// Sums over the steps between two evaluations.
struct StepSums: Equatable {
  /// The sum of their mean losses.
  private var loss = 0.0
  /// How many steps had a loss.
  private var steps = 0
  /// The sums of the terms that layers added to the loss.
  private var terms = NamedSums()
  /// The largest gradient norm before clipping.
  private(set) var greatestNorm = 0.0

  /// The mean loss per step; nil before the first.
  var meanLoss: Double? { steps > 0 ? loss / Double(steps) : nil }

  /// The mean per step of the terms that layers added to the loss.
  var meanTerms: [LossTerms.Value] { terms.means(of: Double(max(1, steps))) }

  mutating func add(_ step: Trainer.Step) {
    if let value = step.loss { (loss, steps) = (loss + value, steps + 1) }
    terms.add(step.terms)
    greatestNorm = max(greatestNorm, step.gradientNorm)
  }

  /// The state, for a checkpoint.
  var state: JSON {
    .object([
      ("loss", .exact(loss)), ("steps", .integer(steps)), ("greatest_gradient_norm", .exact(greatestNorm)),
      ("loss_terms", terms.sums.exactJSON),
    ])
  }

  /// Restores a ``state``.
  mutating func restore(_ state: JSON) throws(MalformedState) {
    guard let loss = state["loss"]?.number, let steps = state["steps"]?.integer, let norm = state["greatest_gradient_norm"]?.number else {
      throw MalformedState(of: "since_evaluation")
    }
    var terms = NamedSums()
    terms.add(try [LossTerms.Value](exact: state["loss_terms"]))
    (self.loss, self.steps, self.terms, greatestNorm) = (loss, steps, terms, norm)
  }
}
