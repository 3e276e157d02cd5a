import TemperCore

/// The result of a loss: the sum over rows, and the weight to divide it by for a mean. The trainer divides, once for all micro-batches of a
/// step.
public struct Loss {
  /// The sum over rows, a traced tensor of rank 0.
  public let sum: Tensor
  /// The weight of the rows.
  public let weight: Double

  /// A sum and its weight.
  public init(sum: Tensor, weight: Double) {
    (self.sum, self.weight) = (sum, weight)
  }

  /// What a loss op returned.
  init(_ result: (sum: Tensor, weight: Double)) {
    self.init(sum: result.sum, weight: result.weight)
  }
}
