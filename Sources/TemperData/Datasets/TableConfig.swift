/// A table to learn a classification from: where it is, what its columns are, and which rows are for what.
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
    /// By a column of `train`, `validation` and `test`.
    case column(String)
    /// At random: the shares of rows for validation and test. Without a share for validation, ``TableConfig/holdOutValidation`` decides.
    case random(validation: Double?, test: Double?, stratify: Bool)
  }

  /// Where the rows come from; `-` as a path is standard input.
  public var source: Source
  /// The name of the column with the labels.
  public var label: String
  /// Kinds that the user declares; all other columns' kinds are found from the training rows.
  public var columns: [(name: String, kind: ColumnKind)]
  /// How numeric columns are scaled.
  public var normalization: Normalization
  /// The byte between fields; nil for what the file's name says.
  public var delimiter: Delimiter?
  /// Whether a seeded, stratified tenth of the training rows becomes the validation rows where the source gives none.
  public var holdOutValidation: Bool

  /// A table in one file that is not split, unless said otherwise.
  public init(
    source: Source, label: String, columns: [(name: String, kind: ColumnKind)] = [], normalization: Normalization = .standard,
    delimiter: Delimiter? = nil, holdOutValidation: Bool = true
  ) {
    (self.source, self.label, self.columns) = (source, label, columns)
    (self.normalization, self.delimiter, self.holdOutValidation) = (normalization, delimiter, holdOutValidation)
  }
}
