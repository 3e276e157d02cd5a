import TemperCore
import TemperJSON

/// The loss of sparsemax, whose probabilities are exactly 0 for most classes. See ``TemperCore/sparsemaxLoss(_:_:options:rowWeights:)``.
public struct SparsemaxLoss: ClassificationLoss {
  /// Class weights and the ignored label.
  public let options: CrossEntropyOptions

  /// A loss with the given options.
  public init(_ options: CrossEntropyOptions = .init()) {
    self.options = options
  }

  /// See ``ClassificationLoss``.
  public func callAsFunction(_ logits: Tensor, _ labels: [Int32], rowWeights: [Float]?) -> Loss {
    Loss(sparsemaxLoss(logits, labels, options: options, rowWeights: rowWeights))
  }

  /// See ``ClassificationLoss``.
  public var leavesOutClasses: Bool { true }
  /// See ``ClassificationLoss``.
  public func probabilities(_ outputs: Tensor) -> Tensor { outputs.sparsemax() }
}

/// Settings of `sparsemax`.
public struct SparsemaxConfig: MulticlassLossConfig {
  /// See ``ClassificationLossConfig``.
  public static let type = "sparsemax"
  /// See ``ClassificationLossConfig``.
  public static let doc = "Loss of sparsemax: exact zeros, and no gradient from rows whose class leads by 1 or more."
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
    SparsemaxLoss(try options.options(classes))
  }
}
