import TemperCore
import TemperJSON

/// Cross-entropy of binary logits: one logit a row for two classes, or one logit for each label of a row.
public struct BinaryCrossEntropy: ClassificationLoss {
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
  public func callAsFunction(_ logits: Tensor, _ labels: [Int32], rowWeights: [Float]?) -> Loss {
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

  /// See ``ClassificationLoss``: one logit for two classes.
  public func outputs(classes: Int) -> Int { 1 }
  /// See ``ClassificationLoss``.
  public func probabilities(_ outputs: Tensor) -> Tensor { concatenate([(-outputs).sigmoid(), outputs.sigmoid()], axis: 1) }
}

/// Settings of `binary_crossentropy`.
public struct BinaryConfig: ClassificationLossConfig {
  /// See ``ClassificationLossConfig``.
  public static let type = "binary_crossentropy"
  /// See ``ClassificationLossConfig``.
  public static let doc = "Cross-entropy with one logit for two classes, or one for each label."
  /// How far targets are moved towards 1/2, from 0 to 1.
  public let labelSmoothing: ScalarSchedule?
  /// The class weights.
  public let weighting: ClassWeighting
  private let place: Place

  /// See ``ClassificationLossConfig``.
  public var isSoftmax: Bool { false }

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    place = c.place
    labelSmoothing = c.labelSmoothing("Fraction by which targets are moved towards 1/2", metrics: metrics)
    weighting = ClassWeighting(c)
  }

  /// See ``ClassificationLossConfig``.
  public var ignoredLabel: Int? { nil }

  /// See ``ClassificationLossConfig``.
  public func loss(_ classes: TrainingClasses) throws(Diagnostics) -> any ClassificationLoss {
    guard classes.names.count == 2 else {
      throw LossConfig.unfit(
        Self.type, at: place,
        "requires two classes, but the training rows have \(classes.names.count); use \(SparseCategoricalConfig.type)")
    }
    let weights = try weighting.values(classes: classes.names, counts: classes.counts, find: classes.find)
    return loss(negative: weights.map { [$0[0]] }, positive: weights.map { [$0[1]] })
  }

  func loss(negative: [Float]?, positive: [Float]?) -> BinaryCrossEntropy {
    BinaryCrossEntropy(
      BinaryCrossEntropyOptions(
        positiveWeights: positive, negativeWeights: negative, normalization: weighting.normalization,
        labelSmoothing: Float(labelSmoothing?.constant ?? 0)))
  }
}
