import TemperCore

/// A convolution of images with channels last. Parameters: `weight` `[outputs, channels / groups, kernel height, kernel width]` and `bias` `[outputs]`, as
/// in `torch.nn.Conv2d`, or, of sequences, without the height, as in `torch.nn.Conv1d`; biases start at zero.
public struct Convolution {
  /// The kernels.
  public let weight: Parameter
  /// The biases; nil without.
  public let bias: Parameter?
  /// How the kernel moves.
  public let geometry: ConvolutionGeometry

  /// Makes or loads the parameters; of a sequence the kernel has the height 1.
  public init(
    _ scope: ParameterScope, channels: Int, outputs: Int, _ geometry: ConvolutionGeometry, ofSequence: Bool = false, bias: Bool = true,
    initializer: Initializer = .kaimingUniform(gain: 1)
  ) {
    let shape = [outputs, channels / geometry.groups] + (ofSequence ? [] : [geometry.kernel.height]) + [geometry.kernel.width]
    weight = scope.parameter("weight", Shape(shape), initializer)
    self.bias = bias ? scope.parameter("bias", [outputs], .zeros) : nil
    self.geometry = geometry
  }

  /// `[rows, height, width, channels]` to `[rows, height, width, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let shape = weight.shape
    let kernels = shape.rank == 4 ? weight.value : weight.value.reshaped([shape[0], shape[1], 1, shape[2]])
    return convolution(x, kernels, bias?.value, geometry)
  }
}

/// A pooling of images with channels last: windows become one place.
public struct Pool: Sendable {
  /// Whether the greatest number of a window remains, rather than the mean.
  public let isMax: Bool
  /// How the window moves.
  public let window: ConvolutionGeometry

  /// The greatest number, or the mean, of windows.
  public init(isMax: Bool, _ window: ConvolutionGeometry) { (self.isMax, self.window) = (isMax, window) }

  /// `[rows, height, width, channels]` to the size that the window gives.
  public func callAsFunction(_ x: Tensor) -> Tensor { isMax ? maxPool(x, window) : averagePool(x, window) }
}
