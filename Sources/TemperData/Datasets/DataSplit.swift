/// The splits of a run's data. The raw value is the name in files and on the command line.
public enum DataSplit: String, CaseIterable, Sendable {
  /// For training.
  case train
  /// For model selection.
  case validation
  /// For the final evaluation.
  case test
}
