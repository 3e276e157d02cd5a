import TemperCore

/// A loss between a row of model outputs and one class.
public enum ClassificationLoss: Sendable {
  /// Cross-entropy with one output per class.
  case sparseCategorical(SparseCategoricalCrossEntropy)
  /// Focal loss with one logit per class.
  case focal(FocalLoss)
  /// Cross-entropy of two classes with one logit.
  case binary(BinaryCrossEntropy)

  /// The loss of `outputs`, `[rows, outputs]`, against a class for each row. Row weights multiply each row's loss.
  public func callAsFunction(_ outputs: Tensor, _ labels: [Int32], rowWeights: [Float]? = nil) -> Loss {
    switch self {
    case .sparseCategorical(let loss): loss(outputs, labels, rowWeights: rowWeights)
    case .focal(let loss): loss(outputs, labels, rowWeights: rowWeights)
    case .binary(let loss): loss(outputs, labels, rowWeights: rowWeights)
    }
  }

  /// The same loss with label smoothing `share`.
  public func smoothed(by share: Double) -> ClassificationLoss {
    func smoothed(_ options: CrossEntropyOptions) -> CrossEntropyOptions {
      var options = options
      options.labelSmoothing = Float(share)
      return options
    }
    return switch self {
    case .sparseCategorical(let loss): .sparseCategorical(SparseCategoricalCrossEntropy(smoothed(loss.options), from: loss.source))
    case .focal(let loss): .focal(FocalLoss(gamma: loss.gamma, smoothed(loss.options)))
    case .binary(let loss): .binary(loss.smoothed(by: share))
    }
  }

  /// Whether the model must output probabilities, that is, end in a softmax.
  public var takesProbabilities: Bool {
    if case .sparseCategorical(let loss) = self { loss.source == .probabilities } else { false }
  }

  /// The number of outputs of a model with `classes` classes: 1 for the binary loss.
  public func outputs(classes: Int) -> Int {
    if case .binary = self { 1 } else { classes }
  }

  /// The probabilities of all classes, `[rows, classes]`, for a model's outputs under this loss.
  public func probabilities(_ outputs: Tensor) -> Tensor {
    switch self {
    case .binary: concatenate([(-outputs).sigmoid(), outputs.sigmoid()], axis: 1)
    case .sparseCategorical(let loss) where loss.source == .probabilities: outputs / outputs.sum(axis: -1, keepingAxis: true)
    case .sparseCategorical, .focal: outputs.softmax()
    }
  }
}
