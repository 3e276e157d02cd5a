import TemperCore

/// A named tensor that a layer owns: a weight that is trained, or a buffer such as batch normalisation's running mean.
public final class Parameter {
  /// The dotted name it is saved under, such as `layers.0.linear.weight`.
  public let name: String
  /// Whether an optimiser changes it; a buffer is changed by its layer instead.
  public let isTrainable: Bool
  /// The present value. Inside ``ParameterStore/addGradients(to:_:)`` it is traced.
  public internal(set) var value: Tensor
  /// Where it lies in the store's arena.
  public internal(set) var range = 0..<0

  init(name: String, isTrainable: Bool, value: Tensor) {
    (self.name, self.isTrainable, self.value) = (name, isTrainable, value)
  }

  /// The shape of the value.
  public var shape: Shape { value.shape }

  /// Whether weight decay means it by default: weights of products and embeddings, not biases and norms.
  public var isMatrix: Bool { shape.rank >= 2 }
}
