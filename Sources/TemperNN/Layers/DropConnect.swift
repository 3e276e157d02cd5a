import TemperCore

/// The rates at a training step of what is dropped besides units.
public struct SkippingRates: Sendable, Equatable {
  /// Of hidden weights; see ``DropConnect``.
  public let weights: Double
  /// Of the last residual block; see ``StochasticDepth``.
  public let blocks: Double

  /// Nothing is dropped by default.
  public init(weights: Double = 0, blocks: Double = 0) { (self.weights, self.blocks) = (weights, blocks) }

  /// Nothing is dropped.
  public static let none = SkippingRates()
}

/// DropConnect (Wan et al. 2013): in training each weight of a linear layer becomes 0 with the rate of the pass, else it is divided by
/// 1 - rate. All rows of a step share one mask. Biases are kept, and evaluation uses the weights as they are, the mean of the masked ones.
/// It has no parameters; its scope names its random stream.
public struct DropConnect {
  private let stream: Philox

  /// Masks for the layer in `scope`.
  public init(_ scope: ParameterScope) { stream = scope.stream("dropconnect") }

  /// `linear` of `x` with masked weights.
  public func callAsFunction(_ layer: Linear, _ x: Tensor, _ context: Context) -> Tensor {
    let rate = context.skipping.weights
    guard context.isTraining, rate > 0 else { return layer(x) }
    let outputs = (0..<Int32(layer.weight.shape[0])).map { $0 }
    let weight = dropout(layer.factor, rate: rate, DropoutSource(stream: stream, step: context.step, rows: outputs))
    return linear(x, weight, layer.bias?.value, activation: layer.activation)
  }
}

/// Stochastic depth (Huang et al. 2016): in training a row skips a residual branch with a rate that grows linearly with depth, to that of
/// the pass for the last block; else the branch is divided by 1 - rate. In evaluation it is the identity. It has no parameters; its scope
/// names its random stream.
public struct StochasticDepth {
  private let stream: Philox
  private let share: Double

  /// Of branch `block`, from 0, of `blocks`.
  public init(_ scope: ParameterScope, block: Int, of blocks: Int) {
    (stream, share) = (scope.stream("stochastic_depth"), Double(block + 1) / Double(blocks))
  }

  /// A branch whose first axis is the rows of the batch.
  public func callAsFunction(_ branch: Tensor, _ context: Context) -> Tensor {
    let rate = context.skipping.blocks * share
    guard context.isTraining, rate > 0 else { return branch }
    let ones = Tensor.filled(Shape([branch.shape[0]] + Array(repeating: 1, count: branch.shape.rank - 1)), 1)
    return branch * dropout(ones, rate: rate, DropoutSource(stream: stream, step: context.step, rows: context.rows))
  }

  /// Of the two branches of transformer block `layer`, which rows skip separately.
  static func ofBlock(
    _ attention: ParameterScope, _ units: ParameterScope, _ layer: Int, of layers: Int
  ) -> (attention: StochasticDepth, units: StochasticDepth) {
    (StochasticDepth(attention, block: layer, of: layers), StochasticDepth(units, block: layer, of: layers))
  }
}
