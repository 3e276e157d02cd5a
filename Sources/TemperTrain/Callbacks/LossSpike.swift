import TemperJSON
import TemperNN

/// Ends a run as diverged if the loss of a step exceeds the mean of the steps before it by the factor `train.max_loss_ratio`.
///
/// The mean is exponential, corrected for its start as in Adam (Kingma and Ba 2015); the weights are then those of the last evaluation.
final class LossSpike: Callback {
  static let name = "loss_spike"

  /// The weight of the steps before in the mean.
  private static let decay = 0.98
  /// With fewer steps the mean is that of an untrained model, or of too few batches.
  private static let leastSteps = 20

  private let ratio: Double
  /// The decaying sums of losses and of their weights.
  private var (sum, weight) = (0.0, 0.0)
  private var steps = 0

  init?(_ run: RunHandle) {
    guard let ratio = run.config.train.maxLossRatio else { return nil }
    self.ratio = ratio
  }

  func afterStep(_ step: Trainer.Step, _ run: RunHandle) throws(Halt) {
    guard let loss = step.loss else { return }
    let mean = sum / max(weight, .leastNormalMagnitude)
    if steps >= Self.leastSteps, mean > 0, loss > ratio * mean {
      throw .diverged(
        run.trainer.divergence(
          after: run.steps,
          "the loss \(fixed(loss, 4)) is more than \(ratio) times the mean of the steps before, \(fixed(mean, 4)) (train.max_loss_ratio)"))
    }
    sum = Self.decay * sum + loss
    weight = Self.decay * weight + 1
    steps += 1
  }

  var state: JSON { .object([("sum", .exact(sum)), ("weight", .exact(weight)), ("steps", .integer(steps))]) }

  func restore(_ state: JSON) throws(MalformedState) {
    guard let sum = state["sum"]?.number, let weight = state["weight"]?.number, let steps = state["steps"]?.integer,
      weight >= 0, 0..<Int.max ~= steps
    else { throw MalformedState(of: "loss_spike") }
    (self.sum, self.weight, self.steps) = (sum, weight, steps)
  }
}
