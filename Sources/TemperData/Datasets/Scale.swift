/// A shift and a unit: a number becomes (number - center) / unit, in double precision.
///
/// Those that data teach are scikit-learn's `StandardScaler`, `MinMaxScaler` and `RobustScaler`.
public struct Scale: Sendable, Equatable {
  /// What becomes 0.
  public var center: Double
  /// What becomes a distance of 1; above 0.
  public var unit: Double

  /// A scale of known parts.
  public init(center: Double, unit: Double) {
    (self.center, self.unit) = (center, unit)
  }

  /// No change.
  public static let identity = Scale(center: 0, unit: 1)
}
