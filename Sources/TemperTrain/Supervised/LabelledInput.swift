import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// An input of rows with labels.
public protocol LabelledInput: InputConfig {
  /// Reads, splits and encodes the rows.
  func load(_ setup: TaskSetup) throws(Diagnostics) -> any TrainableRows
  /// The encoder that was stored with a model.
  func encoder(_ folder: ModelFolder, _ file: ConfigFile) throws(Diagnostics) -> any RowEncoder
  /// The rows of one part, read again, and the files that were read; nil where there is no such part.
  func rows(of split: DataSplit, seed: UInt64) throws(Diagnostics) -> (rows: RowSelection?, files: [FileBytes])
  /// The rows with labels of another file; `labels` has the labels, where they are in a file of their own.
  func labelledRows(_ input: String, labels: String?) throws(Diagnostics) -> RowSelection
  /// Reads the rows of another file to predict them, some at a time.
  func reader(_ input: String, _ demand: RowDemand) throws(Diagnostics) -> any RowReader
  /// The key of the block that decides how large a model of rows of `inputs` numbers with so many outputs is; nil where the data do.
  func sizeKey(inputs: Int, outputs: Int) -> String?
}

extension LabelledInput {
  /// See ``LabelledInput``; the data decide by default.
  public func sizeKey(inputs: Int, outputs: Int) -> String? { nil }
}

/// What a prediction needs of the rows it reads.
public struct RowDemand: Sendable {
  /// The columns that the model needs.
  public let needed: [String]
  /// Other columns that are repeated.
  public let kept: [String]
  /// The columns that there must be.
  public var columns: [String] { needed + kept }
  /// Whether all other columns are needed too.
  public let needsAll: Bool
  /// The rows that are taken at a time are a multiple of this.
  public let step: Int
}

/// Reads rows some at a time, so that memory does not grow with the file.
public protocol RowReader {
  /// The next rows; nil after the last.
  mutating func next() throws(Diagnostics) -> (any RowStore)?
}

/// Rows that lie in memory, all at once.
public struct WholeRows: RowReader {
  private var store: (any RowStore)?

  /// The rows of `store`.
  public init(_ store: any RowStore) { self.store = store }

  /// See ``RowReader``.
  public mutating func next() -> (any RowStore)? {
    defer { store = nil }
    return store
  }
}

/// Rows that a model can be trained on.
public protocol TrainableRows {
  /// The task of learning `objective` from them.
  func task(_ objective: any Objective.Type, _ setup: TaskSetup) throws(Diagnostics) -> any Task
}

/// Rows read, split and encoded.
public struct LoadedRows<Encoder: RowEncoder>: TrainableRows {
  /// What encoded them.
  public let encoder: Encoder
  /// Rows to learn from.
  public private(set) var train: Encoder.Encoded
  /// Rows to choose by, if there are any.
  public let validation: Encoder.Encoded?
  /// Rows to report on, if there are any.
  public let test: Encoder.Encoded?
  /// How many training rows have a class that was planted.
  private(set) var noisyLabels = 0
  /// What was decided without being asked for, a line each.
  public private(set) var notes: [String]
  /// What is likely to be wrong with the data.
  public let warnings: [Warning]
  /// The files that were read.
  public let files: [FileBytes]

  /// Rows that `encoder` encoded.
  public init(
    _ encoder: Encoder, train: Encoder.Encoded, validation: Encoder.Encoded? = nil, test: Encoder.Encoded? = nil, notes: [String] = [],
    warnings: [Warning] = [], files: [FileBytes] = []
  ) {
    (self.encoder, self.train, self.validation, self.test) = (encoder, train, validation, test)
    (self.notes, self.warnings, self.files) = (notes, warnings, files)
  }

  /// One of the three parts; nil if it is not there.
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

  /// Plants the wrong labels that `config` asks for in the training rows.
  mutating func addLabelNoise(_ config: RunConfig) {
    guard let noise = config.labelNoise else { return }
    let rows = train.count
    let (noisy, changed) = train.targets.withLabelNoise(
      noise.share, classes: encoder.target.classes.count, random: RandomStreams(seed: UInt64(config.seed)))
    train = train.with(noisy)
    noisyLabels = changed
    notes.append(
      "label noise: \(changed) of \(rows) training rows have another class than the data say (seed \(config.seed)); "
        + "validation and test rows keep theirs")
  }
}
