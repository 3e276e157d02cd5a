/// Why a field cannot be encoded.
enum FieldProblem {
  /// It is missing, and there is no imputation.
  case missing
  /// It is not a number.
  case notANumber
  /// It is a number whose feature overflows 32 bits.
  case overflow
  /// No training row has this category, and that is an error.
  case unknownCategory
  /// It is not a boolean.
  case notABoolean
  /// It does not match the column's format.
  case notADate(DateFormat)
}

/// Encodes the fields of a column as features.
protocol FieldEncoder {
  /// Writes the features of `field` to `features`, which are initially 0. After a problem they are not used.
  mutating func encode(_ field: UnsafeBufferPointer<UInt8>, to features: UnsafeMutablePointer<Float>) -> FieldProblem?
}
