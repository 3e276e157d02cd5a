import TemperCore
import TemperJSON

/// Cross-entropy between a row of outputs and an integer label: "sparse" means that labels are class indices, not that gradients are
/// sparse.
public struct SparseCategoricalCrossEntropy: ClassificationLoss {
  /// What the model outputs are. The raw value is the name in a config.
  public enum Source: String, CaseIterable, Sendable {
    /// Unbounded logits, converted by a softmax. Exact for any values.
    case logits
    /// Probabilities: divided by their sum and clipped to 1e-7 ... 1 - 1e-7, as Keras does.
    case probabilities
  }

  /// The options of the op.
  public let options: CrossEntropyOptions
  /// What the loss is computed from.
  public let source: Source

  /// A loss with the given options.
  public init(_ options: CrossEntropyOptions = .init(), from source: Source = .logits) {
    (self.options, self.source) = (options, source)
  }

  /// The loss of outputs, `[rows, classes]`, against a class, or the ignored label, for each row. Row weights multiply each row's loss.
  public func callAsFunction(_ outputs: Tensor, _ labels: [Int32], rowWeights: [Float]?) -> Loss {
    switch source {
    case .logits: Loss(softmaxCrossEntropy(outputs, labels, options: options, rowWeights: rowWeights))
    case .probabilities: Loss(probabilityCrossEntropy(outputs, labels, options: options, rowWeights: rowWeights))
    }
  }

  /// See ``ClassificationLoss``.
  public func smoothed(by share: Double) -> SparseCategoricalCrossEntropy { .init(options.smoothed(by: share), from: source) }
  /// See ``ClassificationLoss``.
  public var takesProbabilities: Bool { source == .probabilities }
  /// See ``ClassificationLoss``.
  public var isLogOfClassesAtStart: Bool { true }
  /// See ``ClassificationLoss``.
  public func probabilities(_ outputs: Tensor) -> Tensor {
    source == .probabilities ? outputs / outputs.sum(axis: -1, keepingAxis: true) : outputs.softmax()
  }
}

/// Settings of `sparse_categorical_crossentropy`.
public struct SparseCategoricalConfig: MulticlassLossConfig {
  /// See ``ClassificationLossConfig``.
  public static let type = "sparse_categorical_crossentropy"
  /// See ``ClassificationLossConfig``.
  public static let doc = "Cross-entropy against one class a row."
  /// What the model's outputs are.
  public let source: SparseCategoricalCrossEntropy.Source
  /// Smoothing, weights and the ignored class.
  public let options: ClassLossOptions

  /// See ``ClassificationLossConfig``.
  public var isSoftmax: Bool { source == .logits }

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    source = c.choice(
      "from", default: SparseCategoricalCrossEntropy.Source.logits,
      doc:
        "What the model's outputs are: with `probabilities` it ends in a softmax, whose values are clipped to 1e-7 ... 1 - 1e-7, as Keras does."
    )
    options = ClassLossOptions(c, metrics: metrics, isSmooth: true)
  }

  /// See ``ClassificationLossConfig``.
  public func loss(_ classes: TrainingClasses) throws(Diagnostics) -> any ClassificationLoss {
    SparseCategoricalCrossEntropy(try options.options(classes), from: source)
  }
}
