import TemperCore
import TemperJSON

/// The block `loss` of a config. What a loss needs to know about the data is passed when it is made.
public struct LossConfig: Sendable {
  /// The classification losses, in the order in which they are documented.
  public static let classificationLosses: [any ClassificationLossConfig.Type] = [
    SparseCategoricalConfig.self, FocalConfig.self, BinaryConfig.self, SparsemaxConfig.self, Entmax15Config.self, AlphaEntmaxConfig.self,
    TopKCrossEntropyConfig.self, ASSoftmaxConfig.self, SampledSoftmaxConfig.self, AdaptiveSoftmaxConfig.self,
  ]

  /// The available losses.
  public enum Kind: Sendable {
    /// Classification, one class a row; with the binary loss any of several labels.
    case classification(any ClassificationLossConfig)
    /// Regression.
    case regression(RegressionLoss)
    /// A loss of an objective defined outside this library.
    case own(any OwnLoss)
  }

  /// The loss with its own settings.
  public let kind: Kind
  private let name: String
  private let place: Place

  /// Reads the block; `standard` is the default type, `metrics` are the names that a schedule may monitor, and `own` are the losses of
  /// objectives outside this library.
  public init(
    _ c: FieldReader, default standard: String = SparseCategoricalConfig.type, metrics: [String] = ["validation.loss"],
    own: [any OwnLoss.Type] = []
  ) {
    place = c.place
    let classification = Self.classificationLosses.map { type in
      FieldReader.Variant(type.type, type.doc) { (Kind.classification(type.init($0, metrics: metrics)), type.type) }
    }
    let regression: [FieldReader.Variant<(Kind, String)>] = [
      .init("mse", "Mean squared error.") { _ in (.regression(.meanSquaredError), "mse") },
      .init("mae", "Mean absolute error.") { _ in (.regression(.meanAbsoluteError), "mae") },
      .init("huber", "Squared error up to delta, absolute beyond.") {
        let delta = $0.number("delta", default: 1, in: .above(0), doc: "Error above which the loss is linear.")
        return (.regression(.huber(delta: delta)), "huber")
      },
    ]
    (kind, name) = c.variant(
      "type", default: standard,
      doc:
        "The loss; by default `sparse_categorical_crossentropy` for classes, `mse` for numbers and `binary_crossentropy` for several labels.",
      classification + regression + own.map { type in FieldReader.Variant(type.type, type.doc) { (Kind.own(type.init($0)), type.type) } })
  }

  private var classification: (any ClassificationLossConfig)? {
    if case .classification(let config) = kind { config } else { nil }
  }

  /// Label smoothing over a run; nil for losses without it. Losses made here have its constant value, or 0 where it is scheduled: see
  /// ``ClassificationLoss/smoothed(by:)``.
  public var labelSmoothing: ScalarSchedule? { classification?.labelSmoothing }

  /// Whether class weights are `balanced`.
  public var isBalanced: Bool {
    if case .balanced? = classification?.weighting.weights { true } else { false }
  }

  /// Whether it is a loss for classes whose probabilities are the softmax of the model's outputs.
  public var isSoftmax: Bool { classification?.isSoftmax ?? false }

  /// Whether the last layer is one of clusters, not linear.
  public var hasClusters: Bool { classification is AdaptiveSoftmaxConfig }

  /// Whether it is a ``HeadLoss``, which takes the place of the last layer in training.
  public var replacesHead: Bool { classification is SampledSoftmaxConfig || hasClusters }

  /// The loss as a multiple of a negative log-likelihood: 2 for a squared error (normal distribution of unit variance), 1 for all others.
  public var likelihoodFactor: Double {
    if case .regression(.meanSquaredError) = kind { 2 } else { 1 }
  }

  /// The label whose rows are ignored; nil for losses without one.
  public var ignoredLabel: Int? { classification?.ignoredLabel }

  /// The loss for one of `classes` a row, which have `counts` training rows; `find` gives the index of a class from its name in a config.
  /// Throws for a loss of another task, and for a weight of a class that does not exist.
  public func classificationLoss(
    classes: [String], counts: [Int], find: ((String) -> Int?)? = nil
  ) throws(Diagnostics) -> any ClassificationLoss {
    switch kind {
    case .classification(let config): return try config.loss(TrainingClasses(classes, counts: counts, find: find))
    case .regression: throw unfit("is a regression loss and the task is classification; use \(SparseCategoricalConfig.type)")
    case .own: throw unfit("does not support classification; use \(SparseCategoricalConfig.type)")
    }
  }

  /// The loss for any of `labels` a row, which have `positives` of the `rows` training rows. Its class weights are positive weights. Throws
  /// for a loss of another task, and for a weight of a label that does not exist.
  public func multiLabelLoss(labels: [String], positives: [Int], rows: Int) throws(Diagnostics) -> BinaryCrossEntropy {
    guard let config = classification as? BinaryConfig else {
      throw unfit("does not support multilabel classification; use \(BinaryConfig.type)")
    }
    return config.loss(negative: nil, positive: try config.weighting.values(labels: labels, positives: positives, rows: rows))
  }

  /// The loss for numeric targets. Throws for a loss of another task.
  public func regressionLoss() throws(Diagnostics) -> RegressionLoss {
    switch kind {
    case .regression(let loss): return loss
    case .own: throw unfit("does not support regression; use mse, mae or huber")
    case .classification: throw unfit("is a classification loss and the task is regression; use mse, mae or huber")
    }
  }

  /// The options of a token-level loss. Throws for any loss but plain cross-entropy, and for options that do not apply to tokens.
  public func tokenOptions() throws(Diagnostics) -> CrossEntropyOptions {
    guard let config = classification as? SparseCategoricalConfig, config.source == .logits else {
      throw unfit("cannot be used for language modeling; use \(SparseCategoricalConfig.type) from logits")
    }
    guard config.weighting.weights.isNone, config.options.ignoredLabel == -100 else {
      throw unfit("does not support class_weights and ignore_index for language modeling; remove them")
    }
    return CrossEntropyOptions(labelSmoothing: Float(config.labelSmoothing?.constant ?? 0))
  }

  /// The error for a loss that the objective does not support; `message` lists those it does.
  public func unfit(_ message: String) -> Diagnostics { Self.unfit(name, at: place, message) }

  static func unfit(_ name: String, at place: Place, _ message: String) -> Diagnostics {
    Diagnostics(.invalidValue, at: place, "loss.type: \(name) \(message)")
  }
}
