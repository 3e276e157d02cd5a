import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// An input of the rows of a table.
public protocol TableInput: LabelledInput {
  /// The table.
  var table: TableConfig { get set }
  /// The text column, if only that is used.
  var textColumn: String? { get }
  /// Reads and encodes the rows; `tables` are the files, if they have been read already.
  func load(_ setup: TaskSetup, _ tables: SourceTables?) throws(Diagnostics) -> any TrainableRows
}

extension TableInput {
  /// See ``InputConfig``.
  public var holdsOutValidation: Bool { table.holdsOutValidation }
  /// See ``InputConfig``.
  public var folds: Folds? { table.folds }
  /// See ``InputConfig``.
  public func readFiles() throws(Diagnostics) -> (any Sendable)? { try SourceTables(table) }

  /// See ``InputConfig``: rows of the ignored class are dropped, and columns of a shape keep their positions.
  public mutating func fit(to config: InputSurroundings, _ c: FieldReader) {
    table.ignoredLabel = config.ignoredLabel
    if config.keepsConstants { table.keepsConstants = true }
  }

  /// See ``LabelledInput``.
  public func load(_ setup: TaskSetup) throws(Diagnostics) -> any TrainableRows { try load(setup, setup.files as? SourceTables) }

  /// See ``LabelledInput``.
  public func splits(seed: UInt64) throws(Diagnostics) -> SplitRows {
    let tables = try SplitTables(table, text: textColumn, seed: seed)
    var rows: [DataSplit: RowSelection] = [:]
    for split in DataSplit.allCases { rows[split] = tables.rows(of: split).map { RowSelection($0.table, $0.rows) } }
    return SplitRows(rows, files: tables.files)
  }

  /// See ``TableInput``; nil by default.
  public var textColumn: String? { nil }

  /// See ``LabelledInput``.
  public func labelledRows(_ input: String, labels: String?) throws(Diagnostics) -> RowSelection {
    let rows = try Table(input: input, labels: labels, options: options(for: input))
    return RowSelection(rows, table.labelledRows(of: rows))
  }

  /// See ``LabelledInput``.
  public func reader(_ input: String, _ demand: RowDemand) throws(Diagnostics) -> any RowReader {
    try tableReader(input, demand, options(for: input))
  }

  /// Options for `input`, rows to predict or evaluate: those of the training rows, unless its name implies others.
  private func options(for input: String) -> TableOptions {
    guard input == "-", case .text(let paths) = table.source.trainingFiles else { return table.options }
    return table.options.forStandardInput(like: paths)
  }
}

extension LoadedRows where Encoder == FeatureEncoder {
  /// Encodes the rows of a table of features.
  init(_ data: LoadedData<Preprocessor>) {
    self.init(
      FeatureEncoder(data.preprocessor), train: data.train, validation: data.validation, test: data.test, notes: data.notes,
      warnings: data.warnings, files: data.files)
  }
}
