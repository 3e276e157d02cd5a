/// What a user says of a column: its kind and, where that is not the default of its kind, how it becomes features.
public enum ColumnRules: Sendable, Equatable {
  /// A number.
  case numeric(NumericRules = NumericRules())
  /// One of several values.
  case categorical(CategoricalRules = CategoricalRules())
  /// Yes or no.
  case boolean(BooleanRules = BooleanRules())
  /// A day or a moment.
  case date(DateRules = DateRules())
  /// Words.
  case text(TextRules = TextRules())
  /// A name or number of the row.
  case identifier
  /// Nothing to learn from.
  case ignore

  /// The rules of a kind of which nothing more is said.
  public init(_ kind: ColumnKind) {
    self =
      switch kind {
      case .numeric: .numeric()
      case .categorical: .categorical()
      case .boolean: .boolean()
      case .date: .date()
      case .text: .text()
      case .identifier: .identifier
      case .ignore: .ignore
      }
  }

  /// The kind.
  public var kind: ColumnKind {
    switch self {
    case .numeric: .numeric
    case .categorical: .categorical
    case .boolean: .boolean
    case .date: .date
    case .text: .text
    case .identifier: .identifier
    case .ignore: .ignore
    }
  }
}

/// How a numeric column becomes features. Nil stands for what ``ColumnDefaults`` say.
public struct NumericRules: Sendable, Equatable {
  /// What stands in for a missing number.
  public var impute: NumericImputation?
  /// The number of ``NumericImputation/constant``.
  public var fill: Double?
  /// Whether a second feature says which numbers were missing.
  public var indicator: Bool?
  /// How the numbers are scaled.
  public var normalize: Normalization?
  /// The share of the training rows' numbers, on each side, beyond which numbers are moved to the bound.
  public var clip: Double?

  /// Rules of which only those named differ from the defaults.
  public init(
    impute: NumericImputation? = nil, fill: Double? = nil, indicator: Bool? = nil, normalize: Normalization? = nil, clip: Double? = nil
  ) {
    (self.impute, self.fill, self.indicator, self.normalize, self.clip) = (impute, fill, indicator, normalize, clip)
  }
}

/// How a categorical column becomes features. Nil stands for what ``ColumnDefaults`` say.
public struct CategoricalRules: Sendable, Equatable {
  /// The form of the features.
  public enum Encoding: String, Sendable, CaseIterable {
    /// A feature for each category: 1 where the row has it, else 0.
    case onehot
    /// One number: the place of the category in their order, from 0, scaled.
    case ordinal
  }

  /// The form of the features.
  public var encoding: Encoding
  /// The categories there may be, in their order; by default those of the training rows, by bytes.
  public var categories: [String]?
  /// Which categories become one.
  public var rare: RareCategories?
  /// What becomes of a category that is not known.
  public var unknown: UnknownCategory?
  /// What stands in for a missing category.
  public var impute: CategoricalImputation?
  /// The category of ``CategoricalImputation/constant``.
  public var fill: String?
  /// How the places of categories in their order are scaled.
  public var normalize: Normalization?

  /// Rules of which only those named differ from the defaults.
  public init(
    encoding: Encoding = .onehot, categories: [String]? = nil, rare: RareCategories? = nil, unknown: UnknownCategory? = nil,
    impute: CategoricalImputation? = nil, fill: String? = nil, normalize: Normalization? = nil
  ) {
    (self.encoding, self.categories, self.rare, self.unknown) = (encoding, categories, rare, unknown)
    (self.impute, self.fill, self.normalize) = (impute, fill, normalize)
  }
}

/// How a boolean column becomes features. Nil stands for what ``ColumnDefaults`` say.
public struct BooleanRules: Sendable, Equatable {
  /// What stands in for a missing value.
  public var impute: BooleanImputation?
  /// Whether a second feature says which values were missing.
  public var indicator: Bool?

  /// Rules of which only those named differ from the defaults.
  public init(impute: BooleanImputation? = nil, indicator: Bool? = nil) {
    (self.impute, self.indicator) = (impute, indicator)
  }
}

/// How a column of dates becomes features. Nil stands for what ``ColumnDefaults`` say.
public struct DateRules: Sendable, Equatable {
  /// How dates are written; nil for what all training rows follow.
  public var format: DateFormat?
  /// What stands in for a missing date.
  public var impute: DateImputation?
  /// Whether a further feature says which dates were missing.
  public var indicator: Bool?
  /// How the time passed is scaled.
  public var normalize: Normalization?

  /// Rules of which only those named differ from the defaults.
  public init(format: DateFormat? = nil, impute: DateImputation? = nil, indicator: Bool? = nil, normalize: Normalization? = nil) {
    (self.format, self.impute, self.indicator, self.normalize) = (format, impute, indicator, normalize)
  }
}

/// How a column of text becomes features. Nil stands for what ``ColumnDefaults`` say.
public struct TextRules: Sendable, Equatable {
  /// The most words that become features.
  public var maxWords: Int
  /// What stands in for a missing text.
  public var impute: TextImputation?

  /// Rules of which only those named differ from the defaults.
  public init(maxWords: Int = 100, impute: TextImputation? = nil) {
    (self.maxWords, self.impute) = (maxWords, impute)
  }
}

/// What stands in for a missing number.
public enum NumericImputation: String, Sendable, CaseIterable {
  /// Nothing: it is an error.
  case error
  /// The mean of the training rows' numbers.
  case mean
  /// Their median.
  case median
  /// The most frequent of them; of several the smallest.
  case mode
  /// A number given.
  case constant
}

/// What stands in for a missing category.
public enum CategoricalImputation: String, Sendable, CaseIterable {
  /// Nothing: it is an error.
  case error
  /// The training rows' most frequent category; of several the first by bytes.
  case mode
  /// A category of its own, if a training row has none.
  case category
  /// A category given.
  case constant
}

/// What stands in for a missing truth value.
public enum BooleanImputation: String, Sendable, CaseIterable {
  /// Nothing: it is an error.
  case error
  /// The training rows' more frequent value; no where both are as frequent.
  case mode
  /// Yes.
  case `true`
  /// No.
  case `false`
}

/// What stands in for a missing date.
public enum DateImputation: String, Sendable, CaseIterable {
  /// Nothing: it is an error.
  case error
  /// The mean of the training rows' dates.
  case mean
  /// Their median.
  case median
  /// The most frequent of them; of several the first.
  case mode
}

/// What stands in for a missing text.
public enum TextImputation: String, Sendable, CaseIterable {
  /// Nothing: it is an error.
  case error
  /// A text without words.
  case empty
}

/// What becomes of a category that the training rows do not have.
public enum UnknownCategory: String, Sendable, CaseIterable {
  /// It is an error.
  case error
  /// It says nothing: all features are 0, or the mean where categories are numbers.
  case ignore
  /// It counts as rare; where no training row had a rare category, it says nothing.
  case other
}

/// Which categories are so rare that they become one.
public enum RareCategories: Sendable, Equatable {
  /// Those with fewer training rows than this.
  case count(Int)
  /// Those with a smaller share of the training rows than this.
  case share(Double)
}

/// What holds for all columns of which nothing else is said.
///
/// Nothing is repaired unless it was asked for: as it stands, a missing value and an unknown category are errors.
public struct ColumnDefaults: Sendable, Equatable {
  /// How numbers are scaled.
  public var normalize = Normalization.standard
  /// What stands in for a missing number.
  public var numeric = NumericImputation.error
  /// What stands in for a missing category.
  public var categorical = CategoricalImputation.error
  /// What stands in for a missing truth value.
  public var boolean = BooleanImputation.error
  /// What stands in for a missing date.
  public var date = DateImputation.error
  /// What stands in for a missing text.
  public var text = TextImputation.error
  /// Whether a further feature says which values were missing, where training rows lack some.
  public var indicator = false
  /// What becomes of a category that is not known.
  public var unknown = UnknownCategory.error
  /// Which categories become one.
  public var rare: RareCategories?
  /// What is written where a value is missing, beside nothing at all.
  public var missingValues: [String] = []

  /// Defaults that repair nothing.
  public init() {}
}
