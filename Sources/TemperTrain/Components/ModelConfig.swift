import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperOptim
import TemperTables
import TemperText

/// What `model` of one type says. A model conforms besides to the protocol of what it takes: ``FeatureModelConfig``, ``TextModelConfig`` or
/// ``LanguageModelConfig``.
public protocol ModelConfig: Sendable {
  /// The value of `model.type`.
  static var type: String { get }
  /// One line about it.
  static var doc: String { get }
  /// What it takes.
  static var takes: [SampleKind] { get }
  /// Reads the block; `isLoaded` says that the first weights come from elsewhere.
  init(_ c: FieldReader, isLoaded: Bool)
  /// The update rule of a config that names none.
  var standardOptimizer: OptimizerConfig.Standard { get }
  /// Whether a layer takes its mean and variance from the batch, which one row does not have.
  var normalizesBatches: Bool { get }
  /// How many hidden layers there are, each of which may have a dropout rate of its own.
  var hiddenLayers: Int { get }
  /// `mlp 64-128-10`: the model in a few words, for samples of `inputs` values and so many outputs.
  func summary(inputs: Int, outputs: Int) -> String
}

extension ModelConfig {
  /// See ``ModelConfig``; AdamW by default.
  public var standardOptimizer: OptimizerConfig.Standard { .adamW }
  /// See ``ModelConfig``; none by default.
  public var normalizesBatches: Bool { false }
  /// See ``ModelConfig``; none by default.
  public var hiddenLayers: Int { 0 }
  /// Whether it takes numbers, and not text.
  var takesFeatures: Bool { Self.takes.contains(.features) }
}

/// A model of numbers.
public protocol FeatureModelConfig: ModelConfig {
  /// The model with its parameters in `scope`.
  ///
  /// - Parameters:
  ///   - scope: Where the parameters are named.
  ///   - shape: The shape of a sample; a batch is `[rows, shape.count]`.
  ///   - outputs: How many outputs a row has.
  ///   - dropout: What follows hidden layers.
  ///   - endsInSoftmax: Whether outputs are probabilities instead of logits.
  /// - Returns: The model.
  func model(
    _ scope: ParameterScope, _ shape: SampleShape, outputs: Int, dropout: DropoutConfig, endsInSoftmax: Bool
  ) -> any Model<Tensor>
  /// The key that decides how large the weights are; nil where the data do.
  func sizeKey(inputs: Int, outputs: Int) -> String?
}

extension FeatureModelConfig {
  /// See ``FeatureModelConfig``; the data decide by default.
  public func sizeKey(inputs: Int, outputs: Int) -> String? { nil }
}

/// A model of texts, each of which is one sample.
public protocol TextModelConfig: ModelConfig {
  /// Whether texts are cut into tokens by a tokenizer.
  static var needsTokenizer: Bool { get }
  /// What turns the texts of a column into what the model takes, and makes the model. `tokenizer` is there where it is needed.
  func encoder(_ texts: TextColumnConfig, _ tokenizer: Tokenizer?, _ preprocessor: Preprocessor, _ file: ConfigFile)
    throws(Diagnostics) -> any TextEncoder
}

/// A model of windows of tokens.
public protocol LanguageModelConfig: ModelConfig, TransformerConfig {}

extension LanguageModelConfig {
  /// See ``ModelConfig``.
  public init(_ c: FieldReader, isLoaded: Bool) { self.init(c) }
  /// See ``ModelConfig``.
  public func summary(inputs: Int, outputs: Int) -> String { summary }
}

extension FieldReader {
  /// Reads the block `model` of a config whose models take `kind`; `isLoaded` says that the first weights come from elsewhere.
  func model(taking kind: SampleKind, _ components: Components, isLoaded: Bool) -> any ModelConfig {
    let fitting = components.models(taking: kind).map { $0.type }
    let model = variant(
      "type", default: fitting.first ?? components.models[0].type,
      doc: "Kind of model; by default `mlp`, `ngram_linear` where data.text is given, `gpt2` for language_modeling, `bert` for "
        + "masked_language_modeling.",
      components.models.map { type in Variant(type.type, type.doc) { type.init($0, isLoaded: isLoaded) } })
    if !fitting.contains(Swift.type(of: model).type) {
      fail(
        "type", .invalidValue, "is not a model for \(kind.name); use \(fitting.joined(separator: " or "))", with: ["task", "data.text"])
    }
    return model
  }
}
