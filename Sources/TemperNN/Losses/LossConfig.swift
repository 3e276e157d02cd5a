import TemperCore
import TemperJSON

/// What `loss` in a config says. What a loss needs to know of the data comes in when it is made.
public struct LossConfig: Sendable {
  /// The losses there are.
  public enum Kind: Sendable {
    /// One class of several a row.
    case sparseCategorical(SparseCategoricalConfig)
    /// One class of several a row, the hard rows foremost.
    case focal(FocalConfig)
    /// One class of two a row, or any of several labels.
    case binary(BinaryConfig)
    /// Numbers.
    case regression(RegressionLoss)
    /// What an objective outside this library minimizes.
    case own(any OwnLoss)
  }

  /// The loss with its own settings.
  public let kind: Kind
  private let name: String
  private let place: Place

  /// Reads the block; `standard` is the type where none is named, `metrics` are the names that a schedule may watch, and `own` the losses of
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
        .init("focal", "Cross-entropy in which rows that are already right weigh less.") {
          (.focal(FocalConfig($0, metrics: metrics)), "focal")
        },
        .init("binary_crossentropy", "Cross-entropy with one logit for two classes, or one for each label.") {
          (.binary(BinaryConfig($0, metrics: metrics)), "binary_crossentropy")
        },
        .init("mse", "Mean squared error.") { _ in (.regression(.meanSquaredError), "mse") },
        .init("mae", "Mean absolute error.") { _ in (.regression(.meanAbsoluteError), "mae") },
        .init("huber", "Squared error up to delta, absolute beyond.") {
          let delta = $0.number("delta", default: 1, in: .above(0), doc: "The error from which on the loss grows in a straight line.")
          return (.regression(.huber(delta: delta)), "huber")
        },
      ] + own.map { type in FieldReader.Variant(type.type, type.doc) { (Kind.own(type.init($0)), type.type) } })
  }

  /// The share of smoothing over a run; nil for losses that have none. Losses made here have the share that never changes, or none where it
  /// does: see ``ClassificationLoss/smoothed(by:)``.
  public var labelSmoothing: ScalarSchedule? {
    switch kind {
    case .sparseCategorical(let config): config.options.labelSmoothing
    case .focal(let config): config.options.labelSmoothing
    case .binary(let config): config.labelSmoothing
    case .regression, .own: nil
    }
  }

  /// Whether classes weigh inversely to how often they occur.
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

  /// How many times a negative log-likelihood the loss is: twice for a squared error, as of a normal distribution of unit variance; once for
  /// all others.
  public var likelihoodFactor: Double {
    if case .regression(.meanSquaredError) = kind { 2 } else { 1 }
  }

  /// The label whose rows are left out; nil for losses that have none.
  public var ignoredLabel: Int? {
    switch kind {
    case .sparseCategorical(let config): config.options.ignoreIndex
    case .focal(let config): config.options.ignoreIndex
    case .binary, .regression, .own: nil
    }
  }

  /// The loss for one of `classes` a row, of which the training rows have `counts`; `find` gives the number of a class by the way a config
  /// writes it. Throws for a loss of another task, and for a weight of a class that does not exist.
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
        throw unfit("is for two classes, but the training rows have \(classes.count); take sparse_categorical_crossentropy")
      }
      let weights = try config.weighting.values(classes: classes, counts: counts, find: find)
      return .binary(config.loss(negative: weights.map { [$0[0]] }, positive: weights.map { [$0[1]] }))
    case .regression: throw unfit("is a loss of numbers, but the task is to tell classes apart; take sparse_categorical_crossentropy")
    case .own: throw unfit("is not a loss of classes; take sparse_categorical_crossentropy")
    }
  }

  /// The loss for any of `labels` a row, which `positives` of the `rows` training rows have. Its class weights are those of the positives.
  /// Throws for a loss of another task, and for a weight of a label that does not exist.
  public func multiLabelLoss(labels: [String], positives: [Int], rows: Int) throws(Diagnostics) -> BinaryCrossEntropy {
    guard case .binary(let config) = kind else { throw unfit("is not for rows with several labels; take binary_crossentropy") }
    return config.loss(negative: nil, positive: try config.weighting.values(labels: labels, positives: positives, rows: rows))
  }

  /// The loss for targets that are numbers. Throws for a loss of another task.
  public func regressionLoss() throws(Diagnostics) -> RegressionLoss {
    switch kind {
    case .regression(let loss): return loss
    case .own: throw unfit("is not a loss of numbers; take mse, mae or huber")
    case .sparseCategorical, .focal, .binary: throw unfit("is a loss of classes, but the targets are numbers; take mse, mae or huber")
    }
  }

  /// The options of a loss over the tokens of a text. Throws for another loss than plain cross-entropy, and for what tokens do not have.
  public func tokenOptions() throws(Diagnostics) -> CrossEntropyOptions {
    guard case .sparseCategorical(let config) = kind, config.source == .logits else {
      throw unfit("is no loss of tokens; take sparse_categorical_crossentropy from logits")
    }
    guard config.options.weighting.weights.isNone, config.options.ignoreIndex == -100 else {
      throw unfit("has class_weights or an ignore_index, and tokens have no classes of their own; remove them")
    }
    return CrossEntropyOptions(labelSmoothing: Float(config.options.labelSmoothing.constant ?? 0))
  }

  /// The error that this loss is not one of an objective; `message` says which are.
  public func unfit(_ message: String) -> Diagnostics {
    Diagnostics(.invalidValue, at: place, "loss.type: \(name) \(message)")
  }
}

/// What the losses of one class of several have in common.
public struct ClassLossConfig: Sendable {
  /// The share of the target spread over all classes.
  public let labelSmoothing: ScalarSchedule
  /// How classes weigh.
  public let weighting: ClassWeighting
  /// The label whose rows are left out.
  public let ignoreIndex: Int

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    labelSmoothing = c.labelSmoothing("Share of the target spread evenly over all classes", metrics: metrics)
    weighting = ClassWeighting(c)
    ignoreIndex = c.integer(
      "ignore_index", default: -100, doc: "The label that is left out: its rows are neither learned from nor evaluated on.")
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
  /// How much less rows weigh that are already right.
  public let gamma: Double
  /// Smoothing, weights and the ignored class.
  public let options: ClassLossConfig

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    gamma = c.number("gamma", default: 2, in: 0..., doc: "How much less rows weigh that are already right; 0 is cross-entropy.")
    options = ClassLossConfig(c, metrics: metrics)
  }
}

/// Settings of `binary_crossentropy`.
public struct BinaryConfig: Sendable {
  /// The share by which targets are drawn towards 1/2.
  public let labelSmoothing: ScalarSchedule
  /// How classes weigh.
  public let weighting: ClassWeighting

  /// Reads the keys.
  public init(_ c: FieldReader, metrics: [String]) {
    labelSmoothing = c.labelSmoothing("Share by which targets are drawn towards 1/2", metrics: metrics)
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
  /// The key of smoothing, the same for every loss that has it.
  fileprivate func labelSmoothing(_ meaning: String, metrics: [String]) -> ScalarSchedule {
    scalarOrSchedule(
      "label_smoothing", default: 0, in: 0..<1, metrics: metrics,
      doc: "\(meaning); by a schedule, in training only: evaluations then report the loss without.")
  }
}
