/// The declared rules of a column: its kind and optionally how it is encoded.
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
  /// Ignored.
  case ignore

  /// The default rules of a kind.
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

/// Rules for a numeric column. Nil stands for ``ColumnDefaults``.
public struct NumericRules: Sendable, Equatable {
  /// Imputation of missing numbers.
  public var impute: NumericImputation?
  /// The fill value for ``NumericImputation/constant``.
  public var fill: Double?
  /// Whether a second feature indicates missing numbers.
  public var indicator: Bool?
  /// The scaling.
  public var normalize: Normalization?
  /// The quantile of the training rows, on each side, to which more extreme numbers are clipped.
  public var clip: Double?

  /// Creates rules with the given differences from the defaults.
  public init(
    impute: NumericImputation? = nil, fill: Double? = nil, indicator: Bool? = nil, normalize: Normalization? = nil, clip: Double? = nil
  ) {
    (self.impute, self.fill, self.indicator, self.normalize, self.clip) = (impute, fill, indicator, normalize, clip)
  }
}

/// Rules for a categorical column. Nil stands for ``ColumnDefaults``.
public struct CategoricalRules: Sendable, Equatable {
  /// The encoding.
  public enum Encoding: String, Sendable, CaseIterable {
    /// One-hot: a feature per category.
    case onehot
    /// One number: the index of the category, from 0, scaled.
    case ordinal
  }

  /// The encoding.
  public var encoding: Encoding
  /// The valid categories in order; by default those of the training rows, sorted by bytes.
  public var categories: [String]?
  /// Rare categories, which are merged into one.
  public var rare: RareCategories?
  /// Handling of unknown categories.
  public var unknown: UnknownCategory?
  /// Imputation of missing categories.
  public var impute: CategoricalImputation?
  /// The fill category for ``CategoricalImputation/constant``.
  public var fill: String?
  /// The scaling of category indices.
  public var normalize: Normalization?

  /// Creates rules with the given differences from the defaults.
  public init(
    encoding: Encoding = .onehot, categories: [String]? = nil, rare: RareCategories? = nil, unknown: UnknownCategory? = nil,
    impute: CategoricalImputation? = nil, fill: String? = nil, normalize: Normalization? = nil
  ) {
    (self.encoding, self.categories, self.rare, self.unknown) = (encoding, categories, rare, unknown)
    (self.impute, self.fill, self.normalize) = (impute, fill, normalize)
  }
}

/// Rules for a boolean column. Nil stands for ``ColumnDefaults``.
public struct BooleanRules: Sendable, Equatable {
  /// Imputation of missing values.
  public var impute: BooleanImputation?
  /// Whether a second feature indicates missing values.
  public var indicator: Bool?

  /// Creates rules with the given differences from the defaults.
  public init(impute: BooleanImputation? = nil, indicator: Bool? = nil) {
    (self.impute, self.indicator) = (impute, indicator)
  }
}

/// Rules for a date column. Nil stands for ``ColumnDefaults``.
public struct DateRules: Sendable, Equatable {
  /// The date format; nil for the one that all training rows match.
  public var format: DateFormat?
  /// Imputation of missing dates.
  public var impute: DateImputation?
  /// Whether a further feature indicates missing dates.
  public var indicator: Bool?
  /// The scaling of elapsed time.
  public var normalize: Normalization?

  /// Creates rules with the given differences from the defaults.
  public init(format: DateFormat? = nil, impute: DateImputation? = nil, indicator: Bool? = nil, normalize: Normalization? = nil) {
    (self.format, self.impute, self.indicator, self.normalize) = (format, impute, indicator, normalize)
  }
}

/// Rules for a text column. Nil stands for ``ColumnDefaults``.
public struct TextRules: Sendable, Equatable {
  /// The maximum number of words that become features.
  public var maxWords: Int
  /// Imputation of missing texts.
  public var impute: TextImputation?

  /// Creates rules with the given differences from the defaults.
  public init(maxWords: Int = 100, impute: TextImputation? = nil) {
    (self.maxWords, self.impute) = (maxWords, impute)
  }
}

/// Imputation of missing numbers.
public enum NumericImputation: String, Sendable, CaseIterable {
  /// Missing is an error.
  case error
  /// The mean of the training rows.
  case mean
  /// The median of the training rows.
  case median
  /// The most frequent number of the training rows; the smallest if tied.
  case mode
  /// A given number.
  case constant
}

/// Imputation of missing categories.
public enum CategoricalImputation: String, Sendable, CaseIterable {
  /// Missing is an error.
  case error
  /// The most frequent category of the training rows; the first by bytes if tied.
  case mode
  /// A separate category, if any training row has a missing one.
  case category
  /// A given category.
  case constant
}

/// Imputation of missing booleans.
public enum BooleanImputation: String, Sendable, CaseIterable {
  /// Missing is an error.
  case error
  /// The more frequent value of the training rows; no if tied.
  case mode
  /// Yes.
  case `true`
  /// No.
  case `false`
}

/// Imputation of missing dates.
public enum DateImputation: String, Sendable, CaseIterable {
  /// Missing is an error.
  case error
  /// The mean of the training rows.
  case mean
  /// The median of the training rows.
  case median
  /// The most frequent date of the training rows; the first if tied.
  case mode
}

/// Imputation of missing texts.
public enum TextImputation: String, Sendable, CaseIterable {
  /// Missing is an error.
  case error
  /// A text without words.
  case empty
}

/// Handling of categories that are not in the training rows.
public enum UnknownCategory: String, Sendable, CaseIterable {
  /// They are errors.
  case error
  /// They are ignored: all features are 0, or the mean for ordinal encoding.
  case ignore
  /// They count as rare; if no training row has a rare category, they are ignored.
  case other
}

/// The criterion for rare categories, which are merged into one.
public enum RareCategories: Sendable, Equatable {
  /// Those with fewer training rows than this.
  case count(Int)
  /// Those with a smaller fraction of the training rows than this.
  case share(Double)
}

/// Defaults for all columns.
///
/// Nothing is imputed by default: missing values and unknown categories are errors.
public struct ColumnDefaults: Sendable, Equatable {
  /// The scaling of numbers.
  public var normalize = Normalization.standard
  /// Imputation of missing numbers.
  public var numeric = NumericImputation.error
  /// Imputation of missing categories.
  public var categorical = CategoricalImputation.error
  /// Imputation of missing booleans.
  public var boolean = BooleanImputation.error
  /// Imputation of missing dates.
  public var date = DateImputation.error
  /// Imputation of missing texts.
  public var text = TextImputation.error
  /// Whether a further feature indicates missing values, if training rows have any.
  public var indicator = false
  /// Handling of unknown categories.
  public var unknown = UnknownCategory.error
  /// Rare categories, which are merged into one.
  public var rare: RareCategories?
  /// Values that mean missing, besides empty ones.
  public var missingValues: [String] = []
  /// Whether texts have no features, because a model embeds them.
  public var embedsTexts = false

  /// Defaults without imputation.
  public init() {}
}
