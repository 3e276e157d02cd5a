import TemperCore

/// A loss that in training reads the last layer of a model and its input in place of the outputs, so that these need not be computed. The
/// model must be a ``HeadedModel``. In evaluation it is a loss of outputs as any other.
public protocol HeadLoss: ClassificationLoss {
  /// The loss of the rows whose features, `[rows, width]`, go into `head`, against a class, or the ignored label, for each. Row weights multiply
  /// each row's loss; random numbers are a function of the step and the rows in `context`.
  func callAsFunction(_ features: Tensor, _ head: Head, _ labels: [Int32], rowWeights: [Float]?, _ context: Context) -> Loss
  /// Why the loss cannot be used with `head`, to follow the loss's name; nil if it can.
  func problem(with head: Head) -> String?
}

extension HeadLoss {
  /// See ``HeadLoss``; nil by default.
  public func problem(with head: Head) -> String? { nil }
}
