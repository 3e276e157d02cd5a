import TemperCore

/// Layer normalisation over the last axis. Parameters: `weight` and `bias`, `[size]`.
public struct LayerNorm {
  /// The scale of each element, initially 1.
  public let weight: Parameter
  /// The shift of each element, initially 0.
  public let bias: Parameter
  /// Added to the variance.
  public let eps: Float

  /// Makes or loads the layer's parameters.
  public init(_ scope: ParameterScope, size: Int, eps: Float = 1e-5) {
    weight = scope.parameter("weight", [size], .ones)
    bias = scope.parameter("bias", [size], .zeros)
    self.eps = eps
  }

  /// The shape is unchanged.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    layerNorm(x, weight.value, bias.value, eps: eps)
  }
}

/// Root-mean-square normalisation over the last axis. Parameter: `weight`, `[size]`.
public struct RMSNorm {
  /// The scale of each element, initially 1.
  public let weight: Parameter
  /// Added to the mean square.
  public let eps: Float

  /// Makes or loads the layer's parameter.
  public init(_ scope: ParameterScope, size: Int, eps: Float = 1e-5) {
    weight = scope.parameter("weight", [size], .ones)
    self.eps = eps
  }

  /// The shape is unchanged.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    rmsNorm(x, weight.value, eps: eps)
  }
}

/// Batch normalisation of columns. Parameters: `weight` and `bias`; buffers: `running_mean` and `running_var`, all `[size]`.
///
/// In training it uses the batch statistics and updates the running ones with `momentum`, the variance unbiased, as PyTorch does; in
/// evaluation it uses the running ones.
public struct BatchNorm {
  /// The scale of each column, initially 1.
  public let weight: Parameter
  /// The shift of each column, initially 0.
  public let bias: Parameter
  /// The running mean, initially 0.
  public let runningMean: Parameter
  /// The running variance, initially 1.
  public let runningVariance: Parameter
  /// The weight of the newest batch in the running statistics.
  public let momentum: Float
  /// Added to the variance.
  public let eps: Float

  /// Makes or loads the layer's parameters and buffers.
  public init(_ scope: ParameterScope, size: Int, momentum: Float = 0.1, eps: Float = 1e-5) {
    weight = scope.parameter("weight", [size], .ones)
    bias = scope.parameter("bias", [size], .zeros)
    runningMean = scope.buffer("running_mean", [size], .zeros)
    runningVariance = scope.buffer("running_var", [size], .ones)
    self.momentum = momentum
    self.eps = eps
  }

  /// `[rows, size]`, in training with at least two rows.
  public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    guard context.isTraining else {
      return batchNorm(x, weight.value, bias.value, mean: runningMean.value, variance: runningVariance.value, eps: eps)
    }
    let (y, statistics) = batchNorm(x, weight.value, bias.value, eps: eps)
    let momentum = context.normMomentum ?? momentum
    move(runningMean, towards: statistics.mean, momentum)
    move(runningVariance, towards: statistics.variance, momentum)
    return y
  }

  private func move(_ average: Parameter, towards newest: Tensor, _ momentum: Float) {
    let (a, b) = (average.value.pointer, newest.pointer)
    if momentum == 1 { return a.update(from: b, count: newest.count) }
    for i in 0..<newest.count { a[i] += momentum * (b[i] - a[i]) }
  }
}

/// Group normalisation of images with channels last. Parameters: `weight` and `bias`, `[size]`. With as many groups as channels it is that of instances.
public struct GroupNorm {
  /// The scale of each channel, initially 1.
  public let weight: Parameter
  /// The shift of each channel, initially 0.
  public let bias: Parameter
  /// The number of groups.
  public let groups: Int
  /// Added to the variance.
  public let eps: Float

  /// Makes or loads the layer's parameters.
  public init(_ scope: ParameterScope, size: Int, groups: Int, eps: Float = 1e-5) {
    weight = scope.parameter("weight", [size], .ones)
    bias = scope.parameter("bias", [size], .zeros)
    (self.groups, self.eps) = (groups, eps)
  }

  /// The shape is unchanged.
  public func callAsFunction(_ x: Tensor) -> Tensor { groupNorm(x, weight.value, bias.value, groups: groups, eps: eps) }
}

/// The normalisation of a layer. The raw value is the name in a config.
public enum NormKind: String, CaseIterable, Sendable {
  /// No normalisation.
  case none
  /// Layer normalisation.
  case layer
  /// Root-mean-square normalisation.
  case rms
  /// Batch normalisation.
  case batch
  /// Group normalisation of images.
  case group
  /// Instance normalisation of images: group normalisation with a group a channel.
  case instance

  /// Those of features without places.
  public static let ofFeatures: [NormKind] = [.none, .layer, .rms, .batch]
}

/// One of the normalisations, or none.
public enum Norm {
  /// The identity.
  case none
  /// Layer normalisation.
  case layer(LayerNorm)
  /// Root-mean-square normalisation.
  case rms(RMSNorm)
  /// Batch normalisation.
  case batch(BatchNorm)
  /// Group normalisation, or that of instances.
  case group(GroupNorm)

  /// Makes or loads the parameters of `kind`, of which group normalisation has `groups`, which divide `size`.
  public init(_ scope: ParameterScope, _ kind: NormKind, size: Int, groups: Int = 1) {
    self =
      switch kind {
      case .none: .none
      case .layer: .layer(LayerNorm(scope, size: size))
      case .rms: .rms(RMSNorm(scope, size: size))
      case .batch: .batch(BatchNorm(scope, size: size))
      case .group: .group(GroupNorm(scope, size: size, groups: groups))
      case .instance: .group(GroupNorm(scope, size: size, groups: size))
      }
  }

  /// The shape is unchanged.
  public func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    switch self {
    case .none: x
    case .layer(let norm): norm(x)
    case .rms(let norm): norm(x)
    case .batch(let norm): norm(x, context)
    case .group(let norm): norm(x)
    }
  }
}
