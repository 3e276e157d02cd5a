import TemperJSON
import TemperNN

/// Ends a run as diverged if the loss of a step exceeds the mean of the steps before it by the factor `train.max_loss_ratio`.
///
/// The weights are then those of the last evaluation.
final class LossSpike: Callback {
  static let name = "loss_spike"

  private let ratio: Double
  private var recent = RecentLoss()

  init?(_ run: RunHandle) {
    guard let ratio = run.config.train.maxLossRatio else { return nil }
    self.ratio = ratio
  }

  func afterStep(_ step: Trainer.Step, _ run: RunHandle) throws(Halt) {
    guard let loss = step.loss else { return }
    if let problem = recent.problem(of: loss, ratio: ratio) { throw .diverged(run.trainer.divergence(after: run.steps, problem)) }
    recent.add(loss)
  }

  var state: JSON { recent.state }

  func restore(_ state: JSON) throws(MalformedState) {
    guard let recent = RecentLoss(state: state) else { throw MalformedState(of: "loss_spike") }
    self.recent = recent
  }
}

/// The mean of the losses of recent steps, exponential and corrected for its start as in Adam (Kingma and Ba 2015).
struct RecentLoss {
  /// The weight of the steps before in the mean.
  private static let decay = 0.98
  /// With fewer steps the mean is that of an untrained model, or of too few batches.
  private static let leastSteps = 20

  /// The decaying sums of losses and of their weights.
  private var (sum, weight) = (0.0, 0.0)
  private var steps = 0

  init() {}

  /// What is wrong with `loss`, if it is more than `ratio` times the mean; nil if it is not, or there were too few steps.
  func problem(of loss: Double, ratio: Double) -> String? {
    let mean = sum / max(weight, .leastNormalMagnitude)
    guard steps >= Self.leastSteps, mean > 0, loss > ratio * mean else { return nil }
    return "the loss \(fixed(loss, 4)) is more than \(ratio) times the mean of the steps before, \(fixed(mean, 4)) (train.max_loss_ratio)"
  }

  /// Adds the loss of a step.
  mutating func add(_ loss: Double) {
    sum = Self.decay * sum + loss
    weight = Self.decay * weight + 1
    steps += 1
  }

  /// The state in a checkpoint.
  var state: JSON { .object([("sum", .exact(sum)), ("weight", .exact(weight)), ("steps", .integer(steps))]) }

  /// The mean with `state`; nil if that is malformed.
  init?(state: JSON) {
    guard let sum = state["sum"]?.number, let weight = state["weight"]?.number, let steps = state["steps"]?.integer,
      weight >= 0, 0..<Int.max ~= steps
    else { return nil }
    (self.sum, self.weight, self.steps) = (sum, weight, steps)
  }
}
