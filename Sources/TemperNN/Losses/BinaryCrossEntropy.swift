import TemperCore

/// Cross-entropy of binary logits: one logit a row for two classes, or one logit for each label of a row.
public struct BinaryCrossEntropy: Sendable {
  /// The options of the op.
  public let options: BinaryCrossEntropyOptions

  /// A loss with the given options.
  public init(_ options: BinaryCrossEntropyOptions = .init()) {
    self.options = options
  }

  /// The same loss with label smoothing `share`.
  public func smoothed(by share: Double) -> BinaryCrossEntropy {
    var options = options
    options.labelSmoothing = Float(share)
    return BinaryCrossEntropy(options)
  }

  /// The loss of logits, `[rows]` or `[rows, 1]`, against class 0 or 1 for each row. Row weights multiply each row's loss.
  public func callAsFunction(_ logits: Tensor, _ labels: [Int32], rowWeights: [Float]? = nil) -> Loss {
    if let wrong = labels.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      fail("BinaryCrossEntropy: row \(wrong) has label \(labels[wrong]), but there are 2 classes")
    }
    return self(logits, labels.map(Float.init), rowWeights: rowWeights)
  }

  /// The loss of logits, `[rows]` or `[rows, labels]`, against a target from 0 to 1 for each, row-major. Row weights multiply each row's
  /// loss.
  public func callAsFunction(_ logits: Tensor, _ targets: [Float], rowWeights: [Float]? = nil) -> Loss {
    Loss(binaryCrossEntropy(logits, targets, options: options, rowWeights: rowWeights))
  }
}
