import TemperJSON

/// An event in a run, for progress bars and logs.
public enum RunEvent {
  /// A note on an automatic decision.
  case note(String)
  /// A warning.
  case warning(Warning)
  /// One of several runs is about to begin.
  case part(RunPart)
  /// Training is about to begin.
  case started(totalSteps: Int, stepsTaken: Int, stepsPerEpoch: Int, trainingRows: Int, measure: RowMeasure)
  /// A step was taken.
  case stepped(number: Int, step: Trainer.Step)
  /// The model was evaluated.
  case evaluated(Progress)

  /// A run, or one of several, has finished.
  case ended(SingleResult)

  /// The results of an evaluation.
  public struct Progress: Sendable {
    /// Steps taken so far.
    public let step: Int
    /// Epochs completed so far, including fractions.
    public let epoch: Double
    /// The mean training loss over the steps since the last evaluation, with dropout; nil before the first step.
    public let trainLoss: Double?
    /// On the validation rows.
    public let validation: Evaluation?
    /// Whether it is the best so far.
    public let isBest: Bool
    /// Texts that the model generated, if the config asks for them.
    public let samples: [TextSample]
    /// Training rows, or the task's own unit of speed, per second since the last evaluation, excluding evaluations.
    public let speed: Double?
  }
}
