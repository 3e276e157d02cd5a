import TemperCore
import TemperGuard
import TemperJSON
import TemperNN
import TemperOptim
import TemperTables

/// A whole config: everything a run depends on besides the data itself.
public struct RunConfig: Sendable {
  /// The run's name, and that of its directory.
  public let name: String
  /// The random seed.
  public let seed: Int
  /// The folder of the run's directory.
  public let outputDirectory: String
  /// Maximum number of threads for kernels; nil for all available to the process.
  public let threads: Int?
  /// The components that a config may name.
  public let components: Components
  /// The task.
  public let task: TaskDefinition
  /// The data.
  public let data: any InputConfig
  /// Label noise injected into the training rows; nil for none.
  public let labelNoise: LabelNoise?
  /// The model.
  public let model: any ModelConfig
  /// Source of the initial weights; nil for the model's own initialisers.
  public let start: InitConfig?
  /// The loss.
  public let loss: LossConfig
  /// The optimiser.
  public let optimizer: OptimizerConfig
  /// The learning rate schedule.
  public let schedule: ScheduleConfig
  /// Penalties and dropout.
  public let regularization: RegularizationConfig
  /// Length of training and batches.
  public let train: TrainConfig
  /// The average of the weights; nil for none.
  public let average: WeightAverageConfig?
  /// When to stop early; nil if turned off.
  public let earlyStopping: EarlyStoppingConfig?
  /// Signs of burn-in and their tolerances; nil if nobody looks.
  public let guarding: GuardConfig?
  /// Whether a temperature is fitted to the validation rows once training has ended.
  public let calibrates: Bool
  /// When to save the run's state; nil for only on interruption.
  public let checkpoint: CheckpointConfig?
  /// What is logged at evaluations besides metrics.
  public let log: LogConfig
  /// Bounds on the results.
  public let expectations: [Expectation]
  /// What to search for; nil without a `sweep` block. Training takes no notice of it.
  public let sweep: SweepConfig?
  /// Whether warnings are errors.
  public let isStrict: Bool

  /// Whether it says how long training may take, so that results differ from machine to machine.
  public var watchesClock: Bool { train.maxMinutes != nil || earlyStopping?.criteria.contains(where: \.watchesClock) ?? false }

  /// Reads a config of `components`. `defaultName` is the file name without its extension.
  public init(_ c: FieldReader, defaultName: String, _ components: Components = .standard) {
    self.components = components
    let watchable = components.watchable
    name = c.optionalString("name", doc: "Name of the run and its directory; by default the file name without extension.") ?? defaultName
    seed = c.integer("seed", default: 0, in: 0..., doc: "Random seed.")
    let names = components.tasks.map(\.name)
    let taskName = c.choice(
      "task", of: names, default: names[0],
      doc: "What to predict: " + components.tasks.map { "\($0.doc) (`\($0.name)`)" }.joined(separator: ", ") + ".")
    let task = components.task(taskName) ?? components.tasks[0]
    self.task = task
    outputDirectory = c.string("output_dir", default: "runs", doc: "Folder for the run's directory; relative to the working directory.")
    threads = c.optionalInteger("threads", in: 1...1024, doc: "Number of threads; by default all available to the process.")
    var data: any InputConfig
    (data, labelNoise) = c.object("data", doc: "Training data.") { ($0.input(task, components.inputs), LabelNoise.read($0, task)) }
    let start = c.optionalObject("init", doc: "Source of the initial weights; `null` for model.initializer.") { InitConfig($0) }
    self.start = start
    let kind = task.sampleKind ?? data.sampleKind ?? .features
    let model = c.object("model", doc: "Model.") { $0.model(taking: kind, components, isLoaded: start != nil) }
    self.model = model
    loss = c.object("loss", doc: "Loss.") {
      LossConfig($0, default: task.defaultLoss, metrics: watchable, own: components.tasks.flatMap(\.losses))
    }
    let rule = model.standardOptimizer
    optimizer = c.object("optimizer", doc: "Optimiser.") {
      OptimizerConfig($0, metrics: watchable, standard: rule)
    }
    schedule = c.object("schedule", doc: "Learning rate schedule.") {
      ScheduleConfig($0, metrics: watchable)
    }
    regularization = c.object("regularization", doc: "L1/L2 penalties and dropout.") {
      RegularizationConfig($0, metrics: watchable)
    }
    train = c.object("train", doc: "Length of training and batches.") { TrainConfig($0, isText: kind != .features, metrics: watchable) }
    // Columns of a shape keep their positions, constant ones such as the corner pixels of an image included.
    data.fit(
      to: InputSurroundings(
        model: model, ignoredLabel: loss.ignoredLabel, keepsConstants: train.augment?.shape != nil || model.keepsConstants), c)
    self.data = data
    average = c.optionalObject(
      "weight_average",
      doc: "Average of the weights, which is then evaluated, kept as the best, and saved; `null` for none."
    ) { WeightAverageConfig($0) }
    earlyStopping = c.objectUnlessNull("early_stopping", doc: "Early stopping; `null` for none.") {
      EarlyStoppingConfig($0, metrics: watchable)
    }
    guarding = c.objectUnlessNull("guard", doc: "Signs of burn-in, which guard.json lists when the run ends; `null` for no such file.") {
      GuardConfig($0)
    }
    calibrates = c.bool(
      "calibrate", default: false,
      doc:
        "Fit a temperature to the validation rows when the run ends, by which predicted probabilities are calibrated (Guo et al. 2017); which class "
        + "is the likeliest never changes.")
    if calibrates, task.target != .classes {
      c.fail("calibrate", .invalidValue, "is only supported for classification, and the task is \(task.name); remove it", with: ["task"])
    }
    if calibrates, task.target == .classes, !loss.isSoftmax {
      c.fail(
        "calibrate", .contradiction,
        "requires a loss whose probabilities are a softmax, such as sparse_categorical_crossentropy; remove it, or change loss.type",
        with: ["loss.type"])
    }
    checkpoint = c.objectUnlessNull(
      "checkpoint", doc: "When to save the state of the run for `--resume`; `null` for only on interruption."
    ) { CheckpointConfig($0) }
    log = c.object("log", doc: "What to log at evaluations besides metrics.") { LogConfig($0, task) }
    expectations = Expectation.read(c, task)
    sweep = c.optionalObject("sweep", doc: "Search of `temper sweep` over keys of this config; `temper train` takes no notice of it.") {
      SweepConfig($0, task)
    }
    isStrict = c.bool(
      "strict", default: false,
      doc: "Treat warnings as errors: those before training prevent the run from starting, others end it with exit code 10.")
    for name in [earlyStopping?.monitor].compactMap({ $0 }) where !task.has(name) {
      c.fail("early_stopping.monitor", .invalidValue, task.unknown(name), with: ["task"])
    }
    if let name = earlyStopping?.criteria.flatMap(\.monitors).first(where: { !task.has($0) }) {
      c.fail("early_stopping.criteria", .invalidValue, "monitor: \(task.unknown(name))", with: ["task"])
    }

    if model.normalizesBatches, train.batchSize < 2 {
      c.fail(
        "train.batch_size", .invalidValue,
        "must be at least 2 with batch normalization (model.norm); raise it, or set model.norm to \"layer\"",
        with: ["model.norm"])
    }
    if task.target != .classes, !train.classSampling.isNone {
      c.fail(
        "train.sampling", .invalidValue, "is only supported for classification, and the task is \(task.name); remove it",
        with: ["task"])
    } else if case .balanced = train.classSampling, loss.isBalanced {
      c.fail(
        "train.sampling", .contradiction, "and loss.class_weights both correct the same imbalance; set only one of them to \"balanced\"",
        with: ["loss.class_weights"])
    }
    if let checkpoint, checkpoint.keepBest > 0, earlyStopping == nil {
      c.fail(
        "checkpoint.keep_best", .invalidValue, "requires early_stopping.monitor, but early_stopping is null; remove one of the two",
        with: ["early_stopping"])
    }
    if average?.comparesRaw == true, earlyStopping == nil {
      c.fail(
        "weight_average.compare_raw", .invalidValue, "requires early_stopping.monitor, but early_stopping is null; remove one of the two",
        with: ["early_stopping"])
    }
    if name.isEmpty || name.hasPrefix(".") || name.contains("/") || name.utf8.contains(0) {
      c.fail("name", .invalidValue, "must be a folder name: not empty, without a slash, and not starting with a dot")
    }
    if optimizer.rule.rows == .touched, !model.hasTable {
      c.fail(
        "optimizer.rows", .invalidValue,
        "\"touched\" requires an embedding table, which models for features have only with model.text_embedding; remove it",
        with: ["model.type", "model.text_embedding"])
    } else if optimizer.rule.rows == .touched, regularization.penalties.hasGradient {
      c.fail(
        "optimizer.rows", .contradiction,
        "is \"touched\", but the penalty gives every row a gradient; remove one of the two, or use l1 with l1_method \"proximal\"",
        with: ["regularization.l2", "regularization.l1"])
    }
    RegularizationConfig.check(regularization, model, c)
    checkTexts(c)
    if regularization.activationL1.constant != 0, !model.penalizesActivations {
      c.fail(
        "regularization.activation_l1", .invalidValue, "is only supported for mlp models; remove it", with: ["model.type"])
    }
    if loss.hasClusters, case .concrete = regularization.dropout {
      c.fail(
        "regularization.dropout.type", .invalidValue,
        "\"concrete\" is not supported with adaptive_softmax; use another type, or sampled_softmax",
        with: ["loss.type"])
    }
    checkDropout(c)
  }

  /// The JSON Schema of configs.
  public static var schema: JSON {
    FieldReader.schema(title: "Temper config", id: "temper.schema.json") { RunConfig($0, defaultName: "run") }
  }

  /// The Markdown tables of all keys and of the keys of a `schedule`, as in configs/KEYS.md.
  public static var markdownTable: String {
    markdown(table) + "\n\nWhere a number or a schedule is accepted, a schedule is an object with these keys:\n\n"
      + markdown(ScalarSchedule.table(metrics: Components.standard.watchable))
  }

  private static func markdown(_ rows: [FieldRow]) -> String {
    func escaped(_ text: String) -> String { text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") }
    let rows = rows.map { row in
      let name = "`\(row.path)`" + (row.types.isEmpty ? "" : " (\(row.types))")
      return "| " + [name, row.type, row.defaultText, row.range, row.doc].map(escaped).joined(separator: " | ") + " |"
    }
    return (["| key | type | default | range | meaning |", "|---|---|---|---|---|"] + rows).joined(separator: "\n")
  }

  /// Whether some config of `components` has the key at the path `key`, such as `train.epochs`.
  static func knows(_ key: String, _ components: Components) -> Bool {
    table(of: components).contains { $0.path == key || $0.path.hasPrefix(key + ".") }
  }

  /// Every key with its type, default and description.
  public static var table: [FieldRow] { table(of: .standard) }

  private static func table(of components: Components) -> [FieldRow] {
    FieldReader.table { RunConfig($0, defaultName: "run", components) }
  }
}

/// The `regularization` block of a config.
public struct RegularizationConfig: Sendable {
  /// L1 and L2 penalties.
  public let penalties: PenaltyConfig
  /// Dropout of hidden units.
  public let dropout: DropoutConfig
  /// The places of a transformer that it is at; nil for those of its type.
  public let dropoutPlaces: [TransformerDropout.Place]?
  /// λ of the penalty on the activations of hidden layers.
  public let activationL1: ScalarSchedule
  /// The rate at which hidden weights are dropped.
  public let dropConnect: ScalarSchedule
  /// The rate at which the last residual block is dropped.
  public let stochasticDepth: ScalarSchedule

  /// Reads the block; `metrics` are the names that a schedule may monitor.
  public init(_ c: FieldReader, metrics: [String]) {
    penalties = PenaltyConfig(c, metrics: metrics)
    activationL1 = c.scalarOrSchedule(
      "activation_l1", default: 0, in: 0..., metrics: metrics,
      doc: "λ of the penalty λ Σ|h| on the activations h of hidden layers, a mean over the rows of a batch.")
    dropConnect = c.scalarOrSchedule(
      "dropconnect", default: 0, in: 0..<1, metrics: metrics,
      doc: "Probability that a weight of a hidden layer of an `mlp` is dropped for a step (Wan et al. 2013).")
    stochasticDepth = c.scalarOrSchedule(
      "stochastic_depth", default: 0, in: 0..<1, metrics: metrics,
      doc: "Probability that a row skips the last residual block; that of block l of L is l / L of it (Huang et al. 2016).")
    (dropout, dropoutPlaces) = c.object("dropout", doc: "Dropout.") { (DropoutConfig($0, metrics: metrics), $0.dropoutPlaces()) }
  }

  /// The dropout of a transformer that replaces its own rates; nil where those hold.
  public var transformerDropout: TransformerDropout? { dropout.isNone ? nil : TransformerDropout(dropout, places: dropoutPlaces) }
}
