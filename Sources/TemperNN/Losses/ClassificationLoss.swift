import TemperCore

/// A loss between a row of model outputs and one class.
public protocol ClassificationLoss: Sendable {
  /// The loss of `outputs`, `[rows, outputs]`, against a class, or the ignored label, for each row. Row weights multiply each row's loss.
  func callAsFunction(_ outputs: Tensor, _ labels: [Int32], rowWeights: [Float]?) -> Loss
  /// The same loss with label smoothing `share`; unchanged for a loss without smoothing.
  func smoothed(by share: Double) -> Self
  /// Whether the model must output probabilities, that is, end in a softmax.
  var takesProbabilities: Bool { get }
  /// Whether equal outputs of K classes cost ln K, so that the loss of an untrained model is near that.
  var isLogOfClassesAtStart: Bool { get }
  /// Whether it leaves out classes, or whole rows, so that an evaluation reports how many.
  var leavesOutClasses: Bool { get }
  /// The number of outputs of a model with `classes` classes.
  func outputs(classes: Int) -> Int
  /// The clusters of the last layer, if the loss needs an adaptive softmax as such; nil for a linear layer.
  var clusters: ClassClusters? { get }
  /// The probabilities of all classes, `[rows, classes]`, for a model's outputs under this loss.
  func probabilities(_ outputs: Tensor) -> Tensor
}

extension ClassificationLoss {
  /// The loss of `outputs`, `[rows, outputs]`, against a class, or the ignored label, for each row.
  public func callAsFunction(_ outputs: Tensor, _ labels: [Int32]) -> Loss { self(outputs, labels, rowWeights: nil) }
  /// See ``ClassificationLoss``; unchanged by default.
  public func smoothed(by share: Double) -> Self { self }
  /// See ``ClassificationLoss``; logits by default.
  public var takesProbabilities: Bool { false }
  /// See ``ClassificationLoss``; false by default.
  public var isLogOfClassesAtStart: Bool { false }
  /// See ``ClassificationLoss``; false by default.
  public var leavesOutClasses: Bool { false }
  /// See ``ClassificationLoss``; one for each class by default.
  public func outputs(classes: Int) -> Int { classes }
  /// See ``ClassificationLoss``; nil by default.
  public var clusters: ClassClusters? { nil }
  /// See ``ClassificationLoss``; the softmax by default.
  public func probabilities(_ outputs: Tensor) -> Tensor { outputs.softmax() }
}

extension CrossEntropyOptions {
  /// The same options with label smoothing `share`.
  func smoothed(by share: Double) -> CrossEntropyOptions {
    var options = self
    options.labelSmoothing = Float(share)
    return options
  }
}
