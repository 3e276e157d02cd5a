/// Why a run ended. The raw value is what files and `--json` say.
public enum StopReason: String, Sendable {
  /// It took all its steps.
  case completed
  /// Early stopping ended it.
  case earlyStopping = "early_stopping"
  /// A loss, a gradient or a parameter was no finite number.
  case diverged
  /// It was told to stop, and can be resumed.
  case interrupted

  /// As tables have it.
  public var words: String {
    switch self {
    case .completed: "completed"
    case .earlyStopping: "early stopping"
    case .diverged: "DIVERGED"
    case .interrupted: "interrupted"
    }
  }
}
