import TemperCore

/// The focal loss of logits: cross-entropy in which rows that are already right weigh less. See
/// ``TemperCore/focalLoss(_:_:gamma:options:)``.
public struct FocalLoss: Sendable {
  /// How much less: 0 is cross-entropy.
  public let gamma: Double
  /// The options of the op.
  public let options: CrossEntropyOptions

  /// A loss with the given options.
  public init(gamma: Double = 2, _ options: CrossEntropyOptions = .init()) {
    (self.gamma, self.options) = (gamma, options)
  }

  /// The loss of logits, `[rows, classes]`, against a class for each row, or the ignored one. A row's weight multiplies its part.
  public func callAsFunction(_ logits: Tensor, _ labels: [Int32], rowWeights: [Float]? = nil) -> Loss {
    Loss(focalLoss(logits, labels, gamma: gamma, options: options, rowWeights: rowWeights))
  }
}
