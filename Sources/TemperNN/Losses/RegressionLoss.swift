import TemperCore

/// A loss between model outputs and numbers.
public enum RegressionLoss: Sendable, Equatable {
  /// The mean of (x - t)².
  case meanSquaredError
  /// The mean of |x - t|.
  case meanAbsoluteError
  /// Squared up to `delta`, absolute beyond (Huber 1964).
  case huber(delta: Double)

  /// The loss of `outputs`, `[rows]` or `[rows, outputs]`, against a target for each, row-major. Row weights multiply each row's loss.
  public func callAsFunction(_ outputs: Tensor, _ targets: [Float], rowWeights: [Float]? = nil) -> Loss {
    switch self {
    case .meanSquaredError: Loss(squaredError(outputs, targets, rowWeights: rowWeights))
    case .meanAbsoluteError: Loss(absoluteError(outputs, targets, rowWeights: rowWeights))
    case .huber(let delta): Loss(huberError(outputs, targets, delta: Float(delta), rowWeights: rowWeights))
    }
  }
}
