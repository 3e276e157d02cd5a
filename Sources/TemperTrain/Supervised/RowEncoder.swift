import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperTables

/// Rows as they were read: a table, images.
public protocol RowStore: Sendable {
  /// The number of rows.
  var count: Int { get }
  /// The source position of row `row`.
  func place(ofRow row: Int) -> Place
  /// Lets the system reclaim the memory of rows no longer needed.
  func discard(_ rows: Range<Int>) throws(Diagnostics)
  /// The columns of the rows, some of which predictions may repeat; nil where they have none.
  var columns: Table? { get }
  /// The columns that name the rows, which predictions always repeat.
  var namingColumns: [String] { get }
  /// The number of rows before the first of `mistakes` that is about one of them.
  func rows(before mistakes: Diagnostics) -> Int
}

extension RowStore {
  /// See ``RowStore``; nothing by default.
  public func discard(_ rows: Range<Int>) throws(Diagnostics) {}
  /// See ``RowStore``; nil by default.
  public var columns: Table? { nil }
  /// See ``RowStore``; none by default.
  public var namingColumns: [String] { [] }
  /// See ``RowStore``; 0 by default.
  public func rows(before mistakes: Diagnostics) -> Int { 0 }
}

/// Rows that are already samples, such as random ones, and need no encoding.
public protocol SampleStore: RowStore {
  /// The rows numbered `rows`, with their targets.
  func samples(_ rows: [Int]) -> Dataset
}

/// A selection of rows of a store.
public struct RowSelection: Sendable {
  /// The store.
  public let store: any RowStore
  /// The row numbers.
  public let rows: [Int]

  /// Selects the rows numbered `rows` of `store`.
  public init(_ store: any RowStore, _ rows: some Sequence<Int>) { (self.store, self.rows) = (store, Array(rows)) }
}

/// Converts rows to model inputs, as fitted on the training rows, and creates the model. It is stored beside the weights.
public protocol RowEncoder<Inputs>: Sendable {
  /// The model input for a batch.
  associatedtype Inputs
  /// Encoded rows, ready for batches.
  associatedtype Encoded: SampleSet where Encoded.Inputs == Inputs
  /// The preprocessing of table columns, and the target.
  var preprocessor: Preprocessor { get }
  /// The columns that an input table must have.
  var neededColumns: [String] { get }
  /// The shape of a row's features; nil where rows have none, or something besides.
  var shape: SampleShape? { get }
  /// The number of values per row, as far as it is the same for all.
  var width: Int { get }
  /// Encodes the rows for a model, ignoring targets. Throws for an unknown kind of rows.
  func samples(of rows: RowSelection) throws(Diagnostics) -> Encoded
  /// Encodes the rows with their targets.
  func labelledSamples(of rows: RowSelection) throws(Diagnostics) -> Encoded
  /// Creates the model of `config` with parameters in `scope` and the last layer `outputs`.
  func model(_ scope: ParameterScope, _ config: RunConfig, outputs: OutputLayer) -> any Model<Inputs>
  /// The augmentation of training rows; nil for none. Throws if it does not fit the rows.
  func augmentation(_ config: AugmentConfig, _ file: ConfigFile) throws(Diagnostics) -> Augmentation?
  /// The key that determines the size of the weights of the model with the parameters in `counted`.
  func sizeKey(_ counted: ParameterStore, outputs: Int, _ config: RunConfig) -> String
  /// The minimum number of floats that a training step stores per row, for a model with `hiddenUnits` hidden units.
  func activations(hiddenUnits: Int) -> Double
  /// Row `index` of `rows` as the model sees it, as a PNG file; nil if rows are no images.
  func picture(of rows: RowSelection, _ index: Int) -> [UInt8]?
  /// Writes its files to the folder of a model.
  func write(to folder: SealedFolder.Writer) throws(Diagnostics)
}

extension RowEncoder {
  /// See ``RowEncoder``; by default those that the preprocessing uses.
  public var neededColumns: [String] { preprocessor.columns.map(\.name) }
  /// See ``RowEncoder``; nil by default.
  public var shape: SampleShape? { nil }
  /// Why `model` cannot be made for the rows, and the key to change; nil if it can.
  func problem(with model: any ModelConfig) -> (key: String, text: String)? {
    shape.flatMap { (model as? any FeatureModelConfig)?.problem(with: $0) }
  }
  /// The predicted target.
  public var target: Target { preprocessor.target }
  /// See ``RowEncoder``; nil by default.
  public func picture(of rows: RowSelection, _ index: Int) -> [UInt8]? { nil }
  /// See ``RowEncoder``; nil by default.
  public func augmentation(_ config: AugmentConfig, _ file: ConfigFile) throws(Diagnostics) -> Augmentation? { nil }

  /// The table that `rows` are of. Throws for rows of another kind than the model was trained on.
  func table(of rows: RowSelection) throws(Diagnostics) -> Table {
    if let table = rows.store as? Table { return table }
    throw Diagnostics(.notRows, at: rows.store.place(ofRow: 0), "the model was trained on another kind of rows")
  }
}

extension RowTargets {
  /// Placeholder targets of `rows`, which are not used.
  init(unknownFor rows: [Int]) { self.init(.classes(rows.map { _ in 0 }), rowIDs: rows.map { Int32(truncatingIfNeeded: $0) }) }
}

extension Table: RowStore {
  /// See ``RowStore``.
  public var columns: Table? { self }

  /// See ``RowStore``.
  public func place(ofRow row: Int) -> Place { place(row: row, column: 0) }

  /// See ``RowStore``; only arrays are read from their files repeatedly.
  public func discard(_ rows: Range<Int>) throws(Diagnostics) {
    if isArray { try releaseFiles() }
  }
}
