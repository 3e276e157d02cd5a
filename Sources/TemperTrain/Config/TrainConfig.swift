import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperTables

/// The `train` block of a config: length of training, batches and evaluation frequency.
public struct TrainConfig: Sendable {
  /// A duration of training.
  public enum Length: Sendable, Equatable {
    /// Epochs: passes over the training rows.
    case epochs(Int)
    /// Steps: updates of the weights.
    case steps(Int)

    /// The duration in updates, with `perEpoch` per epoch.
    public func steps(perEpoch: Int) -> Int {
      switch self {
      case .epochs(let epochs): epochs * perEpoch
      case .steps(let steps): steps
      }
    }
  }

  /// The duration of the run, unless it stops early.
  public let length: Length
  /// The time after which the run stops, in minutes over all its resumptions; nil for no limit.
  public let maxMinutes: Double?
  /// The factor above the recent mean at which a step's loss ends the run as diverged; nil for none.
  public let maxLossRatio: Double?
  /// Rows per batch.
  public let batchSize: Int
  /// Whether rows are shuffled in each epoch.
  public let shuffles: Bool
  /// Class weights for sampling rows with replacement; none if every row is used once per epoch.
  public let classSampling: ClassWeighting.Weights
  /// How training rows are augmented each time they are used; nil for not at all.
  public let augment: AugmentConfig?
  /// Rows per batch in evaluations.
  public let evalBatchSize: Int
  /// Batches whose gradients are accumulated per update.
  public let accumulationSteps: Int
  /// The global norm for gradient clipping; nil for none.
  public let maxGradNorm: Double?
  /// Interval between evaluations.
  public let evalEvery: Length
  /// Parameters that are not trained.
  public let frozen: [NamePattern]

  /// Reads the block of a config whose models take text or features; `metrics` are the names that a schedule may monitor.
  public init(_ c: FieldReader, isText: Bool, metrics: [String]) {
    length = c.epochsOrSteps(
      "epochs", "max_steps", defaultEpochs: 50, doc: ("Passes over the training rows.", "Updates of the weights, instead of epochs."))
    maxMinutes = c.optionalNumber(
      "max_minutes", in: .above(0),
      doc:
        "Time after which the run is evaluated, saved and ended, over all its resumptions; `null` for no limit. Of cross-validation it is "
        + "the time of each fold, not of all. How many steps it takes then depends on the machine.")
    maxLossRatio = c.optionalNumber(
      "max_loss_ratio", in: .above(1),
      doc: "The run ends as diverged if a step's loss is more than this many times the recent mean (exponential, decay 0.98), "
        + "after the first 20 steps; `null` for none. A spike that does not end it raises the mean: half as much after 34 steps, a hundredth "
        + "after 228.")
    batchSize = c.integer("batch_size", default: 32, in: 1...1_000_000, doc: "Rows per batch; for language modeling, windows.")
    shuffles = c.bool(
      "shuffle", default: true, doc: "Shuffle rows in each epoch; false keeps the order of the file.")
    classSampling = ClassWeighting.Weights(
      c, "sampling",
      doc: "Draw rows with replacement, as many per epoch as there are: `balanced` draws every class equally often, a map of classes "
        + "multiplies the probability of their rows, 1 for classes not named.")
    if !shuffles, c.isSet("sampling") {
      c.fail("sampling", .contradiction, "draws rows at random, but shuffle is false; remove one of the two", with: ["shuffle"])
    }
    augment = c.optionalObject("augment", doc: "Augmentation of training rows each time they are used; other rows are never changed.") {
      AugmentConfig($0, metrics: metrics)
    }
    evalBatchSize = c.integer(
      "eval_batch_size", default: isText ? batchSize : 512, in: 1...1_000_000,
      doc: "Rows per batch in evaluations; by default 512, for text train.batch_size.")
    let ofRows = (shuffles ? [] : ["shuffle"]) + ["sampling", "augment"].filter { c.isSet($0) }
    if isText, let key = ofRows.first {
      c.fail(
        key, .invalidValue, "is not supported for text; remove it", with: ["task", "data.text"])
    }
    accumulationSteps = c.integer(
      "gradient_accumulation_steps", default: 1, in: 1...1_000_000, doc: "Batches whose gradients are accumulated per update.")
    maxGradNorm = c.optionalNumber(
      "max_grad_norm", in: .above(0), doc: "Global norm for gradient clipping; `null` for none.")
    frozen = c.patterns("freeze", doc: "Parameters that are not trained, by name; `*` matches anything, as in `transformer.h.0.*`.")
    evalEvery = c.epochsOrSteps(
      "eval_every_epochs", "eval_every_steps", defaultEpochs: 1,
      doc: ("Epochs between evaluations.", "Updates between evaluations, instead of epochs."))
  }
}

extension TrainConfig {
  /// How rows of `classes`, with `counts` training rows each, are sampled. Throws if the config names an unknown class, or leaves
  /// nothing to sample.
  func sampling(classes: [String], counts: [Int], _ file: ConfigFile) throws(Diagnostics) -> Sampling {
    guard
      let weights = try classSampling.values(
        "train.sampling", classes: classes, counts: counts, find: Target.classes(label: "", names: classes).classFinder)
    else {
      return shuffles ? .shuffled : .inOrder
    }
    guard zip(weights, counts).contains(where: { $0 > 0 && $1 > 0 }) else {
      throw file.mistake("train.sampling", "sets the weight of every class in the training rows to 0; set one above 0")
    }
    return .weighted(classes: weights.map(Double.init))
  }
}

/// The `checkpoint` block of a config.
public struct CheckpointConfig: Sendable {
  /// Interval between checkpoints; nil for at evaluations, as often as costs little of the run's time.
  public let every: TrainConfig.Length?
  /// How many of the latest checkpoints are kept.
  public let keepLast: Int
  /// How many of the best by the metric that early stopping monitors are also kept.
  public let keepBest: Int

  /// Reads the block.
  public init(_ c: FieldReader) {
    c.exclusive("every_steps", "every_epochs")
    let steps = c.optionalInteger(
      "every_steps", in: 1...1_000_000_000,
      doc: "Updates between checkpoints; by default one at each evaluation, as long as they take less than 2 % of the time.")
    let epochs = c.optionalInteger("every_epochs", in: 1...1_000_000, doc: "Epochs between checkpoints.")
    every = steps.map { .steps($0) } ?? epochs.map { .epochs($0) }
    keepLast = c.integer("keep_last", default: 1, in: 1...1_000_000, doc: "Number of latest checkpoints to keep.")
    keepBest = c.integer(
      "keep_best", default: 0, in: 0...1_000_000,
      doc: "Number of checkpoints to keep besides: the best by `early_stopping.monitor`, written at any evaluation.")
  }
}

extension FieldReader {
  /// One of two mutually exclusive keys; a number of epochs if neither is given.
  fileprivate func epochsOrSteps(_ epochs: String, _ steps: String, defaultEpochs: Int, doc: (epochs: String, steps: String))
    -> TrainConfig.Length
  {
    exclusive(epochs, steps)
    if has(steps) {
      return .steps(integer(steps, in: 1...1_000_000_000, doc: doc.steps))
    }
    let count = integer(epochs, default: defaultEpochs, in: 1...1_000_000, doc: doc.epochs)
    _ = optionalInteger(steps, in: 1...1_000_000_000, doc: doc.steps)
    return .epochs(count)
  }
}
