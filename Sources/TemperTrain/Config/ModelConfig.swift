import TemperCore
import TemperJSON
import TemperNN
import TemperOptim
import TemperText

/// What `model` in a config says.
public enum ModelConfig: Sendable {
  /// A multilayer perceptron.
  case mlp(MLPConfig)
  /// Softmax regression.
  case linear
  /// A linear classifier of bags of hashed n-grams.
  case ngramLinear(NGramLinearConfig)
  /// A transformer over tokens.
  case transformer(TransformerConfig)

  /// Reads the block for a task, which is one of `texts` or of features; `isLoaded` says that the first weights come from elsewhere.
  public init(_ c: FieldReader, _ task: TaskKind, texts: Bool = false, isLoaded: Bool) {
    let standard =
      switch task {
      case .classification, .regression, .multilabel: texts ? "ngram_linear" : "mlp"
      case .languageModeling: "gpt2"
      case .maskedLanguageModeling: "bert"
      }
    self = c.variant(
      "type", default: standard,
      doc: "Kind of model; by default `mlp`, `ngram_linear` where data.text is given, `gpt2` for language_modeling, `bert` for "
        + "masked_language_modeling.",
      [
        .init("mlp", "Multilayer perceptron.") { .mlp(MLPConfig($0, isLoaded: isLoaded)) },
        .init("linear", "Softmax regression: one linear layer.") { _ in .linear },
        .init("ngram_linear", "A linear classifier of texts by hashed n-grams of words and characters, as fastText's.") {
          .ngramLinear(NGramLinearConfig($0))
        },
      ] + TransformerConfig.variants(ModelConfig.transformer))
    let fit: (models: String, fits: Bool) =
      switch (task, self) {
      case (.languageModeling, .transformer(let shape)): ("gpt2 or llama", shape.isCausal)
      case (.languageModeling, _): ("gpt2 or llama", false)
      case (.maskedLanguageModeling, .transformer(let shape)): ("bert", !shape.isCausal)
      case (.maskedLanguageModeling, _): ("bert", false)
      case (_, .ngramLinear): (texts ? "" : "mlp or linear", texts)
      case (_, .transformer(let shape)): (texts ? "bert or ngram_linear" : "mlp or linear", texts && !shape.isCausal)
      case (_, .mlp), (_, .linear): ("bert or ngram_linear", !texts)
      }
    if !fit.fits {
      c.fail(
        "type", .invalidValue, "is no model for \(texts ? "texts" : "the task \(task.rawValue)"); take \(fit.models)",
        with: ["task", "data.text"])
    }
  }

  /// Whether it takes text and not features.
  var readsText: Bool {
    switch self {
    case .mlp, .linear: false
    case .ngramLinear, .transformer: true
    }
  }

  /// The update rule that a config comes to which names none.
  var standardOptimizer: OptimizerConfig.Standard { if case .ngramLinear = self { .adagrad } else { .adamW } }

  /// Whether a layer takes its mean and variance from the batch, which one row does not have.
  var normalizesBatches: Bool { if case .mlp(let config) = self { config.norm == .batch } else { false } }

  /// The shape of a transformer; nil for other models.
  var transformer: TransformerConfig? { if case .transformer(let shape) = self { shape } else { nil } }

  /// How many hidden layers there are, each of which may have its own dropout.
  public var hiddenLayers: Int {
    switch self {
    case .mlp(let config): config.hidden.count
    case .linear, .ngramLinear, .transformer: 0
    }
  }

  /// The model of features with its parameters in `scope` and `dropout` behind its hidden layers; its outputs are probabilities if it `endsInSoftmax`.
  public func model(
    _ scope: ParameterScope, inputs: Int, outputs: Int, dropout: DropoutConfig, endsInSoftmax: Bool = false
  ) -> any Model {
    switch self {
    case .mlp(let config):
      MLP(
        scope, inputs: inputs, hidden: config.hidden, classes: outputs, activation: config.activation, norm: config.norm,
        residual: config.residual, dropout: dropout, endsInSoftmax: endsInSoftmax,
        initializer: config.initializer.initializer(for: config.activation))
    case .linear: MLP(scope, inputs: inputs, hidden: [], classes: outputs, endsInSoftmax: endsInSoftmax, initializer: .zeros)
    case .ngramLinear, .transformer: fail("a model of texts does not take features")
    }
  }

  /// `mlp 64-128-10`.
  public func summary(inputs: Int, outputs: Int) -> String {
    switch self {
    case .mlp(let config): "mlp " + ([inputs] + config.hidden + [outputs]).map(String.init).joined(separator: "-")
    case .linear: "linear \(inputs)-\(outputs)"
    case .ngramLinear(let config): "ngram_linear \(config.ngrams.buckets) x \(config.width)-\(outputs)"
    case .transformer(let shape): shape.summary
    }
  }
}

/// What the block of an `mlp` says.
public struct MLPConfig: Sendable {
  /// The width of each hidden layer.
  public let hidden: [Int]
  /// What follows each of them.
  public let activation: Activation
  /// The normalisation between product and activation.
  public let norm: NormKind
  /// Whether layers of equal width are skipped by an addition.
  public let residual: Bool
  /// How weights start.
  public let initializer: InitializerConfig

  /// Reads the block; weights that are loaded have no initialiser.
  public init(_ c: FieldReader, isLoaded: Bool) {
    let hidden = c.integers("hidden", default: [128], in: 1...1_000_000, count: 1...1000, doc: "Width of each hidden layer.")
    self.hidden = hidden
    activation = c.choice("activation", default: Activation.relu, doc: "Function after each hidden layer.")
    norm = c.choice("norm", default: NormKind.none, doc: "Normalisation between a hidden layer's product and its activation.")
    residual = c.bool("residual", default: false, doc: "Add a hidden layer's input to its output where the widths are equal.")
    initializer =
      isLoaded && !c.has("initializer")
      ? .kaimingUniform : c.object("initializer", doc: "How weights start.") { InitializerConfig($0) }
    if isLoaded, c.has("initializer"), c.isSet("initializer") {
      c.fail("initializer", .contradiction, "says how weights start, and so does init; give one of the two", with: ["init"])
    }
    if residual, !zip(hidden, hidden.dropFirst()).contains(where: ==) {
      c.fail(
        "residual", .invalidValue, "has nothing to add: no two consecutive hidden layers have one width; give them one, or remove it",
        with: ["hidden"])
    }
  }
}

/// What `model.initializer` says.
public enum InitializerConfig: Sendable {
  /// By fan-in, for the activation's gain.
  case kaimingUniform, kaimingNormal
  /// By fan-in and fan-out, for the activation's gain.
  case xavierUniform, xavierNormal
  /// Any other, which does not depend on the activation.
  case fixed(Initializer)

  /// Reads the block.
  public init(_ c: FieldReader) {
    self = c.variant(
      "type", default: "kaiming_uniform", doc: "Distribution of first weights; biases start at 0.",
      [
        .init("kaiming_uniform", "By fan-in and the activation's gain.") { _ in .kaimingUniform },
        .init("kaiming_normal", "By fan-in and the activation's gain.") { _ in .kaimingNormal },
        .init("xavier_uniform", "By fan-in, fan-out and the activation's gain.") { _ in .xavierUniform },
        .init("xavier_normal", "By fan-in, fan-out and the activation's gain.") { _ in .xavierNormal },
        .init("normal", "A given deviation.") { c in
          .fixed(.normal(deviation: Self.deviation(c)))
        },
        .init("truncated_normal", "A given deviation, and nothing beyond two of them.") { c in
          .fixed(.truncatedNormal(deviation: Self.deviation(c)))
        },
        .init("orthogonal", "Orthogonal rows, or columns where there are fewer of them.") { c in
          .fixed(.orthogonal(gain: c.number("gain", default: 1, in: .above(0), doc: "Length of the rows or columns.")))
        },
        .init("zeros", "Zero everywhere.") { _ in .fixed(.zeros) },
        .init("constant", "One value everywhere.") { c in .fixed(.constant(c.number("value", doc: "Value of all first weights."))) },
      ])
  }

  private static func deviation(_ c: FieldReader) -> Double {
    c.number("std", default: 0.02, in: .above(0), doc: "Standard deviation of first weights.")
  }

  /// The initialiser of weights that `activation` follows.
  func initializer(for activation: Activation) -> Initializer {
    switch self {
    case .kaimingUniform: .kaimingUniform(gain: activation.gain)
    case .kaimingNormal: .kaimingNormal(gain: activation.gain)
    case .xavierUniform: .xavierUniform(gain: activation.gain)
    case .xavierNormal: .xavierNormal(gain: activation.gain)
    case .fixed(let initializer): initializer
    }
  }
}

/// What the block of an `ngram_linear` says.
public struct NGramLinearConfig: Sendable {
  /// Which n-grams count.
  public let ngrams: NGramConfig
  /// How long their embeddings are.
  public let width: Int

  /// Reads the block.
  public init(_ c: FieldReader) {
    width = c.integer("dim", default: 16, in: 1...10_000, doc: "Length of the embedding of an n-gram.")
    ngrams = NGramConfig(c)
  }
}
