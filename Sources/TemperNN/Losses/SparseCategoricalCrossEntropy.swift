import TemperCore

/// Cross-entropy between a row of outputs and an integer label: "sparse" means that labels are class indices, not that gradients are
/// sparse.
public struct SparseCategoricalCrossEntropy: Sendable {
  /// What the model outputs are. The raw value is the name in a config.
  public enum Source: String, CaseIterable, Sendable {
    /// Unbounded logits, converted by a softmax. Exact for any values.
    case logits
    /// Probabilities: divided by their sum and clipped to 1e-7 ... 1 - 1e-7, as Keras does.
    case probabilities
  }

  /// The options of the op.
  public let options: CrossEntropyOptions
  /// What the loss is computed from.
  public let source: Source

  /// A loss with the given options.
  public init(_ options: CrossEntropyOptions = .init(), from source: Source = .logits) {
    (self.options, self.source) = (options, source)
  }

  /// The loss of outputs, `[rows, classes]`, against a class, or the ignored label, for each row. Row weights multiply each row's loss.
  public func callAsFunction(_ outputs: Tensor, _ labels: [Int32], rowWeights: [Float]? = nil) -> Loss {
    switch source {
    case .logits: Loss(softmaxCrossEntropy(outputs, labels, options: options, rowWeights: rowWeights))
    case .probabilities: Loss(probabilityCrossEntropy(outputs, labels, options: options, rowWeights: rowWeights))
    }
  }
}
