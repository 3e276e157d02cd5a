import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperTables

/// What `train` in a config says: how long, in which batches, and how often it is evaluated.
public struct TrainConfig: Sendable {
  /// A stretch of training.
  public enum Length: Sendable, Equatable {
    /// Passes over the training rows.
    case epochs(Int)
    /// Updates of the weights.
    case steps(Int)

    /// The stretch in updates, of which an epoch has `perEpoch`.
    public func steps(perEpoch: Int) -> Int {
      switch self {
      case .epochs(let epochs): epochs * perEpoch
      case .steps(let steps): steps
      }
    }
  }

  /// How long the run is, unless it stops early.
  public let length: Length
  /// Rows of a batch.
  public let batchSize: Int
  /// Whether each epoch has an order of its own.
  public let shuffles: Bool
  /// How classes weigh where rows are drawn with replacement; none where every row comes once an epoch.
  public let classSampling: ClassWeighting.Weights
  /// How training rows are changed each time they come up; nil for not at all.
  public let augment: AugmentConfig?
  /// Rows of a batch in evaluations.
  public let evalBatchSize: Int
  /// Batches whose gradients make one update.
  public let accumulationSteps: Int
  /// The global norm that gradients are clipped to; nil for none.
  public let maxGradNorm: Double?
  /// From one evaluation to the next.
  public let evalEvery: Length
  /// Parameters that are not trained.
  public let frozen: [NamePattern]

  /// Reads the block of a config whose models take text, or numbers.
  public init(_ c: FieldReader, isText: Bool) {
    length = c.epochsOrSteps(
      "epochs", "max_steps", defaultEpochs: 50, doc: ("Passes over the training rows.", "Updates of the weights, instead of epochs."))
    batchSize = c.integer("batch_size", default: 32, in: 1...1_000_000, doc: "Rows of a batch; for a language, windows of the context.")
    shuffles = c.bool(
      "shuffle", default: true, doc: "Whether rows come in another order in each epoch; false keeps the order of the file.")
    classSampling = ClassWeighting.Weights(
      c, "sampling",
      doc: "Draw rows with replacement, as many an epoch as there are: `balanced` draws every class equally often, a map of classes "
        + "multiplies the chance of their rows, 1 for classes not named.")
    if !shuffles, c.isSet("sampling") {
      c.fail("sampling", .contradiction, "draws rows at random, and shuffle is false; give one of the two", with: ["shuffle"])
    }
    augment = c.optionalObject("augment", doc: "How training rows are changed each time they come up; other rows never are.") {
      AugmentConfig($0)
    }
    evalBatchSize = c.integer(
      "eval_batch_size", default: isText ? batchSize : 512, in: 1...1_000_000,
      doc: "Rows of a batch in evaluations; by default 512, for text train.batch_size.")
    let ofRows = (shuffles ? [] : ["shuffle"]) + ["sampling", "augment"].filter { c.isSet($0) }
    if isText, let key = ofRows.first {
      c.fail(
        key, .invalidValue, "is about rows of features, and text comes in an order of its own; remove it", with: ["task", "data.text"])
    }
    accumulationSteps = c.integer(
      "gradient_accumulation_steps", default: 1, in: 1...1_000_000, doc: "Batches whose gradients are added up for one update.")
    maxGradNorm = c.optionalNumber(
      "max_grad_norm", in: .above(0), doc: "Global norm that gradients are clipped to; `null` for no clipping.")
    frozen = c.patterns("freeze", doc: "Parameters that stay as they are, by name; `*` stands for anything, as in `transformer.h.0.*`.")
    evalEvery = c.epochsOrSteps(
      "eval_every_epochs", "eval_every_steps", defaultEpochs: 1,
      doc: ("Epochs from one evaluation to the next.", "Updates from one evaluation to the next, instead of epochs."))
  }
}

extension TrainConfig {
  /// How rows of `classes`, of which the training rows have `counts`, are drawn. Throws where the config names a class that does not exist, or
  /// leaves nothing to draw.
  func sampling(classes: [String], counts: [Int], _ file: ConfigFile) throws(Diagnostics) -> Sampling {
    guard
      let weights = try classSampling.values(
        "train.sampling", classes: classes, counts: counts, find: Target.classes(label: "", names: classes).classFinder)
    else {
      return shuffles ? .shuffled : .inOrder
    }
    guard zip(weights, counts).contains(where: { $0 > 0 && $1 > 0 }) else {
      throw file.mistake("train.sampling", "gives no class that there is any chance; let one be above 0")
    }
    return .weighted(classes: weights.map(Double.init))
  }
}

/// What `checkpoint` in a config says.
public struct CheckpointConfig: Sendable {
  /// From one checkpoint to the next; nil for at evaluations, as often as takes little of the run's time.
  public let every: TrainConfig.Length?
  /// How many of the latest checkpoints are kept.
  public let keepLast: Int
  /// How many of those with the best value of the metric that early stopping watches are kept besides.
  public let keepBest: Int

  /// Reads the block.
  public init(_ c: FieldReader) {
    c.exclusive("every_steps", "every_epochs")
    let steps = c.optionalInteger(
      "every_steps", in: 1...1_000_000_000,
      doc: "Updates from one checkpoint to the next; by default one at each evaluation, as long as they take less than 2 % of the time.")
    let epochs = c.optionalInteger("every_epochs", in: 1...1_000_000, doc: "The same in epochs.")
    every = steps.map { .steps($0) } ?? epochs.map { .epochs($0) }
    keepLast = c.integer("keep_last", default: 1, in: 1...1_000_000, doc: "Latest checkpoints that are kept.")
    keepBest = c.integer(
      "keep_best", default: 0, in: 0...1_000_000,
      doc: "Checkpoints that are kept besides: those with the best values of `early_stopping.monitor`, written at any evaluation.")
  }
}

extension FieldReader {
  /// One of two keys that exclude each other; where neither is given, a number of epochs.
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
