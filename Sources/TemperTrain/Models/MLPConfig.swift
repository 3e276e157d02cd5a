import TemperCore
import TemperJSON
import TemperNN

/// The block of an `mlp`.
public struct MLPConfig: Sendable {
  /// The width of each hidden layer.
  public let hidden: [Int]
  /// The activation of each hidden layer.
  public let activation: Activation
  /// The normalisation between linear layer and activation.
  public let norm: NormKind
  /// Whether layers of equal width have a residual connection.
  public let residual: Bool
  /// Initialisation of the weights.
  public let initializer: InitializerConfig

  /// Reads the block; loaded weights have no initialiser.
  public init(_ c: FieldReader, isLoaded: Bool) {
    let hidden = c.integers("hidden", default: [128], in: 1...1_000_000, count: 1...1000, doc: "Width of each hidden layer.")
    self.hidden = hidden
    activation = c.choice("activation", default: Activation.relu, doc: "Activation function of hidden layers.")
    norm = c.choice("norm", default: NormKind.none, doc: "Normalisation between a hidden linear layer and its activation.")
    residual = c.bool("residual", default: false, doc: "Add a hidden layer's input to its output if the widths are equal.")
    initializer =
      isLoaded && !c.has("initializer")
      ? .kaimingUniform : c.object("initializer", doc: "Weight initialisation.") { InitializerConfig($0) }
    if isLoaded, c.has("initializer"), c.isSet("initializer") {
      c.fail("initializer", .contradiction, "and init both set the initial weights; remove one of the two", with: ["init"])
    }
    if residual, !zip(hidden, hidden.dropFirst()).contains(where: ==) {
      c.fail(
        "residual", .invalidValue, "has no effect: no two consecutive hidden layers have the same width; change hidden, or remove it",
        with: ["hidden"])
    }
  }
}

extension MLPConfig: FeatureModelConfig {
  /// See ``ModelConfig``.
  public static var type: String { "mlp" }
  /// See ``ModelConfig``.
  public static var doc: String { "Multilayer perceptron." }
  /// See ``ModelConfig``.
  public static var takes: [SampleKind] { [.features] }
  /// See ``ModelConfig``.
  public var normalizesBatches: Bool { norm == .batch }
  /// See ``ModelConfig``.
  public var hiddenLayers: Int { hidden.count }

  /// See ``ModelConfig``.
  public func summary(inputs: Int, outputs: Int) -> String {
    "mlp " + ([inputs] + hidden + [outputs]).map(String.init).joined(separator: "-")
  }

  /// See ``FeatureModelConfig``.
  public func model(
    _ scope: ParameterScope, _ shape: SampleShape, outputs: Int, dropout: DropoutConfig, endsInSoftmax: Bool
  ) -> any Model<Tensor> {
    MLP(
      scope, inputs: shape.count, hidden: hidden, classes: outputs, activation: activation, norm: norm, residual: residual,
      dropout: dropout, endsInSoftmax: endsInSoftmax, initializer: initializer.initializer(for: activation))
  }

  /// See ``FeatureModelConfig``.
  public func sizeKey(inputs: Int, outputs: Int) -> String? { (hidden.max() ?? 0) >= min(inputs, outputs) ? "model.hidden" : nil }
}
