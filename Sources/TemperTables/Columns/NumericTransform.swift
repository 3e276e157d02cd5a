import TemperData
import TemperFiles
import TemperMetrics

/// Encodes a number as a feature: missing numbers are imputed, outliers clipped, and the result is scaled.
public struct NumericTransform: Sendable, Equatable {
  /// The scaling, fitted on the training rows after imputation and clipping.
  public var scaling: Scaling
  /// The bounds for clipping.
  public var bounds: ClosedRange<Double>?
  /// The fill value for a missing number; nil if missing is an error.
  public var fill: Double?
  /// Whether a second feature indicates missing numbers.
  public var hasIndicator: Bool

  /// Creates a transform from known parts.
  public init(_ scaling: Scaling, bounds: ClosedRange<Double>? = nil, fill: Double? = nil, hasIndicator: Bool = false) {
    (self.scaling, self.bounds, self.fill, self.hasIndicator) = (scaling, bounds, fill, hasIndicator)
  }

  /// The number clipped to the bounds.
  @inline(__always)
  func clipped(_ number: Double) -> Double {
    guard let bounds else { return number }
    return min(max(number, bounds.lowerBound), bounds.upperBound)
  }

  /// Writes the features of a number or of a missing one.
  @inline(__always)
  func encode(_ number: Double?, to features: UnsafeMutablePointer<Float>) -> FieldProblem? {
    guard let value = number ?? fill else { return .missing }
    if hasIndicator, number == nil { features[1] = 1 }
    let feature = scaling(clipped(value))
    guard feature.isFinite else { return .overflow }
    features[0] = feature
    return nil
  }
}

extension ColumnFitting {
  /// Fits a numeric column.
  mutating func numeric(_ rules: NumericRules) -> NumericTransform? {
    let imputation = rules.impute ?? defaults.numeric
    for row in profile.textRows where !findings.isFull { findings.add(.notANumber, table, row, column, kind) }
    guard reportMissing(isError: imputation == .error), profile.textRows.isEmpty else { return nil }
    var numbers = profile.numbers
    let fill: Double?
    switch imputation {
    case .error: fill = nil
    case .constant: fill = rules.fill ?? 0
    default:
      guard hasValues() else { return nil }
      fill = Self.middle(imputation, of: numbers)
    }
    var transform = NumericTransform(.identity, fill: fill)
    if let share = rules.clip, !numbers.isEmpty {
      let sorted = numbers.sorted()
      transform.bounds = sorted.quantile(share)...sorted.quantile(1 - share)
    }
    if let fill { numbers += Array(repeating: fill, count: profile.missingRows.count) }
    if transform.bounds != nil { numbers = numbers.map(transform.clipped) }
    transform.scaling = Scaling(rules.normalize ?? defaults.normalize, of: numbers)
    transform.hasIndicator = fill != nil && (rules.indicator ?? defaults.indicator) && !profile.missingRows.isEmpty
    return transform
  }

  /// The imputation value for `numbers`.
  private static func middle(_ imputation: NumericImputation, of numbers: [Double]) -> Double {
    switch imputation {
    case .median: numbers.sorted().quantile(0.5) + 0
    case .mode: Scale.mode(numbers) + 0
    default: numbers.reduce(0, +) / Double(numbers.count) + 0
    }
  }
}
