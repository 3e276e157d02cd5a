/// A loss, gradient, parameter or other training state that is not finite, or a loss that has jumped, so the run cannot continue.
public struct Divergence: Error, Sendable, CustomStringConvertible {
  /// The step, counted from 1.
  public let step: Int
  /// What was wrong: `the loss is not finite`.
  public let problem: String
  /// The global row numbers of the step's last batch; empty if an evaluation found it.
  public let rows: [Int32]
  /// The learning rate of the step.
  public let learningRate: Double

  /// What happened: step, problem, learning rate and batch.
  public var circumstances: String {
    let start = "step \(step): \(problem), at learning rate \(learningRate)"
    if rows.isEmpty { return start }
    let shown = rows.prefix(8).map(String.init).joined(separator: ", ") + (rows.count > 8 ? ", ... (\(rows.count) rows)" : "")
    return "\(start), on rows \(shown)"
  }

  /// A message that names step, batch and possible remedies.
  public var description: String {
    "\(circumstances). Lower optimizer.learning_rate"
      + (rows.isEmpty ? " or set train.max_grad_norm." : ", set train.max_grad_norm, or check these rows.")
  }
}
