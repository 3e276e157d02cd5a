import TemperCore
import TemperJSON
import TemperNN

/// The block of an `mlp`.
public struct MLPConfig: Sendable {
  /// The width of each hidden layer.
  public let hidden: [Int]
  /// The activation of each hidden layer.
  public let activation: Activation
  /// The number of units of each hidden layer that stay active; empty unless the activation is `top_k`.
  public let active: [Int]
  /// The normalisation between linear layer and activation.
  public let norm: NormKind
  /// Whether layers of equal width have a residual connection.
  public let residual: Bool
  /// Initialisation of the weights.
  public let initializer: InitializerConfig
  /// The embeddings before the first layer.
  public let embeddings: FeatureEmbeddings
  /// Whether each input of the first layer has a learned factor.
  public let scalesFeatures: Bool
  /// Whether products are divided by the root of their inputs.
  public let isNTK: Bool
  /// Whether each unit learns how much of its activation it uses.
  public let isParametric: Bool

  /// Reads the block; loaded weights have no initialiser.
  public init(_ c: FieldReader, isLoaded: Bool) {
    let hidden = c.integers("hidden", default: [128], in: 1...1_000_000, count: 1...1000, doc: "Width of each hidden layer.")
    self.hidden = hidden
    let name = c.choice(
      "activation", of: Activation.allCases.map(\.rawValue) + [Self.topK], default: Activation.relu.rawValue,
      doc: "Activation function of hidden layers; `top_k` keeps the largest units of a row and makes the others 0.")
    activation = Activation(rawValue: name) ?? .none
    active = Self.active(c, hidden: hidden, isTopK: name == Self.topK)
    norm = c.norm(of: NormKind.ofFeatures, default: .none, doc: "Normalisation between a hidden linear layer and its activation.")
    residual = c.bool("residual", default: false, doc: "Add a hidden layer's input to its output if the widths are equal.")
    let initializer: InitializerConfig =
      isLoaded && !c.has("initializer")
      ? .kaimingUniform : c.object("initializer", doc: "Weight initialisation.") { InitializerConfig($0) }
    self.initializer = initializer
    embeddings = FeatureEmbeddings(c, areDefault: false)
    scalesFeatures = c.bool(
      "feature_scaling", default: false, doc: "A learned factor for each input of the first layer, which selects features softly.")
    isNTK =
      c.choice(
        "parametrization", of: ["standard", "ntk"], default: "standard",
        doc:
          "`ntk` divides products by the root of a layer's inputs, with weights of the order of 1, so that a learning rate suits all widths."
      ) == "ntk"
    isParametric = c.bool("parametric_activation", default: false, doc: "Each hidden unit learns how much of its activation it uses.")
    if isLoaded, c.has("initializer"), c.isSet("initializer") {
      c.fail("initializer", .contradiction, "and init both set the initial weights; remove one of the two", with: ["init"])
    }
    checkTableLayers(c, isTopK: name == Self.topK)
    if residual, !zip(hidden, hidden.dropFirst()).contains(where: ==) {
      c.fail(
        "residual", .invalidValue, "has no effect: no two consecutive hidden layers have the same width; change hidden, or remove it",
        with: ["hidden"])
    }
  }
}

extension MLPConfig {
  private static let topK = "top_k"

  /// Reports options of networks for tables that have no effect with others.
  private func checkTableLayers(_ c: FieldReader, isTopK: Bool) {
    if isNTK, c.isSet("initializer"), !initializer.isFitted {
      c.fail(
        "initializer", .contradiction,
        "has no effect with the parametrization \"ntk\", whose weights are normal with deviation 1; set its type to \"data_driven\", or remove it",
        with: ["parametrization"])
    }
    if isParametric, isTopK || activation == .none {
      c.fail("parametric_activation", .invalidValue, "has no effect without an activation; set another, or remove it", with: ["activation"])
    }
    if initializer.isFitted, norm != .none {
      c.fail(
        "initializer", .contradiction, "of the type \"data_driven\" sets the scale that the norm undoes; remove one of the two",
        with: ["norm"])
    }
  }

  private static func active(_ c: FieldReader, hidden: [Int], isTopK: Bool) -> [Int] {
    let key = "activation_k"
    let given = c.optionalIntegerOrIntegers(
      key, in: 1...1_000_000, count: 1...1000,
      doc: "Units of a hidden layer that stay active, for `top_k`; an array gives each layer its own.")
    guard isTopK else {
      if given != nil {
        c.fail(key, .invalidValue, "has no effect unless activation is \"\(topK)\"; set that, or remove it", with: ["activation"])
      }
      return []
    }
    guard let given else {
      c.fail("activation", .missingKey, "\"\(topK)\" requires \(key), the number of units that stay active", with: [key])
      return hidden
    }
    guard given.count == 1 || given.count == hidden.count else {
      c.fail(
        key, .invalidValue, "has \(given.count) numbers for \(hidden.count) hidden layers; set one for each, or a single one for all",
        with: ["hidden"])
      return hidden
    }
    let active = given.count == 1 ? hidden.map { _ in given[0] } : given
    if let (k, width) = zip(active, hidden).first(where: { $0 > $1 }) {
      c.fail(key, .invalidValue, "is \(k), but a hidden layer has only \(width) units; lower it", with: ["hidden"])
      return hidden
    }
    return active
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
  public var penalizesActivations: Bool { true }
  /// See ``ModelConfig``.
  public var dropsWeights: Bool { true }
  /// See ``ModelConfig``.
  public var residualBlocks: Int { residual ? zip(hidden, hidden.dropFirst()).count { $0 == $1 } : 0 }

  /// See ``ModelConfig``.
  public func summary(inputs: Int, outputs: Int) -> String {
    "mlp " + ([inputs] + hidden + [outputs]).map(String.init).joined(separator: "-")
  }

  /// See ``ModelConfig``.
  public var textEmbedding: TextEmbeddingConfig? { embeddings.texts }

  /// See ``FeatureModelConfig``.
  public func model(
    _ scope: ParameterScope, _ shape: SampleShape, columns: FeatureColumns, outputs: OutputLayer, regularization: RegularizationConfig
  ) -> any Model<Tensor> {
    MLP(
      scope, inputs: shape.count, hidden: hidden, classes: outputs.count, activation: activation, active: active, norm: norm,
      residual: residual, dropout: regularization.dropout, endsInSoftmax: outputs.endsInSoftmax, clusters: outputs.clusters,
      initializer: initializer.initializer(for: activation),
      features: FeatureInputs(
        scope["inputs"], columns, numbers: embeddings.numbers, categories: embeddings.categories, isScaled: scalesFeatures),
      isNTK: isNTK, isParametric: isParametric, isFitted: initializer.isFitted)
  }

  /// See ``FeatureModelConfig``.
  public func sizeKey(inputs: Int, outputs: Int) -> String? { (hidden.max() ?? 0) >= min(inputs, outputs) ? "model.hidden" : nil }
}
