import TemperCore

/// The last layer that an objective asks of a model.
public struct OutputLayer: Sendable {
  /// The number of outputs per row.
  public let count: Int
  /// Whether outputs are probabilities rather than logits, so that the model ends in a softmax.
  public let endsInSoftmax: Bool
  /// The clusters of an adaptive softmax, whose outputs are logarithms of probabilities; nil for a linear layer.
  public let clusters: ClassClusters?
  /// How the outputs of an ensemble's members are averaged.
  public let average: MemberAverage

  /// A linear layer unless there are `clusters`.
  public init(_ count: Int, endsInSoftmax: Bool = false, clusters: ClassClusters? = nil, average: MemberAverage = .softmax) {
    (self.count, self.endsInSoftmax, self.clusters, self.average) = (count, endsInSoftmax, clusters, average)
  }
}

/// The last layer of a model, before a softmax if there is one.
public enum Head {
  /// A linear layer to the logits.
  case linear(Linear)
  /// Clusters of classes by frequency, to the logarithms of probabilities.
  case adaptive(AdaptiveSoftmax)

  /// Makes or loads the parameters; see ``OutputLayer/clusters``.
  public init(
    _ scope: ParameterScope, inputs: Int, outputs: Int, clusters: ClassClusters?, initializer: Initializer, isNTK: Bool = false
  ) {
    self =
      if let clusters {
        .adaptive(AdaptiveSoftmax(scope, inputs: inputs, clusters, initializer: initializer))
      } else {
        .linear(Linear(scope, inputs: inputs, outputs: outputs, initializer: initializer, isNTK: isNTK))
      }
  }

  /// The weight that reads all features of every row.
  public var weight: Parameter {
    switch self {
    case .linear(let layer): layer.weight
    case .adaptive(let layer): layer.head.weight
    }
  }

  /// Weights that an average training row is multiplied with.
  var weightsPerRow: Int {
    switch self {
    case .linear(let layer): layer.weight.shape.count
    case .adaptive(let layer): layer.weightsPerRow
    }
  }

  /// `[rows, inputs]` to `[rows, outputs]`.
  public func callAsFunction(_ features: Tensor) -> Tensor {
    switch self {
    case .linear(let layer): layer(features)
    case .adaptive(let layer): layer(features)
    }
  }
}
