import TemperCore
import TemperJSON
import TemperNN

/// The block of a `tabm`.
public struct TabMConfig: Sendable {
  /// The width of each hidden layer.
  public let hidden: [Int]
  /// The number of members.
  public let members: Int
  /// Whether members have vectors of their own in every layer.
  public let isFull: Bool
  /// The activation of each hidden layer.
  public let activation: Activation
  /// The embeddings before the first layer.
  public let embeddings: FeatureEmbeddings

  /// Reads the block.
  public init(_ c: FieldReader, isLoaded: Bool) {
    hidden = c.integers("hidden", default: [128, 128], in: 1...1_000_000, count: 1...1000, doc: "Width of each hidden layer.")
    members = c.integer("members", default: 8, in: 1...1024, doc: "Members of the ensemble.")
    isFull =
      c.choice(
        "variant", of: ["mini", "full"], default: "mini",
        doc:
          "What members have of their own: `mini`, the scale of the inputs and the last layer; `full`, scales and biases of all layers too."
      ) == "full"
    activation = c.choice("activation", default: Activation.relu, doc: "Activation function of hidden layers.")
    embeddings = FeatureEmbeddings(c, areDefault: true)
  }
}

extension TabMConfig: FeatureModelConfig {
  /// See ``ModelConfig``.
  public static var type: String { "tabm" }
  /// See ``ModelConfig``.
  public static var doc: String { "Ensemble of multilayer perceptrons with shared weights (TabM)." }
  /// See ``ModelConfig``.
  public static var takes: [SampleKind] { [.features] }
  /// See ``ModelConfig``.
  public var hiddenLayers: Int { hidden.count }
  /// See ``ModelConfig``.
  public var learnsDropout: Bool { false }

  /// See ``ModelConfig``.
  public func summary(inputs: Int, outputs: Int) -> String {
    "tabm \(members) x " + ([inputs] + hidden + [outputs]).map(String.init).joined(separator: "-")
  }

  /// See ``ModelConfig``.
  public var textEmbedding: TextEmbeddingConfig? { embeddings.texts }

  /// See ``FeatureModelConfig``.
  public func model(
    _ scope: ParameterScope, _ shape: SampleShape, columns: FeatureColumns, outputs: OutputLayer, regularization: RegularizationConfig
  ) -> any Model<Tensor> {
    TabM(
      scope, columns, hidden: hidden, members: members, isFull: isFull, activation: activation, outputs: outputs,
      numbers: embeddings.numbers, categories: embeddings.categories)
  }

  /// See ``FeatureModelConfig``.
  public func sizeKey(inputs: Int, outputs: Int) -> String? { "model.hidden" }
}
