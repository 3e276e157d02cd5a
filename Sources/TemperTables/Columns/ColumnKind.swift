import TemperJSON

/// The kind of a table column.
public enum ColumnKind: String, Sendable, CaseIterable {
  /// A number: one feature.
  case numeric
  /// One of several values: a feature each, 1 if the row has that value, or one number for all.
  case categorical
  /// Yes or no: one feature, 1 or 0.
  case boolean
  /// A day or a moment: elapsed time, and position in the year, the week and the day.
  case date
  /// Words: a feature per frequent word.
  case text
  /// A name or number of the row: no features.
  case identifier
  /// Ignored: no features.
  case ignore

  /// Whether such a column has features.
  public var hasFeatures: Bool { self != .identifier && self != .ignore }
}

extension Diagnostic.Code {
  /// A name in the config that is not a column of the table.
  public static let unknownColumn = Diagnostic.Code("E0211", "unknown column")
  /// A value of a numeric column that is not a number, or overflows 32 bits.
  public static let notANumber = Diagnostic.Code("E0212", "a value of a numeric column is not a number")
  /// An empty field.
  public static let emptyValue = Diagnostic.Code("E0213", "a value is missing")
  /// A text column with identifiers or free text.
  public static let tooManyCategories = Diagnostic.Code("E0214", "a column has too many categories")
  /// A category that is not in the training rows.
  public static let unknownCategory = Diagnostic.Code("E0215", "a category does not occur in the training rows")
  /// A label that is not in the training rows.
  public static let unknownLabel = Diagnostic.Code("E0216", "a label does not occur in the training rows")
  /// A column with two conflicting roles, or with an impossible one.
  public static let columnConflict = Diagnostic.Code("E0217", "a column has two roles")
  /// Columns needed by the model that a table lacks.
  public static let missingColumns = Diagnostic.Code("E0218", "a table is missing columns that the model needs")
  /// Unusable labels: one class, a class per row, or one value.
  public static let unusableLabels = Diagnostic.Code("E0219", "the labels cannot be used for training")
  /// A stored preprocessing that is damaged or from another version.
  public static let badPreprocessing = Diagnostic.Code("E0220", "a stored preprocessing cannot be used")
  /// No column is left to use as a feature.
  public static let noFeatures = Diagnostic.Code("E0221", "no feature columns")
  /// A word for a missing value that was not declared.
  public static let undeclaredMissing = Diagnostic.Code("E0224", "a column of numbers or dates has a word that may mean a missing value")
  /// A value that is not valid for its boolean or date column.
  public static let notOfItsKind = Diagnostic.Code("E0225", "a value does not have the type of its column")
  /// A column that is unusable as declared.
  public static let unusableColumn = Diagnostic.Code("E0226", "a column cannot be used as declared")
  /// A multilabel value that is neither 0 nor 1.
  public static let notALabel = Diagnostic.Code("E0223", "a value in a multilabel column is neither 1 nor 0")
  /// Features that exceed the available memory.
  public static let tooManyFeatures = Diagnostic.Code("E0222", "the features need too much memory")
}
