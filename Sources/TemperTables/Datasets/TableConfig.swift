import TemperData

/// Handling of rows without a label.
public enum UnlabelledRows: String, Sendable, CaseIterable {
  /// Each is an error.
  case error
  /// They are dropped.
  case drop
}

/// The files with the rows.
public enum TableFiles: Sendable, Equatable {
  /// Text files and folders of them, one after the other; `-` is standard input.
  case text([String])
  /// An array of features, and one of labels, as ``Table/init(features:labels:)`` reads them.
  case arrays(features: String, labels: String?)
}

/// A table of training data: its files, columns and split.
public struct TableConfig: Sendable {
  /// The source of the rows.
  public enum Source: Sendable, Equatable {
    /// Rows that `split` splits.
    case single(TableFiles, split: SplitConfig)
    /// Files for each split; columns are fitted on the training files.
    case parts(train: TableFiles, validation: TableFiles?, test: TableFiles?)

    /// The files with the training rows.
    public var trainingFiles: TableFiles {
      switch self {
      case .single(let files, _), .parts(let files, _, _): files
      }
    }

    /// One file or folder, split by `split`.
    public static func single(path: String, split: SplitConfig) -> Source { .single(.text([path]), split: split) }

    /// A file or folder for each split.
    public static func separate(train: String, validation: String?, test: String?) -> Source {
      .parts(train: .text([train]), validation: validation.map { .text([$0]) }, test: test.map { .text([$0]) })
    }
  }

  /// The split of one file's rows.
  public enum SplitConfig: Sendable, Equatable {
    /// By a column with the values `train`, `validation`, `test`, and `unused` for rows to drop. Another such column of the table would
    /// become features: declare it ignored.
    case column(String)
    /// At random: the fractions of rows for validation and test. Without a fraction for validation, ``TableConfig/holdOutValidation``
    /// decides. Stratified splits keep class proportions, if the target is a class. Rows with the same value in the column `group` stay
    /// together.
    case random(validation: Double?, test: Double?, stratify: Bool, group: String? = nil)
    /// By the column `by` of numbers or dates: the last rows are for test, those before for validation, the first for training.
    case ordered(by: String, validation: Double?, test: Double?)
  }

  /// The source of the rows.
  public var source: Source
  /// The target columns.
  public var target: TargetColumns
  /// Declared columns; the kinds of all others are inferred from the training rows.
  public var columns: [(name: String, rules: ColumnRules)]
  /// Defaults for columns without rules.
  public var defaults: ColumnDefaults
  /// How a numeric target is fitted.
  public var targetRules: TargetRules
  /// How text files are read.
  public var options: TableOptions
  /// Handling of rows without a label.
  public var unlabelled: UnlabelledRows = .error
  /// Whether training rows that repeat an earlier one, or have the features of a held-out row, are dropped.
  public var dropsDuplicates = false
  /// The class whose rows are dropped, if the target is a class.
  public var ignoredLabel: Int?
  /// Whether a constant numeric column is numeric, unless declared otherwise; if not, it is dropped. If columns are the pixels of an
  /// image, none may be dropped.
  public var keepsConstants = false
  /// Whether a random tenth of the training rows, stratified if the target is a class, becomes the validation rows if the source has none.
  public var holdOutValidation: Bool
  /// How the training rows are divided into training and validation rows of one of several folds; nil for no folds. Test rows are held
  /// out before.
  public var folds: Folds?

  /// Creates the config of a table in one file that is not split, unless specified.
  public init(
    source: Source, target: TargetColumns, columns: [(name: String, rules: ColumnRules)] = [], defaults: ColumnDefaults = ColumnDefaults(),
    targetRules: TargetRules = TargetRules(), options: TableOptions = TableOptions(), holdOutValidation: Bool = true,
    folds: Folds? = nil
  ) {
    (self.source, self.target, self.columns) = (source, target, columns)
    (self.defaults, self.targetRules) = (defaults, targetRules)
    (self.options, self.holdOutValidation, self.folds) = (options, holdOutValidation, folds)
  }

  /// Creates the config of a table whose column `label` contains classes.
  public init(
    source: Source, label: String, columns: [(name: String, rules: ColumnRules)] = [], defaults: ColumnDefaults = ColumnDefaults(),
    options: TableOptions = TableOptions(), holdOutValidation: Bool = true, folds: Folds? = nil
  ) {
    self.init(
      source: source, target: .classes(label), columns: columns, defaults: defaults, options: options,
      holdOutValidation: holdOutValidation, folds: folds)
  }
}

extension TableConfig {
  /// Whether some rows are for validation, as far as known: a split column may assign none.
  public var holdsOutValidation: Bool {
    if holdOutValidation || folds != nil { return true }
    switch source {
    case .single(_, .column): return true
    case .single(_, .random(let share, _, _, _)), .single(_, .ordered(_, let share, _)): return share != nil
    case .parts(_, let files, _): return files != nil
    }
  }

  /// The column by which rows are split, if any.
  var splitColumn: SplitColumn? {
    switch source {
    case .single(_, .column(let name)): return SplitColumn(part: .assignment, name: name, key: "data.split.column")
    case .single(_, .ordered(let name, _, _)): return SplitColumn(part: .order, name: name, key: "data.split.order_by")
    case .single(_, .random(_, _, _, let group?)) where folds == nil:
      return SplitColumn(part: .group, name: group, key: "data.split.group")
    case .single, .parts:
      let block = if case .parts = source { "data" } else { "data.split" }
      return folds?.group.map { SplitColumn(part: .group, name: $0, key: "\(block).validation.group") }
    }
  }
}
