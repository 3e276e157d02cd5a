/// A linear scaling: a number becomes (number - center) / unit, in double precision.
///
/// Those fitted to data are scikit-learn's `StandardScaler`, `MinMaxScaler` and `RobustScaler`.
public struct Scale: Sendable, Equatable {
  /// The value scaled to 0.
  public var center: Double
  /// The distance scaled to 1; above 0.
  public var unit: Double

  /// A scale with the given parameters.
  public init(center: Double, unit: Double) {
    (self.center, self.unit) = (center, unit)
  }

  /// No change.
  public static let identity = Scale(center: 0, unit: 1)
}
