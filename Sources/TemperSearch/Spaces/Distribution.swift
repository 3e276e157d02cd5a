import TemperJSON

/// The values that a parameter of a search space may take. A value is stored as a number: a float as it is, an integer as a float, a choice as
/// its index, as Optuna stores them.
public enum Distribution: Sendable, Equatable {
  /// A number from `low` to `high`, both included; with `isLog` uniform in its logarithm, with `step` one of `low`, `low + step`, ... up to `high`.
  case float(low: Double, high: Double, isLog: Bool, step: Double?)
  /// A whole number from `low` to `high`, both included, in steps of `step`; with `isLog` uniform in its logarithm.
  case int(low: Int, high: Int, isLog: Bool, step: Int)
  /// One of some JSON values.
  case categorical([JSON])
}
