import TemperCore

/// The focal loss of logits: cross-entropy that down-weights well-classified rows. See ``TemperCore/focalLoss(_:_:gamma:options:)``.
public struct FocalLoss: Sendable {
  /// The focusing parameter; 0 is cross-entropy.
  public let gamma: Double
  /// The options of the op.
  public let options: CrossEntropyOptions

  /// A loss with the given options.
  public init(gamma: Double = 2, _ options: CrossEntropyOptions = .init()) {
    (self.gamma, self.options) = (gamma, options)
  }

  /// The loss of logits, `[rows, classes]`, against a class, or the ignored label, for each row. Row weights multiply each row's loss.
  public func callAsFunction(_ logits: Tensor, _ labels: [Int32], rowWeights: [Float]? = nil) -> Loss {
    Loss(focalLoss(logits, labels, gamma: gamma, options: options, rowWeights: rowWeights))
  }
}
