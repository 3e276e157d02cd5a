import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperTables

/// What turns the columns of a table into features.
public struct FeatureEncoder: RowEncoder {
  /// See ``RowEncoder``.
  public let preprocessor: Preprocessor

  /// The encoder that `preprocessor` is.
  public init(_ preprocessor: Preprocessor) { self.preprocessor = preprocessor }

  /// See ``RowEncoder``.
  public var neededColumns: [String] { preprocessor.columns.map(\.name) }
  /// See ``RowEncoder``.
  public var width: Int { preprocessor.width }

  /// See ``RowEncoder``. Rows that are samples already stay as they are.
  public func samples(of rows: RowSelection) throws(Diagnostics) -> Dataset {
    if let made = rows.store as? any SampleStore { return made.samples(rows.rows) }
    guard let table = rows.store as? Table else { throw unknownRows(rows) }
    let features = try preprocessor.features(of: table, rows: rows.rows)
    return Dataset(Samples(features, .features(width), count: rows.rows.count), RowTargets(unknownFor: rows.rows))
  }

  /// See ``RowEncoder``. Rows that are samples already stay as they are.
  public func labelledSamples(of rows: RowSelection) throws(Diagnostics) -> Dataset {
    if let made = rows.store as? any SampleStore { return made.samples(rows.rows) }
    guard let table = rows.store as? Table else { throw unknownRows(rows) }
    return try preprocessor.dataset(of: table, rows: rows.rows)
  }

  /// See ``RowEncoder``.
  public func model(_ scope: ParameterScope, _ config: RunConfig, outputs: Int, endsInSoftmax: Bool) -> any Model<Tensor> {
    config.featureModel(scope, .features(width), outputs: outputs, endsInSoftmax: endsInSoftmax)
  }

  /// See ``RowEncoder``.
  public func augmentation(_ config: AugmentConfig, _ file: ConfigFile) throws(Diagnostics) -> Augmentation? {
    try config.augmentation(of: FeatureLayout(preprocessor), file)
  }

  /// See ``RowEncoder``.
  public func sizeKey(_ counted: ParameterStore, outputs: Int, _ config: RunConfig) -> String {
    config.featureModelSizeKey(inputs: width, outputs: outputs)
  }

  /// See ``RowEncoder``: a row, its hidden units and their derivatives.
  public func activations(hiddenUnits: Int) -> Double { Double(width) + 2 * Double(hiddenUnits) }

  /// See ``RowEncoder``.
  public func write(to folder: SealedFolder.Writer) throws(Diagnostics) {
    try folder.write(preprocessor.json, to: ModelFolder.preprocessingName)
  }
}

extension RunConfig {
  /// The model of features, whose parameters are made in `scope`.
  func featureModel(_ scope: ParameterScope, _ shape: SampleShape, outputs: Int, endsInSoftmax: Bool) -> any Model<Tensor> {
    guard let model = model as? any FeatureModelConfig else { fail("a model of texts does not take features") }
    return model.model(scope, shape, outputs: outputs, dropout: regularization.dropout, endsInSoftmax: endsInSoftmax)
  }

  /// The key that decides how large the weights of a model of features are.
  func featureModelSizeKey(inputs: Int, outputs: Int) -> String {
    (model as? any FeatureModelConfig)?.sizeKey(inputs: inputs, outputs: outputs)
      ?? rowsInput.sizeKey(inputs: inputs, outputs: outputs) ?? "model.type"
  }
}
