import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// An input of labelled rows.
public protocol LabelledInput: InputConfig {
  /// Reads, splits and encodes the rows.
  func load(_ setup: TaskSetup) throws(Diagnostics) -> any TrainableRows
  /// The encoder stored with a model.
  func encoder(_ folder: ModelFolder, _ file: ConfigFile) throws(Diagnostics) -> any RowEncoder
  /// The rows of every split, read again.
  func splits(seed: UInt64) throws(Diagnostics) -> SplitRows
  /// The labelled rows of another file; `labels` is a separate label file, if any.
  func labelledRows(_ input: String, labels: String?) throws(Diagnostics) -> RowSelection
  /// Reads the rows of another file in chunks, for prediction.
  func reader(_ input: String, _ demand: RowDemand) throws(Diagnostics) -> any RowReader
  /// The key of the block that determines the size of a model with `inputs` features and the given number of outputs; nil if the data do.
  func sizeKey(inputs: Int, outputs: Int) -> String?
}

extension LabelledInput {
  /// See ``LabelledInput``; nil by default.
  public func sizeKey(inputs: Int, outputs: Int) -> String? { nil }

  /// See ``LabelledInput``; by default all rows of a table.
  public func labelledRows(_ input: String, labels: String?) throws(Diagnostics) -> RowSelection {
    let table = try Table(input: input, labels: labels, options: TableOptions())
    return RowSelection(table, 0..<table.count)
  }

  /// See ``LabelledInput``; by default of a table.
  public func reader(_ input: String, _ demand: RowDemand) throws(Diagnostics) -> any RowReader {
    try tableReader(input, demand, TableOptions())
  }

  /// Reads the rows of a table, or of an array, in chunks.
  func tableReader(_ input: String, _ demand: RowDemand, _ options: TableOptions) throws(Diagnostics) -> any RowReader {
    if Table.isArray(input) { return WholeRows(try Table(features: input, labels: nil)) }
    return TablePieces(
      try TableStream(path: input, options: options, needed: demand.columns, needsAll: demand.needsAll, step: demand.step))
  }
}

/// The rows of each split, and the files that they are from.
public struct SplitRows {
  /// The rows of the splits that there are.
  public let rows: [DataSplit: RowSelection]
  /// The files that were read.
  public let files: [FileBytes]

  /// Rows by split.
  public init(_ rows: [DataSplit: RowSelection], files: [FileBytes] = []) { (self.rows, self.files) = (rows, files) }
}

/// What prediction needs from the rows it reads.
public struct RowDemand: Sendable {
  /// The columns that the model needs.
  public let needed: [String]
  /// Other columns to copy to the output.
  public let kept: [String]
  /// The required columns.
  public var columns: [String] { needed + kept }
  /// Whether all other columns are needed too.
  public let needsAll: Bool
  /// Chunks have a multiple of this number of rows.
  public let step: Int
}

/// Reads rows in chunks, so that memory does not grow with the file.
public protocol RowReader {
  /// The next rows; nil after the last.
  mutating func next() throws(Diagnostics) -> (any RowStore)?
}

/// Rows that are in memory all at once.
public struct WholeRows: RowReader {
  private var store: (any RowStore)?

  /// Creates a reader of `store`.
  public init(_ store: any RowStore) { self.store = store }

  /// See ``RowReader``.
  public mutating func next() -> (any RowStore)? {
    defer { store = nil }
    return store
  }
}

/// Reads a table in chunks of rows.
final class TablePieces: RowReader {
  private var stream: TableStream

  init(_ stream: consuming TableStream) { self.stream = stream }

  func next() throws(Diagnostics) -> (any RowStore)? { try stream.next() }
}

/// Rows that a model can be trained on.
public protocol TrainableRows {
  /// Creates the task of learning `objective` from them.
  func task(_ objective: any Objective.Type, _ setup: TaskSetup) throws(Diagnostics) -> any Task
}

/// Rows read, split and encoded.
public struct LoadedRows<Encoder: RowEncoder>: TrainableRows {
  /// The encoder.
  public let encoder: Encoder
  /// The training rows.
  public private(set) var train: Encoder.Encoded
  /// The validation rows, if any.
  public let validation: Encoder.Encoded?
  /// The test rows, if any.
  public let test: Encoder.Encoded?
  /// The training rows that have an injected label, in random order.
  private(set) var noisyRows: [Int] = []
  /// Notes on automatic decisions, a line each.
  public private(set) var notes: [String]
  /// Likely problems with the data.
  public let warnings: [Warning]
  /// The files that were read.
  public let files: [FileBytes]

  /// Creates it from rows encoded by `encoder`.
  public init(
    _ encoder: Encoder, train: Encoder.Encoded, validation: Encoder.Encoded? = nil, test: Encoder.Encoded? = nil, notes: [String] = [],
    warnings: [Warning] = [], files: [FileBytes] = []
  ) {
    (self.encoder, self.train, self.validation, self.test) = (encoder, train, validation, test)
    (self.notes, self.warnings, self.files) = (notes, warnings, files)
  }

  /// One of the three splits; nil if absent.
  public func samples(_ split: DataSplit) -> Encoder.Encoded? {
    switch split {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }

  /// See ``TrainableRows``.
  public func task(_ objective: any Objective.Type, _ setup: TaskSetup) throws(Diagnostics) -> any Task {
    try Supervised(self, objective, setup)
  }

  /// The same rows with other training targets.
  func with(trainingTargets targets: RowTargets) -> LoadedRows {
    var changed = self
    changed.train = train.with(targets)
    return changed
  }

  /// Injects the label noise of `config` into the training rows.
  mutating func addLabelNoise(_ config: RunConfig) {
    guard let (noisy, changed) = config.noisyTargets(train.targets, classes: encoder.target.classes.count) else { return }
    train = train.with(noisy)
    noisyRows = changed
    notes.append(
      "label noise: replaced the class of \(changed.count) of \(train.count) training rows (seed \(config.seed)); "
        + "validation and test rows are unchanged")
  }
}

extension RunConfig {
  /// The training targets with the label noise that the config asks for, and which rows changed; nil for none.
  func noisyTargets(_ targets: RowTargets, classes: Int) -> (targets: RowTargets, changed: [Int])? {
    labelNoise.map { targets.withLabelNoise($0.share, classes: classes, random: RandomStreams(seed: UInt64(seed))) }
  }
}
