/// A table to learn from: where it is, what its columns are, and which rows are for what.
public struct TableConfig: Sendable {
  /// Where the rows come from.
  public enum Source: Sendable, Equatable {
    /// One file, split by `split`.
    case single(path: String, split: SplitConfig)
    /// A file for each part; the training file decides what columns mean.
    case separate(train: String, validation: String?, test: String?)
  }

  /// How one file's rows are split.
  public enum SplitConfig: Sendable, Equatable {
    /// By a column of `train`, `validation`, `test`, and `unused` for rows to leave out. Another such column of the table would become
    /// features: declare it ignored.
    case column(String)
    /// At random: the shares of rows for validation and test. Without a share for validation, ``TableConfig/holdOutValidation`` decides.
    /// Stratified parts keep the classes' shares, where classes are predicted.
    case random(validation: Double?, test: Double?, stratify: Bool)
  }

  /// Where the rows come from; `-` as a path is standard input.
  public var source: Source
  /// The columns to predict.
  public var target: TargetColumns
  /// What the user declares; all other columns' kinds are found from the training rows.
  public var columns: [(name: String, rules: ColumnRules)]
  /// What holds for columns of which nothing else is said.
  public var defaults: ColumnDefaults
  /// How a value to predict is scaled for the model; predictions are scaled back.
  public var targetNormalization: Normalization
  /// The byte between fields; nil for what the file's name says.
  public var delimiter: Delimiter?
  /// Whether a seeded tenth of the training rows, stratified where classes are predicted, becomes the validation rows where the source gives
  /// none.
  public var holdOutValidation: Bool

  /// A table in one file that is not split, unless said otherwise.
  public init(
    source: Source, target: TargetColumns, columns: [(name: String, rules: ColumnRules)] = [], defaults: ColumnDefaults = ColumnDefaults(),
    targetNormalization: Normalization = .standard, delimiter: Delimiter? = nil, holdOutValidation: Bool = true
  ) {
    (self.source, self.target, self.columns) = (source, target, columns)
    (self.defaults, self.targetNormalization) = (defaults, targetNormalization)
    (self.delimiter, self.holdOutValidation) = (delimiter, holdOutValidation)
  }

  /// A table whose column `label` holds classes.
  public init(
    source: Source, label: String, columns: [(name: String, rules: ColumnRules)] = [], defaults: ColumnDefaults = ColumnDefaults(),
    delimiter: Delimiter? = nil, holdOutValidation: Bool = true
  ) {
    self.init(
      source: source, target: .classes(label), columns: columns, defaults: defaults, delimiter: delimiter,
      holdOutValidation: holdOutValidation)
  }
}
