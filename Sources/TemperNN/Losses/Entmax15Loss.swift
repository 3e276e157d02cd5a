import TemperCore
import TemperJSON

/// The loss of 1.5-entmax, whose probabilities are exactly 0 for most classes. See ``TemperCore/entmax15Loss(_:_:options:rowWeights:)``.
public struct Entmax15Loss: ClassificationLoss {
  /// Class weights and the ignored label.
  public let options: CrossEntropyOptions

  /// A loss with the given options.
  public init(_ options: CrossEntropyOptions = .init()) {
    self.options = options
  }

  /// See ``ClassificationLoss``.
  public func callAsFunction(_ logits: Tensor, _ labels: [Int32], rowWeights: [Float]?) -> Loss {
    Loss(entmax15Loss(logits, labels, options: options, rowWeights: rowWeights))
  }

  /// See ``ClassificationLoss``.
  public var leavesOutClasses: Bool { true }
  /// See ``ClassificationLoss``.
  public func probabilities(_ outputs: Tensor) -> Tensor { outputs.entmax15() }
}

/// Settings of `entmax15`.
public struct Entmax15Config: MulticlassLossConfig {
  /// See ``ClassificationLossConfig``.
  public static let type = "entmax15"
  /// See ``ClassificationLossConfig``.
  public static let doc = "Loss of 1.5-entmax: exact zeros, and no gradient from rows whose class leads by 2 or more."
  /// Weights and the ignored class.
  public let options: ClassLossOptions

  /// See ``ClassificationLossConfig``.
  public var isSoftmax: Bool { false }

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    options = ClassLossOptions(c, metrics: metrics, isSmooth: false)
  }

  /// See ``ClassificationLossConfig``.
  public func loss(_ classes: TrainingClasses) throws(Diagnostics) -> any ClassificationLoss {
    Entmax15Loss(try options.options(classes))
  }
}
