import TemperData

/// What becomes of rows in which nothing is said of what is to be predicted.
public enum UnlabelledRows: String, Sendable, CaseIterable {
  /// Each is an error.
  case error
  /// They are left out.
  case drop
}

/// The files that rows come from.
public enum TableFiles: Sendable, Equatable {
  /// Files of text and folders of them, one after the other; `-` is standard input.
  case text([String])
  /// An array of features, and one of labels, as ``Table/init(features:labels:)`` reads them.
  case arrays(features: String, labels: String?)
}

/// A table to learn from: where it is, what its columns are, and which rows are for what.
public struct TableConfig: Sendable {
  /// Where the rows come from.
  public enum Source: Sendable, Equatable {
    /// Rows that `split` splits.
    case single(TableFiles, split: SplitConfig)
    /// Files for each part; the training files decide what columns mean.
    case parts(train: TableFiles, validation: TableFiles?, test: TableFiles?)

    /// The files with the training rows.
    public var trainingFiles: TableFiles {
      switch self {
      case .single(let files, _), .parts(let files, _, _): files
      }
    }

    /// One file or folder, split by `split`.
    public static func single(path: String, split: SplitConfig) -> Source { .single(.text([path]), split: split) }

    /// A file or folder for each part.
    public static func separate(train: String, validation: String?, test: String?) -> Source {
      .parts(train: .text([train]), validation: validation.map { .text([$0]) }, test: test.map { .text([$0]) })
    }
  }

  /// How one file's rows are split.
  public enum SplitConfig: Sendable, Equatable {
    /// By a column of `train`, `validation`, `test`, and `unused` for rows to leave out. Another such column of the table would become
    /// features: declare it ignored.
    case column(String)
    /// At random: the shares of rows for validation and test. Without a share for validation, ``TableConfig/holdOutValidation`` decides.
    /// Stratified parts keep the classes' shares, where classes are predicted. Rows with the same value in the column `group` stay together.
    case random(validation: Double?, test: Double?, stratify: Bool, group: String? = nil)
    /// By the column `by` of numbers or dates: the last rows are for test, those before for validation, the first for training.
    case ordered(by: String, validation: Double?, test: Double?)
  }

  /// Where the rows come from.
  public var source: Source
  /// The columns to predict.
  public var target: TargetColumns
  /// What the user declares; all other columns' kinds are found from the training rows.
  public var columns: [(name: String, rules: ColumnRules)]
  /// What holds for columns of which nothing else is said.
  public var defaults: ColumnDefaults
  /// How a value to predict is scaled for the model; predictions are scaled back.
  public var targetNormalization: Normalization
  /// How files of text are read.
  public var options: TableOptions
  /// What becomes of rows without a label.
  public var unlabelled: UnlabelledRows = .error
  /// The class whose rows are left out, where classes are predicted.
  public var ignoredLabel: Int?
  /// Whether a column of one number in all training rows is numeric, unless declared otherwise; else it is left out. Where columns are the places
  /// of an image, none may be missing.
  public var keepsConstants = false
  /// Whether a seeded tenth of the training rows, stratified where classes are predicted, becomes the validation rows where the source gives
  /// none.
  public var holdOutValidation: Bool
  /// How the training rows become training and validation rows of one fold of several; nil for no folds. Test rows are held out before.
  public var folds: Folds?

  /// A table in one file that is not split, unless said otherwise.
  public init(
    source: Source, target: TargetColumns, columns: [(name: String, rules: ColumnRules)] = [], defaults: ColumnDefaults = ColumnDefaults(),
    targetNormalization: Normalization = .standard, options: TableOptions = TableOptions(), holdOutValidation: Bool = true,
    folds: Folds? = nil
  ) {
    (self.source, self.target, self.columns) = (source, target, columns)
    (self.defaults, self.targetNormalization) = (defaults, targetNormalization)
    (self.options, self.holdOutValidation, self.folds) = (options, holdOutValidation, folds)
  }

  /// A table whose column `label` holds classes.
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
  /// Whether some rows are for validation, as far as this tells: a column may give none.
  public var holdsOutValidation: Bool {
    if holdOutValidation || folds != nil { return true }
    switch source {
    case .single(_, .column): return true
    case .single(_, .random(let share, _, _, _)), .single(_, .ordered(_, let share, _)): return share != nil
    case .parts(_, let files, _): return files != nil
    }
  }

  /// The column that rows are split by, if there is one.
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
