import TemperCore
import TemperJSON

/// The block `loss` of a config. What a loss needs to know about the data is passed when it is made.
public struct LossConfig: Sendable {
  /// The available losses.
  public enum Kind: Sendable {
    /// Multi-class classification.
    case sparseCategorical(SparseCategoricalConfig)
    /// Multi-class classification with emphasis on hard rows.
    case focal(FocalConfig)
    /// Binary or multi-label classification.
    case binary(BinaryConfig)
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
    _ c: FieldReader, default standard: String = "sparse_categorical_crossentropy", metrics: [String] = ["validation.loss"],
    own: [any OwnLoss.Type] = []
  ) {
    place = c.place
    (kind, name) = c.variant(
      "type", default: standard,
      doc:
        "The loss; by default `sparse_categorical_crossentropy` for classes, `mse` for numbers and `binary_crossentropy` for several labels.",
      [
        .init("sparse_categorical_crossentropy", "Cross-entropy against one class a row.") {
          (.sparseCategorical(SparseCategoricalConfig($0, metrics: metrics)), "sparse_categorical_crossentropy")
        },
        .init("focal", "Cross-entropy that down-weights well-classified rows.") {
          (.focal(FocalConfig($0, metrics: metrics)), "focal")
        },
        .init("binary_crossentropy", "Cross-entropy with one logit for two classes, or one for each label.") {
          (.binary(BinaryConfig($0, metrics: metrics)), "binary_crossentropy")
        },
        .init("mse", "Mean squared error.") { _ in (.regression(.meanSquaredError), "mse") },
        .init("mae", "Mean absolute error.") { _ in (.regression(.meanAbsoluteError), "mae") },
        .init("huber", "Squared error up to delta, absolute beyond.") {
          let delta = $0.number("delta", default: 1, in: .above(0), doc: "Error above which the loss is linear.")
          return (.regression(.huber(delta: delta)), "huber")
        },
      ] + own.map { type in FieldReader.Variant(type.type, type.doc) { (Kind.own(type.init($0)), type.type) } })
  }

  /// Label smoothing over a run; nil for losses without it. Losses made here have its constant value, or 0 where it is scheduled: see
  /// ``ClassificationLoss/smoothed(by:)``.
  public var labelSmoothing: ScalarSchedule? {
    switch kind {
    case .sparseCategorical(let config): config.options.labelSmoothing
    case .focal(let config): config.options.labelSmoothing
    case .binary(let config): config.labelSmoothing
    case .regression, .own: nil
    }
  }

  /// Whether class weights are `balanced`.
  public var isBalanced: Bool {
    let weighting: ClassWeighting? =
      switch kind {
      case .sparseCategorical(let config): config.options.weighting
      case .focal(let config): config.options.weighting
      case .binary(let config): config.weighting
      case .regression, .own: nil
      }
    return if case .balanced? = weighting?.weights { true } else { false }
  }

  /// The loss as a multiple of a negative log-likelihood: 2 for a squared error (normal distribution of unit variance), 1 for all others.
  public var likelihoodFactor: Double {
    if case .regression(.meanSquaredError) = kind { 2 } else { 1 }
  }

  /// The label whose rows are ignored; nil for losses without one.
  public var ignoredLabel: Int? {
    switch kind {
    case .sparseCategorical(let config): config.options.ignoreIndex
    case .focal(let config): config.options.ignoreIndex
    case .binary, .regression, .own: nil
    }
  }

  /// The loss for one of `classes` a row, which have `counts` training rows; `find` gives the index of a class from its name in a config.
  /// Throws for a loss of another task, and for a weight of a class that does not exist.
  public func classificationLoss(
    classes: [String], counts: [Int], find: ((String) -> Int?)? = nil
  ) throws(Diagnostics) -> ClassificationLoss {
    func options(_ config: ClassLossConfig) throws(Diagnostics) -> CrossEntropyOptions {
      CrossEntropyOptions(
        classWeights: try config.weighting.values(classes: classes, counts: counts, find: find),
        normalization: config.weighting.normalization, labelSmoothing: Float(config.labelSmoothing.constant ?? 0))
    }
    switch kind {
    case .sparseCategorical(let config):
      return .sparseCategorical(SparseCategoricalCrossEntropy(try options(config.options), from: config.source))
    case .focal(let config): return .focal(FocalLoss(gamma: config.gamma, try options(config.options)))
    case .binary(let config):
      guard classes.count == 2 else {
        throw unfit("requires two classes, but the training rows have \(classes.count); use sparse_categorical_crossentropy")
      }
      let weights = try config.weighting.values(classes: classes, counts: counts, find: find)
      return .binary(config.loss(negative: weights.map { [$0[0]] }, positive: weights.map { [$0[1]] }))
    case .regression: throw unfit("is a regression loss and the task is classification; use sparse_categorical_crossentropy")
    case .own: throw unfit("does not support classification; use sparse_categorical_crossentropy")
    }
  }

  /// The loss for any of `labels` a row, which have `positives` of the `rows` training rows. Its class weights are positive weights. Throws
  /// for a loss of another task, and for a weight of a label that does not exist.
  public func multiLabelLoss(labels: [String], positives: [Int], rows: Int) throws(Diagnostics) -> BinaryCrossEntropy {
    guard case .binary(let config) = kind else { throw unfit("does not support multilabel classification; use binary_crossentropy") }
    return config.loss(negative: nil, positive: try config.weighting.values(labels: labels, positives: positives, rows: rows))
  }

  /// The loss for numeric targets. Throws for a loss of another task.
  public func regressionLoss() throws(Diagnostics) -> RegressionLoss {
    switch kind {
    case .regression(let loss): return loss
    case .own: throw unfit("does not support regression; use mse, mae or huber")
    case .sparseCategorical, .focal, .binary: throw unfit("is a classification loss and the task is regression; use mse, mae or huber")
    }
  }

  /// The options of a token-level loss. Throws for any loss but plain cross-entropy, and for options that do not apply to tokens.
  public func tokenOptions() throws(Diagnostics) -> CrossEntropyOptions {
    guard case .sparseCategorical(let config) = kind, config.source == .logits else {
      throw unfit("cannot be used for language modeling; use sparse_categorical_crossentropy from logits")
    }
    guard config.options.weighting.weights.isNone, config.options.ignoreIndex == -100 else {
      throw unfit("does not support class_weights and ignore_index for language modeling; remove them")
    }
    return CrossEntropyOptions(labelSmoothing: Float(config.options.labelSmoothing.constant ?? 0))
  }

  /// The error for a loss that the objective does not support; `message` lists those it does.
  public func unfit(_ message: String) -> Diagnostics {
    Diagnostics(.invalidValue, at: place, "loss.type: \(name) \(message)")
  }
}

/// The common settings of the multi-class losses.
public struct ClassLossConfig: Sendable {
  /// The probability mass spread evenly over all classes.
  public let labelSmoothing: ScalarSchedule
  /// The class weights.
  public let weighting: ClassWeighting
  /// The label whose rows are ignored.
  public let ignoreIndex: Int

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    labelSmoothing = c.labelSmoothing("Probability mass spread evenly over all classes", metrics: metrics)
    weighting = ClassWeighting(c)
    ignoreIndex = c.integer(
      "ignore_index", default: -100, doc: "Label to ignore: its rows are excluded from training and evaluation.")
  }
}

/// Settings of `sparse_categorical_crossentropy`.
public struct SparseCategoricalConfig: Sendable {
  /// What the model's outputs are.
  public let source: SparseCategoricalCrossEntropy.Source
  /// Smoothing, weights and the ignored class.
  public let options: ClassLossConfig

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    source = c.choice(
      "from", default: SparseCategoricalCrossEntropy.Source.logits,
      doc:
        "What the model's outputs are: with `probabilities` it ends in a softmax, whose values are clipped to 1e-7 ... 1 - 1e-7, as Keras does."
    )
    options = ClassLossConfig(c, metrics: metrics)
  }
}

/// Settings of `focal`.
public struct FocalConfig: Sendable {
  /// The focusing parameter.
  public let gamma: Double
  /// Smoothing, weights and the ignored class.
  public let options: ClassLossConfig

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    gamma = c.number("gamma", default: 2, in: 0..., doc: "Focusing parameter, which down-weights well-classified rows; 0 is cross-entropy.")
    options = ClassLossConfig(c, metrics: metrics)
  }
}

/// Settings of `binary_crossentropy`.
public struct BinaryConfig: Sendable {
  /// How far targets are moved towards 1/2, from 0 to 1.
  public let labelSmoothing: ScalarSchedule
  /// The class weights.
  public let weighting: ClassWeighting

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    labelSmoothing = c.labelSmoothing("Fraction by which targets are moved towards 1/2", metrics: metrics)
    weighting = ClassWeighting(c)
  }

  func loss(negative: [Float]?, positive: [Float]?) -> BinaryCrossEntropy {
    BinaryCrossEntropy(
      BinaryCrossEntropyOptions(
        positiveWeights: positive, negativeWeights: negative, normalization: weighting.normalization,
        labelSmoothing: Float(labelSmoothing.constant ?? 0)))
  }
}

extension FieldReader {
  /// The label smoothing key, the same for every loss that has it.
  fileprivate func labelSmoothing(_ meaning: String, metrics: [String]) -> ScalarSchedule {
    scalarOrSchedule(
      "label_smoothing", default: 0, in: 0..<1, metrics: metrics,
      doc: "\(meaning); if scheduled, in training only: evaluations then report the loss without it.")
  }
}
