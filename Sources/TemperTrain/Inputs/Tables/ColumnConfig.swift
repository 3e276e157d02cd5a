import TemperCore
import TemperJSON
import TemperTables

extension ValueReader<ColumnRules> {
  /// The kind of a column, or an object with options.
  static var columnRules: ValueReader {
    ValueReader<Either<ColumnKind, ColumnRules>>.either(.choice(ColumnKind.self), .object { ColumnRules($0) }).map { either in
      switch either {
      case .first(let kind): ColumnRules(kind)
      case .second(let rules): rules
      }
    }
  }
}

extension ColumnRules {
  /// Reads the rules of one column.
  init(_ c: FieldReader) {
    self = c.variant(
      "kind", doc: "Kind of the column.",
      [
        .init("numeric", "A number.") { .numeric(NumericRules($0)) },
        .init("categorical", "One of several values.") { .categorical(CategoricalRules($0)) },
        .init("boolean", "true or false, yes or no, t or f, y or n, 1 or 0, in any case: one feature, 1 or 0.") {
          .boolean(BooleanRules($0))
        },
        .init("date", "A day or a moment: days since the earliest training row, scaled, and the position in the year, week and day.") {
          .date(DateRules($0))
        },
        .init("text", "Words: a TF-IDF feature for each of the most frequent ones.") { .text(TextRules($0)) },
        .init("identifier", "A name or number of the row: no features.") { _ in .identifier },
        .init("ignore", "No features.") { _ in .ignore },
      ])
  }
}

// Keys shared by several kinds are read in one place, so that the key table lists them once.
extension FieldReader {
  fileprivate var indicator: Bool? {
    optionalBool(
      "indicator", doc: "Add a feature that is 1 where the value is missing; by default data.impute.indicator.")
  }

  fileprivate var normalize: Normalization? {
    optionalChoice("normalize", doc: "Scaling of this column; by default data.normalize.")
  }
}

extension NumericRules {
  fileprivate init(_ c: FieldReader) {
    let impute = c.optionalChoice(
      "impute", NumericImputation.self,
      doc: "Imputation of missing numbers, fitted on the training rows; by default data.impute.numeric.")
    let fill = c.optionalNumber("fill", doc: "Fill value for impute constant.")
    if impute == .constant, fill == nil {
      c.fail("impute", .invalidValue, "is \"constant\", which requires \"fill\", the number to fill in", with: ["fill"])
    } else if fill != nil, impute != .constant {
      c.fail("fill", .invalidValue, "is only supported with impute \"constant\"; set that, or remove fill", with: ["impute"])
    }
    self.init(
      impute: impute, fill: fill, indicator: c.indicator, normalize: c.normalize,
      clip: c.optionalNumber(
        "clip", in: .above(0, below: 0.5),
        doc: "Quantile of the training rows, on each side, to which more extreme numbers are clipped."))
  }
}

extension CategoricalRules {
  fileprivate init(_ c: FieldReader) {
    let encoding = c.choice(
      "encoding", default: Encoding.onehot,
      doc: "`onehot` is a feature per category, `ordinal` the index in `categories`, from 0, scaled.")
    let categories = c.optionalStrings(
      "categories", count: 1...100_000, doc: "Valid categories in order; by default those of the training rows, sorted by bytes.")
    let rare = c.optionalObject("rare", doc: "Rare categories to merge into one; by default data.rare.") { RareCategories($0) }
    let unknown = c.optionalChoice(
      "unknown", UnknownCategory.self, doc: "Handling of unknown categories; by default data.unknown.")
    let impute = c.optionalChoice(
      "impute", CategoricalImputation.self, doc: "Imputation of missing categories; by default data.impute.categorical.")
    let fill = c.optionalString("fill", doc: "Fill category for impute constant.")
    let normalize = c.normalize
    if let categories, CategoricalRules.hasRepetition(categories) {
      c.fail("categories", .invalidValue, "contains a duplicate category; remove it")
    }
    if encoding == .ordinal {
      if categories == nil {
        c.fail("encoding", .invalidValue, "is \"ordinal\", which requires \"categories\", all of them in order", with: ["categories"])
      }
      if impute == .category {
        c.fail("impute", .invalidValue, "is \"category\", which has no place in the order; use mode or constant", with: ["encoding"])
      }
    } else if normalize != nil {
      c.fail("normalize", .invalidValue, "is only supported with encoding \"ordinal\"; remove it", with: ["encoding"])
    }
    if rare != nil, categories != nil {
      c.fail("rare", .contradiction, "cannot be combined with categories; remove one of the two", with: ["categories"])
    }
    if impute == .constant, fill == nil {
      c.fail("impute", .invalidValue, "is \"constant\", which requires \"fill\", the category to fill in", with: ["fill"])
    } else if fill != nil, impute != .constant {
      c.fail("fill", .invalidValue, "is only supported with impute \"constant\"; set that, or remove fill", with: ["impute"])
    } else if let fill, let categories, !categories.contains(where: { $0.utf8.elementsEqual(fill.utf8) }) {
      c.fail("fill", .invalidValue, "is not in categories; use one of them, or add it", with: ["categories"])
    }
    self.init(
      encoding: encoding, categories: categories, rare: rare ?? nil, unknown: unknown, impute: impute, fill: fill, normalize: normalize)
  }
}

extension RareCategories {
  /// Reads which categories are rare; nil if not given.
  fileprivate init?(_ c: FieldReader) {
    let count = c.optionalInteger("min_count", in: 2...1_000_000_000, doc: "Categories with fewer training rows are rare.")
    let share = c.optionalNumber(
      "min_share", in: .above(0, below: 1), doc: "Categories with a smaller fraction of the training rows are rare.")
    if count != nil, share != nil {
      c.fail("min_share", .contradiction, "cannot be combined with min_count; remove one of the two", with: ["min_count"])
    } else if count == nil, share == nil {
      c.fail("", .missingKey, "requires \"min_count\" or \"min_share\"", with: ["min_count", "min_share"])
    }
    guard let rare = count.map(RareCategories.count) ?? share.map(RareCategories.share) else { return nil }
    self = rare
  }
}

extension BooleanRules {
  fileprivate init(_ c: FieldReader) {
    self.init(
      impute: c.optionalChoice("impute", doc: "Imputation of missing booleans; by default data.impute.boolean."),
      indicator: c.indicator)
  }
}

extension DateRules {
  fileprivate init(_ c: FieldReader) {
    let text = c.optionalString(
      "format",
      doc: "Date format: `iso`, or a pattern of `%Y %y %m %b %d %H %I %p %M %S %f %z`; by default the one that all training rows match.")
    let format = text.flatMap { DateFormat($0) }
    if text != nil, format == nil {
      c.fail(
        "format", .invalidValue,
        "expected \"iso\", or a pattern with the year (%Y or %y), month (%m or %b) and day (%d) once each and any of %H, %I with %p, "
          + "%M, %S, %f and %z, such as \"%d.%m.%Y %H:%M\"")
    }
    self.init(
      format: format,
      impute: c.optionalChoice("impute", doc: "Imputation of missing dates; by default data.impute.date."), indicator: c.indicator,
      normalize: c.normalize)
  }
}

extension TextRules {
  fileprivate init(_ c: FieldReader) {
    self.init(
      maxWords: c.integer("max_words", default: 100, in: 1...100_000, doc: "Number of most frequent words that become features."),
      impute: c.optionalChoice("impute", doc: "Imputation of missing texts; by default data.impute.text."))
  }
}

extension ColumnDefaults {
  /// Reads the keys of a data block that apply to all columns.
  init(table c: FieldReader) {
    self.init()
    normalize = Self.normalization(c)
    if let impute = c.optionalObject("impute", doc: Self.imputeDoc, Impute.init) {
      (numeric, categorical, boolean) = (impute.numeric, impute.categorical, impute.boolean)
      (date, text, indicator) = (impute.date, impute.text, impute.indicator)
    }
    missingValues =
      c.optionalStrings(
        "missing_values", count: 1...1000, doc: "Values that mean missing, such as `NA`, besides empty ones.")
      ?? []
    unknown =
      c.optionalChoice(
        "unknown",
        doc:
          "Handling of categories that are not in the training rows: `error` by default, `ignore` gives it no feature, `other` makes it "
          + "rare.") ?? .error
    rare = c.optionalObject("rare", doc: "Rare categories to merge into one, called (other).") { RareCategories($0) } ?? nil
    if Set(missingValues.map { Array($0.utf8) }).count < missingValues.count {
      c.fail("missing_values", .invalidValue, "contains a duplicate value; remove it")
    }
  }

  /// Reads the keys of an arrays block, whose columns are all numeric.
  init(arrays c: FieldReader) {
    self.init()
    normalize = Self.normalization(c)
    if let impute = c.optionalObject("impute", doc: Self.imputeDoc, { (Impute.number($0), Impute.indicator($0)) }) {
      (numeric, indicator) = impute
    }
  }

  private static func normalization(_ c: FieldReader) -> Normalization {
    c.choice(
      "normalize", default: Normalization.standard,
      doc:
        "Scaling of numeric columns, days and ordinals over the training rows: `standard` is mean 0 and std 1, `minmax` is 0 to 1, "
        + "`robust` is by median and quartiles, `robust_clip` the same and then smoothly between -3 and 3, `quantile` by rank to a normal "
        + "distribution.")
  }

  private static let imputeDoc = "Imputation of missing values by column kind; by default they are errors."

  private struct Impute {
    let numeric: NumericImputation
    let categorical: CategoricalImputation
    let boolean: BooleanImputation
    let date: DateImputation
    let text: TextImputation
    let indicator: Bool

    init(_ c: FieldReader) {
      numeric = Self.number(c)
      let category = c.choice(
        "categorical", of: Self.names(CategoricalImputation.self), default: "error", doc: "For categories; `category` adds a separate one.")
      categorical = CategoricalImputation(rawValue: category) ?? .error
      boolean = c.choice("boolean", default: .error, doc: "For booleans.")
      date = c.choice("date", default: .error, doc: "For dates.")
      text = c.choice("text", default: .error, doc: "For texts; `empty` is a text without words.")
      indicator = Self.indicator(c)
    }

    static func number(_ c: FieldReader) -> NumericImputation {
      NumericImputation(rawValue: c.choice("numeric", of: names(NumericImputation.self), default: "error", doc: "For numbers.")) ?? .error
    }

    static func indicator(_ c: FieldReader) -> Bool {
      c.bool(
        "indicator", default: false,
        doc: "Add a feature that is 1 where a number, date or boolean is missing, if any are in the training rows.")
    }

    /// Without `constant`, whose fill value differs between columns.
    private static func names<Rule: RawRepresentable<String> & CaseIterable>(_: Rule.Type) -> [String] {
      Rule.allCases.map(\.rawValue).filter { $0 != "constant" }
    }
  }
}
