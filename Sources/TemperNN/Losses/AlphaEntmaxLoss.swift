import TemperCore
import TemperJSON

/// The loss of α-entmax. See ``TemperCore/entmaxLoss(_:_:alpha:options:rowWeights:)``.
public struct AlphaEntmaxLoss: ClassificationLoss {
  /// α, above 1: towards 1 the softmax, 2 is sparsemax.
  public let alpha: Double
  /// Class weights and the ignored label.
  public let options: CrossEntropyOptions

  /// A loss with the given options.
  public init(alpha: Double = 1.5, _ options: CrossEntropyOptions = .init()) {
    (self.alpha, self.options) = (alpha, options)
  }

  /// See ``ClassificationLoss``.
  public func callAsFunction(_ logits: Tensor, _ labels: [Int32], rowWeights: [Float]?) -> Loss {
    Loss(entmaxLoss(logits, labels, alpha: alpha, options: options, rowWeights: rowWeights))
  }

  /// See ``ClassificationLoss``.
  public var leavesOutClasses: Bool { true }
  /// See ``ClassificationLoss``.
  public func probabilities(_ outputs: Tensor) -> Tensor { outputs.entmax(alpha: alpha) }
}

/// Settings of `alpha_entmax`.
public struct AlphaEntmaxConfig: MulticlassLossConfig {
  /// See ``ClassificationLossConfig``.
  public static let type = "alpha_entmax"
  /// See ``ClassificationLossConfig``.
  public static let doc = "Loss of α-entmax: exact zeros, and no gradient from rows whose class leads by 1 / (α - 1) or more."
  /// α, above 1: towards 1 the softmax, 2 is sparsemax.
  public let alpha: Double
  /// Weights and the ignored class.
  public let options: ClassLossOptions

  /// See ``ClassificationLossConfig``.
  public var isSoftmax: Bool { false }

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    alpha = c.number(
      "alpha", default: 1.5, in: .above(1, through: 100),
      doc: "α: towards 1 the softmax; 1.5 and 2 are `entmax15` and `sparsemax`, which are faster.")
    options = ClassLossOptions(c, metrics: metrics, isSmooth: false)
  }

  /// See ``ClassificationLossConfig``.
  public func loss(_ classes: TrainingClasses) throws(Diagnostics) -> any ClassificationLoss {
    AlphaEntmaxLoss(alpha: alpha, try options.options(classes))
  }
}
