import TemperCore
import TemperJSON

/// Cross-entropy over the classes that are not yet told apart from that of the row. Which they are depends on the label, so probabilities are
/// those of the softmax. See ``TemperCore/asSoftmaxCrossEntropy(_:_:delta:options:rowWeights:)``.
public struct ASSoftmaxLoss: ClassificationLoss {
  /// The lead in probability at which a class is left out.
  public let delta: Double
  /// Class weights and the ignored label.
  public let options: CrossEntropyOptions

  /// A loss with the given options.
  public init(delta: Double = 0.1, _ options: CrossEntropyOptions = .init()) {
    (self.delta, self.options) = (delta, options)
  }

  /// See ``ClassificationLoss``.
  public func callAsFunction(_ logits: Tensor, _ labels: [Int32], rowWeights: [Float]?) -> Loss {
    Loss(asSoftmaxCrossEntropy(logits, labels, delta: delta, options: options, rowWeights: rowWeights))
  }

  /// See ``ClassificationLoss``.
  public var leavesOutClasses: Bool { true }
}

/// Settings of `as_softmax`.
public struct ASSoftmaxConfig: MulticlassLossConfig {
  /// See ``ClassificationLossConfig``.
  public static let type = "as_softmax"
  /// See ``ClassificationLossConfig``.
  public static let doc = "Cross-entropy over the classes that the right one does not lead by more than delta in probability (AS-Softmax)."
  /// The lead in probability at which a class is left out.
  public let delta: Double
  /// Weights and the ignored class.
  public let options: ClassLossOptions

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    delta = c.number(
      "delta", default: 0.1, in: .above(0, through: 1), doc: "Lead in probability at which a class is left out; 1 is cross-entropy.")
    options = ClassLossOptions(c, metrics: metrics, isSmooth: false)
  }

  /// See ``ClassificationLossConfig``.
  public func loss(_ classes: TrainingClasses) throws(Diagnostics) -> any ClassificationLoss {
    ASSoftmaxLoss(delta: delta, try options.options(classes))
  }
}
