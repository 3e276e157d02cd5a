import TemperCore
import TemperJSON

/// The focal loss of logits: cross-entropy that down-weights well-classified rows. See ``TemperCore/focalLoss(_:_:gamma:options:)``.
public struct FocalLoss: ClassificationLoss {
  /// The focusing parameter; 0 is cross-entropy.
  public let gamma: Double
  /// The options of the op.
  public let options: CrossEntropyOptions

  /// A loss with the given options.
  public init(gamma: Double = 2, _ options: CrossEntropyOptions = .init()) {
    (self.gamma, self.options) = (gamma, options)
  }

  /// The loss of logits, `[rows, classes]`, against a class, or the ignored label, for each row. Row weights multiply each row's loss.
  public func callAsFunction(_ logits: Tensor, _ labels: [Int32], rowWeights: [Float]?) -> Loss {
    Loss(focalLoss(logits, labels, gamma: gamma, options: options, rowWeights: rowWeights))
  }

  /// See ``ClassificationLoss``.
  public func smoothed(by share: Double) -> FocalLoss { FocalLoss(gamma: gamma, options.smoothed(by: share)) }
}

/// Settings of `focal`.
public struct FocalConfig: MulticlassLossConfig {
  /// See ``ClassificationLossConfig``.
  public static let type = "focal"
  /// See ``ClassificationLossConfig``.
  public static let doc = "Cross-entropy that down-weights well-classified rows."
  /// The focusing parameter.
  public let gamma: Double
  /// Smoothing, weights and the ignored class.
  public let options: ClassLossOptions

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    gamma = c.number("gamma", default: 2, in: 0..., doc: "Focusing parameter, which down-weights well-classified rows; 0 is cross-entropy.")
    options = ClassLossOptions(c, metrics: metrics, isSmooth: true)
  }

  /// See ``ClassificationLossConfig``.
  public func loss(_ classes: TrainingClasses) throws(Diagnostics) -> any ClassificationLoss {
    FocalLoss(gamma: gamma, try options.options(classes))
  }
}
