/// Why a run ended. The raw value is used in files and by `--json`.
public enum StopReason: String, Sendable {
  /// It took all its steps.
  case completed
  /// Early stopping ended it.
  case earlyStopping = "early_stopping"
  /// It reached `train.max_minutes`.
  case timeLimit = "time_limit"
  /// A sweep ended it, because it was not promising.
  case pruned
  /// A loss, a gradient or a parameter was not finite, or the loss jumped.
  case diverged
  /// It was interrupted, and can be resumed.
  case interrupted

  /// The text in tables.
  public var words: String {
    switch self {
    case .completed: "completed"
    case .earlyStopping: "early stopping"
    case .timeLimit: "time limit"
    case .pruned: "pruned"
    case .diverged: "DIVERGED"
    case .interrupted: "interrupted"
    }
  }
}
