import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperOptim
import TemperTables
import TemperText

/// A `model` block of one type. A model also conforms to the protocol of its kind of input: ``FeatureModelConfig``, ``TextModelConfig``
/// or ``LanguageModelConfig``.
public protocol ModelConfig: Sendable {
  /// The value of `model.type`.
  static var type: String { get }
  /// A one-line description.
  static var doc: String { get }
  /// The kinds of sample it takes.
  static var takes: [SampleKind] { get }
  /// Reads the block; `isLoaded` says that the initial weights are loaded from elsewhere.
  init(_ c: FieldReader, isLoaded: Bool)
  /// The default optimiser.
  var standardOptimizer: OptimizerConfig.Standard { get }
  /// Whether a layer normalises over the batch, which needs more than one row.
  var normalizesBatches: Bool { get }
  /// Whether features keep their positions, constant ones included.
  var keepsConstants: Bool { get }
  /// The number of hidden layers, or of blocks of a transformer, each of which may have its own dropout rate.
  var hiddenLayers: Int { get }
  /// Whether it adds a penalty on activations to the objective where the context of a pass has one.
  var penalizesActivations: Bool { get }
  /// Whether it drops weights of hidden layers where the context of a pass has a rate.
  var dropsWeights: Bool { get }
  /// Whether dropout of hidden layers may be of the kinds whose rates depend on activations or are learned.
  var learnsDropout: Bool { get }
  /// The number of blocks that rows may skip.
  var residualBlocks: Int { get }
  /// How the text columns of a table are embedded beside its features; nil for features of their words.
  var textEmbedding: TextEmbeddingConfig? { get }
  /// A short description such as `mlp 64-128-10`, for samples of `inputs` values and the given number of outputs.
  func summary(inputs: Int, outputs: Int) -> String
}

extension ModelConfig {
  /// See ``ModelConfig``; AdamW by default.
  public var standardOptimizer: OptimizerConfig.Standard { .adamW }
  /// See ``ModelConfig``; none by default.
  public var normalizesBatches: Bool { false }
  /// See ``ModelConfig``; false by default.
  public var keepsConstants: Bool { false }
  /// See ``ModelConfig``; 0 by default.
  public var hiddenLayers: Int { 0 }
  /// See ``ModelConfig``; false by default.
  public var penalizesActivations: Bool { false }
  /// See ``ModelConfig``; false by default.
  public var dropsWeights: Bool { false }
  /// See ``ModelConfig``; true by default.
  public var learnsDropout: Bool { true }
  /// See ``ModelConfig``; none by default.
  public var residualBlocks: Int { 0 }
  /// See ``ModelConfig``; nil by default.
  public var textEmbedding: TextEmbeddingConfig? { nil }
  /// Whether it has a table of embeddings, of which a batch uses few rows.
  var hasTable: Bool { !takesFeatures || textEmbedding != nil }
  /// Whether it takes features rather than text.
  var takesFeatures: Bool { Self.takes.contains(.features) }
}

/// A model that takes features.
public protocol FeatureModelConfig: ModelConfig {
  /// The model with its parameters in `scope`.
  ///
  /// - Parameters:
  ///   - scope: The scope of the parameter names.
  ///   - shape: The shape of a sample; a batch is `[rows, shape.count]`.
  ///   - columns: What its features are.
  ///   - outputs: The last layer.
  ///   - regularization: Its dropout is applied after hidden layers, or at the places of a transformer.
  /// - Returns: The model.
  func model(
    _ scope: ParameterScope, _ shape: SampleShape, columns: FeatureColumns, outputs: OutputLayer, regularization: RegularizationConfig
  ) -> any Model<Tensor>
  /// Why it cannot be made for samples of `shape`, and the key to change; nil if it can.
  func problem(with shape: SampleShape) -> (key: String, text: String)?
  /// The key that determines the size of the weights; nil if the data do.
  func sizeKey(inputs: Int, outputs: Int) -> String?
}

extension FeatureModelConfig {
  /// See ``FeatureModelConfig``; nil by default.
  public func problem(with shape: SampleShape) -> (key: String, text: String)? { nil }
  /// See ``FeatureModelConfig``; nil by default.
  public func sizeKey(inputs: Int, outputs: Int) -> String? { nil }
}

/// A model that takes texts, one per sample.
public protocol TextModelConfig: ModelConfig {
  /// Whether texts are tokenized.
  static var needsTokenizer: Bool { get }
  /// Creates the encoder of the texts in a column, which also makes the model. `tokenizer` is set if it is needed.
  func encoder(_ texts: TextColumnConfig, _ tokenizer: Tokenizer?, _ preprocessor: Preprocessor, _ file: ConfigFile)
    throws(Diagnostics) -> any TextEncoder
}

/// A model that takes windows of tokens.
public protocol LanguageModelConfig: ModelConfig, TransformerConfig {}

extension LanguageModelConfig {
  /// See ``ModelConfig``.
  public var residualBlocks: Int { layers }
  /// See ``ModelConfig``.
  public init(_ c: FieldReader, isLoaded: Bool) { self.init(c) }
  /// See ``ModelConfig``.
  public func summary(inputs: Int, outputs: Int) -> String { summary }
  /// See ``ModelConfig``: the blocks.
  public var hiddenLayers: Int { layers }
}

extension FieldReader {
  /// Reads the block `model` of a config whose models take `kind`; `isLoaded` says that the initial weights are loaded from elsewhere.
  func model(taking kind: SampleKind, _ components: Components, isLoaded: Bool) -> any ModelConfig {
    let fitting = components.models(taking: kind).map { $0.type }
    let model = variant(
      "type", default: fitting.first ?? components.models[0].type,
      doc: "Kind of model; by default `mlp`, `ngram_linear` where data.text is given, `gpt2` for language_modeling, `bert` for "
        + "masked_language_modeling.",
      components.models.map { type in Variant(type.type, type.doc) { type.init($0, isLoaded: isLoaded) } })
    if !fitting.contains(Swift.type(of: model).type) {
      fail(
        "type", .invalidValue, "is not supported for \(kind.name); use \(fitting.joined(separator: " or "))", with: ["task", "data.text"])
    }
    return model
  }
}
