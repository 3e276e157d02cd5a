import TemperCore

/// A loss between a row of a model's outputs and one class.
public enum ClassificationLoss: Sendable {
  /// Cross-entropy with an output for each class.
  case sparseCategorical(SparseCategoricalCrossEntropy)
  /// Focal loss with a logit for each class.
  case focal(FocalLoss)
  /// Cross-entropy of two classes with one logit.
  case binary(BinaryCrossEntropy)

  /// The loss of `outputs`, `[rows, outputs]`, against a class for each row.
  public func callAsFunction(_ outputs: Tensor, _ labels: [Int32]) -> Loss {
    switch self {
    case .sparseCategorical(let loss): loss(outputs, labels)
    case .focal(let loss): loss(outputs, labels)
    case .binary(let loss): loss(outputs, labels)
    }
  }

  /// How many outputs a model of `classes` classes has for this loss: 1 for the binary one.
  public func outputs(classes: Int) -> Int {
    if case .binary = self { 1 } else { classes }
  }

  /// The probabilities of all classes, `[rows, classes]`, that a model's outputs mean under this loss.
  public func probabilities(_ outputs: Tensor) -> Tensor {
    switch self {
    case .binary: concatenate([(-outputs).sigmoid(), outputs.sigmoid()], axis: 1)
    case .sparseCategorical(let loss) where loss.source == .probabilities: outputs / outputs.sum(axis: -1, keepingAxis: true)
    case .sparseCategorical, .focal: outputs.softmax()
    }
  }
}
