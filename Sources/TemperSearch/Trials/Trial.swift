/// A trial of a sweep as samplers and pruners see it.
public struct Trial: Sendable, Equatable {
  /// How far it is. The raw value is Optuna's name.
  public enum State: String, Sendable {
    /// Queued, with parameters fixed by hand.
    case waiting = "WAITING"
    /// It runs, in some process.
    case running = "RUNNING"
    /// It has its values.
    case complete = "COMPLETE"
    /// It ended early.
    case pruned = "PRUNED"
    /// It failed or diverged.
    case failed = "FAIL"
  }

  /// An intermediate value: an evaluation during training, or a seed or fold.
  public struct Report: Sendable, Equatable {
    /// The training step, or the number of the seed or fold.
    public let step: Int
    /// May be infinite or NaN.
    public let value: Double

    /// Creates a report.
    public init(step: Int, value: Double) { (self.step, self.value) = (step, value) }
  }

  /// Its number, from 0.
  public let number: Int
  /// How far it is.
  public var state: State
  /// Parameters by name, as ``Distribution`` stores them; without those whose condition is not met.
  public var parameters: [String: Double]
  /// The value of each objective; empty unless complete.
  public var values: [Double]
  /// Of the first objective, by step, ascending.
  public var reports: [Report]
  /// One number for each constraint, above 0 where it is violated; empty if there are none.
  public var constraints: [Double]

  /// Creates a trial.
  public init(
    number: Int, state: State, parameters: [String: Double], values: [Double] = [], reports: [Report] = [], constraints: [Double] = []
  ) {
    (self.number, self.state, self.parameters, self.values) = (number, state, parameters, values)
    (self.reports, self.constraints) = (reports, constraints)
  }
}

/// Whether small or large values of an objective are better. The raw value is Optuna's name.
public enum Direction: String, Sendable {
  /// Small values.
  case minimize = "MINIMIZE"
  /// Large values.
  case maximize = "MAXIMIZE"
}
