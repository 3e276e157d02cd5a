/// Why a run ended. The raw value is used in files and by `--json`.
public enum StopReason: String, Sendable {
  /// It took all its steps.
  case completed
  /// Early stopping ended it.
  case earlyStopping = "early_stopping"
  /// A loss, a gradient or a parameter was not finite.
  case diverged
  /// It was interrupted, and can be resumed.
  case interrupted

  /// The text in tables.
  public var words: String {
    switch self {
    case .completed: "completed"
    case .earlyStopping: "early stopping"
    case .diverged: "DIVERGED"
    case .interrupted: "interrupted"
    }
  }
}
