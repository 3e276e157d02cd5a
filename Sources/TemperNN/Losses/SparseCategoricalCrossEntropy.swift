import TemperCore

/// Cross-entropy between a row of outputs and an integer label: "sparse" says that labels are numbers of classes, nothing about the
/// gradient.
public struct SparseCategoricalCrossEntropy: Sendable {
  /// What a model's outputs are. The raw value is the name in a config.
  public enum Source: String, CaseIterable, Sendable {
    /// Logits: any numbers, made probabilities by a softmax. Exact for any of them.
    case logits
    /// Probabilities: divided by their sum and clipped to 1e-7 ... 1 - 1e-7, as Keras does.
    case probabilities
  }

  /// The options of the op.
  public let options: CrossEntropyOptions
  /// What it is computed from.
  public let source: Source

  /// A loss with the given options.
  public init(_ options: CrossEntropyOptions = .init(), from source: Source = .logits) {
    (self.options, self.source) = (options, source)
  }

  /// The loss of outputs, `[rows, classes]`, against a class for each row, or the ignored one. A row's weight multiplies its
  /// part.
  public func callAsFunction(_ outputs: Tensor, _ labels: [Int32], rowWeights: [Float]? = nil) -> Loss {
    switch source {
    case .logits: Loss(softmaxCrossEntropy(outputs, labels, options: options, rowWeights: rowWeights))
    case .probabilities: Loss(probabilityCrossEntropy(outputs, labels, options: options, rowWeights: rowWeights))
    }
  }
}
