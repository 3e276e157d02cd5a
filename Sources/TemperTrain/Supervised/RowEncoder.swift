import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperTables

/// Rows as they were read: a table, images.
public protocol RowStore: Sendable {
  /// How many rows there are.
  var count: Int { get }
  /// Where row `row` stands.
  func place(ofRow row: Int) -> Place
  /// Lets the system take back the memory of rows that are not needed again.
  func discard(_ rows: Range<Int>) throws(Diagnostics)
}

extension RowStore {
  /// See ``RowStore``; nothing by default.
  public func discard(_ rows: Range<Int>) throws(Diagnostics) {}
}

/// Rows that are samples already, with nothing to encode: made-up ones.
public protocol SampleStore: RowStore {
  /// The rows numbered `rows`, with their targets.
  func samples(_ rows: [Int]) -> Dataset
}

/// Some rows of a store, by their numbers.
public struct RowSelection: Sendable {
  /// The rows as they were read.
  public let store: any RowStore
  /// Their numbers.
  public let rows: [Int]

  /// The rows numbered `rows` of `store`.
  public init(_ store: any RowStore, _ rows: some Sequence<Int>) { (self.store, self.rows) = (store, Array(rows)) }
}

/// What turns rows into what a model takes, as the training rows taught it, and makes that model. It is stored beside the weights.
public protocol RowEncoder<Inputs>: Sendable {
  /// What a model takes of a batch.
  associatedtype Inputs
  /// Rows ready for batches.
  associatedtype Encoded: SampleSet where Encoded.Inputs == Inputs
  /// What it makes of the columns of a table, and what is predicted.
  var preprocessor: Preprocessor { get }
  /// The columns that a table to predict from must have.
  var neededColumns: [String] { get }
  /// How many numbers a row has, as far as that is the same for all.
  var width: Int { get }
  /// The rows ready for a model; their targets are not looked at. Throws for rows that it does not know.
  func samples(of rows: RowSelection) throws(Diagnostics) -> Encoded
  /// The rows with their targets.
  func labelledSamples(of rows: RowSelection) throws(Diagnostics) -> Encoded
  /// The model of `config` with its parameters in `scope`; its outputs are probabilities if it `endsInSoftmax`.
  func model(_ scope: ParameterScope, _ config: RunConfig, outputs: Int, endsInSoftmax: Bool) -> any Model<Inputs>
  /// How training rows are changed; nil for not at all. Throws for what does not go with the rows.
  func augmentation(_ config: AugmentConfig, _ file: ConfigFile) throws(Diagnostics) -> Augmentation?
  /// The key that decides how large the weights of the model are whose parameters `counted` has counted.
  func sizeKey(_ counted: ParameterStore, outputs: Int, _ config: RunConfig) -> String
  /// How many floats a training step keeps for a row at least, where the model has so many hidden units.
  func activations(hiddenUnits: Int) -> Double
  /// Writes its files to the folder of a model.
  func write(to folder: SealedFolder.Writer) throws(Diagnostics)
}

extension RowEncoder {
  /// What is predicted.
  public var target: Target { preprocessor.target }
  /// See ``RowEncoder``; nothing changes by default.
  public func augmentation(_ config: AugmentConfig, _ file: ConfigFile) throws(Diagnostics) -> Augmentation? { nil }

  /// The error that rows of one kind were given to a model of another.
  func unknownRows(_ rows: RowSelection) -> Diagnostics {
    Diagnostics(.notRows, at: rows.store.place(ofRow: 0), "these rows are not of the kind that the model was trained on")
  }
}

extension RowTargets {
  /// Stand-ins for targets of `rows` that nobody looks at.
  init(unknownFor rows: [Int]) { self.init(.classes(rows.map { _ in 0 }), rowIDs: rows.map { Int32(truncatingIfNeeded: $0) }) }
}

extension Table: RowStore {
  /// See ``RowStore``.
  public func place(ofRow row: Int) -> Place { place(row: row, column: 0) }

  /// See ``RowStore``; arrays alone are read from their files again and again.
  public func discard(_ rows: Range<Int>) throws(Diagnostics) {
    if isArray { try releaseFiles() }
  }
}
