import TemperCore

/// Inverted dropout behind a hidden layer, in training; nothing in evaluation. Its rate comes with the context of a pass, since it may change
/// from step to step. It has no parameters; its scope names its random stream.
public struct Dropout {
  private let stream: Philox
  private let index: Int

  /// Dropout behind hidden layer `index`, which picks its rate where the context has several.
  public init(_ scope: ParameterScope, index: Int = 0) {
    stream = scope.stream("dropout")
    self.index = index
  }

  /// The shape stays as it is.
  public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    let rate = context.dropoutRate(index)
    guard context.isTraining, rate > 0 else { return x }
    return dropout(x, rate: rate, DropoutSource(stream: stream, step: context.step, rows: context.rows))
  }
}
