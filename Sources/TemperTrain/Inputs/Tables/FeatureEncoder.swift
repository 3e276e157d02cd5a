import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperTables

/// Converts the columns of a table to features.
public struct FeatureEncoder: RowEncoder {
  /// See ``RowEncoder``.
  public let preprocessor: Preprocessor

  /// Creates the encoder for `preprocessor`.
  public init(_ preprocessor: Preprocessor) { self.preprocessor = preprocessor }

  /// Reads the encoder stored in the folder of a model.
  public init(_ folder: ModelFolder) throws(Diagnostics) {
    self.init(try Preprocessor(json: try folder.json(ModelFolder.preprocessingName)))
  }

  /// See ``RowEncoder``.
  public var width: Int { preprocessor.width }
  /// See ``RowEncoder``.
  public var shape: SampleShape? { .features(width) }

  /// See ``RowEncoder``. Rows that are already samples are returned unchanged.
  public func samples(of rows: RowSelection) throws(Diagnostics) -> Dataset {
    if let made = rows.store as? any SampleStore { return made.samples(rows.rows) }
    let features = try preprocessor.features(of: try table(of: rows), rows: rows.rows)
    return Dataset(Samples(features, .features(width), count: rows.rows.count), RowTargets(unknownFor: rows.rows))
  }

  /// See ``RowEncoder``. Rows that are already samples are returned unchanged.
  public func labelledSamples(of rows: RowSelection) throws(Diagnostics) -> Dataset {
    if let made = rows.store as? any SampleStore { return made.samples(rows.rows) }
    return try preprocessor.dataset(of: try table(of: rows), rows: rows.rows)
  }

  /// See ``RowEncoder``.
  public func model(_ scope: ParameterScope, _ config: RunConfig, outputs: OutputLayer) -> any Model<Tensor> {
    config.featureModel(scope, .features(width), columns: preprocessor.featureColumns, outputs: outputs)
  }

  /// See ``RowEncoder``.
  public func augmentation(_ config: AugmentConfig, _ file: ConfigFile) throws(Diagnostics) -> Augmentation? {
    try config.augmentation(of: FeatureLayout(preprocessor), file)
  }

  /// See ``RowEncoder``.
  public func write(to folder: SealedFolder.Writer) throws(Diagnostics) {
    try folder.write(preprocessor.json, to: ModelFolder.preprocessingName)
  }
}

extension RowEncoder where Inputs == Tensor {
  /// See ``RowEncoder``.
  public func sizeKey(_ counted: ParameterStore, outputs: Int, _ config: RunConfig) -> String {
    (config.model as? any FeatureModelConfig)?.sizeKey(inputs: width, outputs: outputs)
      ?? config.rowsInput.sizeKey(inputs: width, outputs: outputs) ?? "model.type"
  }

  /// See ``RowEncoder``: a row, its hidden units and their gradients.
  public func activations(hiddenUnits: Int) -> Double { Double(width) + 2 * Double(hiddenUnits) }
}

extension Preprocessor {
  /// What the features are. Of a date the time that has passed is a number; positions in cycles, indicators and weights of words are not.
  var featureColumns: FeatureColumns {
    var (numbers, categories, offset) = ([Int](), [Range<Int>](), 0)
    for column in columns {
      switch column.transform {
      case .numeric, .date: numbers.append(offset)
      case .categorical(let transform) where transform.form == .onehot: categories.append(offset..<offset + column.width)
      case .categorical: numbers.append(offset)
      case .boolean, .text: break
      }
      offset += column.width
    }
    return FeatureColumns(count: offset, numbers: numbers, categories: categories)
  }
}

extension RunConfig {
  /// Creates the model on features, with parameters in `scope`.
  func featureModel(
    _ scope: ParameterScope, _ shape: SampleShape, columns: FeatureColumns, outputs: OutputLayer
  ) -> any Model<Tensor> {
    guard let model = model as? any FeatureModelConfig else { fail("a text model does not take features") }
    return model.model(scope, shape, columns: columns, outputs: outputs, regularization: regularization)
  }
}
