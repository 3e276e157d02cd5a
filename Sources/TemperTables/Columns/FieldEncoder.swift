/// Why a field has no features.
enum FieldProblem {
  /// There is no value, and nothing stands in for it.
  case missing
  /// It is no number.
  case notANumber
  /// It is a number whose feature no 32 bits hold.
  case overflow
  /// No training row has this category, and that is an error.
  case unknownCategory
  /// It is no truth value.
  case notABoolean
  /// It does not follow this format, the column's.
  case notADate(DateFormat)
}

/// Turns one field after another of a column into features.
protocol FieldEncoder {
  /// Writes the features of `field` to `features`, which are 0 before. What comes with a problem is not used.
  mutating func encode(_ field: UnsafeBufferPointer<UInt8>, to features: UnsafeMutablePointer<Float>) -> FieldProblem?
}
