import TemperData

/// The rows that a model is evaluated on.
public enum EvaluatedRows: Sendable {
  /// All of a split; of training text a part, as it may be long.
  case all(DataSplit)
  /// About so many rows of a split, evenly spaced over it, the same each time: for monitors.
  case sample(DataSplit, rows: Int)
}
