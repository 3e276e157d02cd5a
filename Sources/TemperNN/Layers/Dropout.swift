import TemperCore

/// Inverted dropout in training, nothing in evaluation. It has no parameters; its scope names its random stream.
public struct Dropout {
  /// The probability that an element is dropped.
  public let rate: Double
  private let stream: Philox

  /// Dropout of `rate`, in 0..<1.
  public init(_ scope: ParameterScope, rate: Double) {
    self.rate = rate
    stream = scope.stream("dropout")
  }

  /// The shape stays as it is.
  public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    guard context.isTraining, rate > 0 else { return x }
    return dropout(x, rate: rate, DropoutSource(stream: stream, step: context.step, rows: context.rows))
  }
}
