import TemperJSON

/// What a column of a table is taken for.
public enum ColumnKind: String, Sendable, CaseIterable {
  /// A number: one feature.
  case numeric
  /// One of several values: a feature for each, 1 where the row has that value, or one number for all.
  case categorical
  /// Yes or no: one feature, 1 or 0.
  case boolean
  /// A day or a moment: the time that has passed, and the place in the year, the week and the day.
  case date
  /// Words: a feature for each of the most frequent ones.
  case text
  /// A name or number of the row: no feature.
  case identifier
  /// No feature.
  case ignore

  /// Whether features come from such a column.
  public var hasFeatures: Bool { self != .identifier && self != .ignore }
}

extension Diagnostic.Code {
  /// A name in the config that no column of the table has.
  public static let unknownColumn = Diagnostic.Code("E0211", "no column has this name")
  /// A value of a numeric column that is no number, or one that 32 bits cannot hold.
  public static let notANumber = Diagnostic.Code("E0212", "a value of a numeric column is not a number")
  /// A field with nothing in it.
  public static let emptyValue = Diagnostic.Code("E0213", "a value is missing")
  /// A column of text that looks like names or free text.
  public static let tooManyCategories = Diagnostic.Code("E0214", "a column has too many categories")
  /// A category that the training rows do not have.
  public static let unknownCategory = Diagnostic.Code("E0215", "a category does not occur in the training rows")
  /// A label that the training rows do not have.
  public static let unknownLabel = Diagnostic.Code("E0216", "a label does not occur in the training rows")
  /// A column that is given two parts to play, or none that makes sense.
  public static let columnConflict = Diagnostic.Code("E0217", "a column is given two meanings")
  /// Columns that a model needs and a table lacks.
  public static let missingColumns = Diagnostic.Code("E0218", "a table lacks columns that the model needs")
  /// Labels from which nothing can be learned: one class, a class a row, or one value.
  public static let unusableLabels = Diagnostic.Code("E0219", "nothing can be learned from the labels")
  /// A stored preprocessing that is damaged or of another version.
  public static let badPreprocessing = Diagnostic.Code("E0220", "a stored preprocessing cannot be used")
  /// No column is left to learn from.
  public static let noFeatures = Diagnostic.Code("E0221", "no column is left to learn from")
  /// A word for a missing value that nobody declared to be one.
  public static let undeclaredMissing = Diagnostic.Code("E0224", "a column of numbers or dates has a word that may mean a missing value")
  /// A value of a boolean or date column that is none.
  public static let notOfItsKind = Diagnostic.Code("E0225", "a value is not of the kind of its column")
  /// Nothing can be learned from a column as it is declared.
  public static let unusableColumn = Diagnostic.Code("E0226", "a column cannot be used as declared")
  /// A label of several that is neither 0 nor 1.
  public static let notALabel = Diagnostic.Code("E0223", "a label that a row has or has not is neither 1 nor 0")
  /// More features than memory holds.
  public static let tooManyFeatures = Diagnostic.Code("E0222", "the features take too much memory")
}
