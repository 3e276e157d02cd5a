import TemperCore

/// A fully connected layer, act(x·wᵀ + b). Parameters: `weight` `[outputs, inputs]` and `bias` `[outputs]`.
public struct Linear {
  /// `[outputs, inputs]`.
  public let weight: Parameter
  /// `[outputs]`; nil for a layer without bias.
  public let bias: Parameter?
  /// Applied to the result.
  public let activation: Activation

  /// Makes or loads the layer's parameters; biases start at zero. `stored` is the layout of the weight in a file.
  public init(
    _ scope: ParameterScope, inputs: Int, outputs: Int, bias: Bool = true, activation: Activation = .none,
    initializer: Initializer = .kaimingUniform(gain: 1), stored: StoredLayout = .same
  ) {
    weight = scope.parameter("weight", [outputs, inputs], initializer, stored: stored)
    self.bias = bias ? scope.parameter("bias", [outputs], .zeros) : nil
    self.activation = activation
  }

  /// `[..., inputs]` to `[..., outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    linear(x, weight.value, bias?.value, activation: activation)
  }
}
