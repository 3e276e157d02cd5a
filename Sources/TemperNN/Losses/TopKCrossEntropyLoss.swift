import TemperCore
import TemperJSON

/// Cross-entropy over the largest logits of a row. See ``TemperCore/topKCrossEntropy(_:_:k:options:rowWeights:)``.
public struct TopKCrossEntropyLoss: ClassificationLoss {
  /// The number of logits that take part.
  public let k: Int
  /// Class weights and the ignored label.
  public let options: CrossEntropyOptions

  /// A loss with the given options.
  public init(k: Int = 10, _ options: CrossEntropyOptions = .init()) {
    (self.k, self.options) = (k, options)
  }

  /// See ``ClassificationLoss``.
  public func callAsFunction(_ logits: Tensor, _ labels: [Int32], rowWeights: [Float]?) -> Loss {
    Loss(topKCrossEntropy(logits, labels, k: k, options: options, rowWeights: rowWeights))
  }

  /// See ``ClassificationLoss``.
  public var leavesOutClasses: Bool { true }
  /// See ``ClassificationLoss``.
  public func probabilities(_ outputs: Tensor) -> Tensor { outputs.topKSoftmax(k: k) }
}

/// Settings of `top_k_crossentropy`.
public struct TopKCrossEntropyConfig: MulticlassLossConfig {
  /// See ``ClassificationLossConfig``.
  public static let type = "top_k_crossentropy"
  /// See ``ClassificationLossConfig``.
  public static let doc = "Cross-entropy over the k largest logits of a row alone (sparse-softmax)."
  /// The number of logits that take part.
  public let k: Int
  /// Weights and the ignored class.
  public let options: ClassLossOptions

  /// See ``ClassificationLossConfig``.
  public var isSoftmax: Bool { false }

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    k = c.integer(
      "k", default: 10, in: 1...1_000_000, doc: "Logits of a row that take part; all, which is cross-entropy, if there are no more classes."
    )
    options = ClassLossOptions(c, metrics: metrics, isSmooth: false)
  }

  /// See ``ClassificationLossConfig``.
  public func loss(_ classes: TrainingClasses) throws(Diagnostics) -> any ClassificationLoss {
    TopKCrossEntropyLoss(k: k, try options.options(classes))
  }
}
