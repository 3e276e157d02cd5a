/// The parts of a run's data. The raw value is the name in files and on the command line.
public enum DataSplit: String, CaseIterable, Sendable {
  /// What is learned from.
  case train
  /// What is chosen by.
  case validation
  /// What is reported on.
  case test
}
