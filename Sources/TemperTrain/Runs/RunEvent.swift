import TemperJSON

/// What a run tells while it goes on; for progress bars and logs.
public enum RunEvent {
  /// Something was decided without being asked for.
  case note(String)
  /// Something looks wrong.
  case warning(Warning)
  /// One of several runs is about to begin.
  case part(RunPart)
  /// Training is about to begin.
  case started(totalSteps: Int, stepsTaken: Int, stepsPerEpoch: Int, trainingRows: Int, measure: RowMeasure)
  /// A step was taken.
  case stepped(number: Int, step: Trainer.Step)
  /// The model was evaluated.
  case evaluated(Progress)

  /// What is known at an evaluation.
  public struct Progress: Sendable {
    /// Steps taken so far.
    public let step: Int
    /// Epochs done so far, in part too.
    public let epoch: Double
    /// The mean of the training loss over the steps since the last evaluation, dropout on; nil before the first step.
    public let trainLoss: Double?
    /// On the validation rows.
    public let validation: Evaluation?
    /// Whether it is the best so far.
    public let isBest: Bool
    /// Texts that the model continued, where the config asks for them.
    public let samples: [TextSample]
    /// Training rows, or what else the task's speed is told in, a second since the last evaluation, without evaluations.
    public let speed: Double?
  }
}
