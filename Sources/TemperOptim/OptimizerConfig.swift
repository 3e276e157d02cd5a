import TemperJSON
import TemperNN

/// The block `optimizer` of a config: the update rule, its step size, and what decay acts on.
public struct OptimizerConfig: Sendable {
  /// The update rules.
  public enum Rule: Sendable {
    /// Stochastic gradient descent.
    case sgd(SGDConfig)
    /// Adam, with decoupled decay or without.
    case adamw(AdamWConfig)
    /// RMSProp.
    case rmsprop(RMSPropConfig)
    /// Adagrad.
    case adagrad(AdagradConfig)
    /// Adagrad with one sum for each row of a table.
    case rowwiseAdagrad(AdagradConfig)
    /// Lion.
    case lion(LionConfig)
  }

  /// The update rule and its own settings.
  public let rule: Rule
  /// The peak of the schedule.
  public let learningRate: Double
  /// What it is multiplied by for some parameters.
  public let rateFactors: RateFactors
  /// What weight decay and penalties act on.
  public let decayOn: DecayScope

  /// The default rule, which suits the model.
  public enum Standard: Sendable {
    /// For most models.
    case adamW
    /// For a large table of which a batch uses few rows: other rows need not be visited.
    case rowwiseAdagrad

    fileprivate var type: String {
      switch self {
      case .adamW: "adamw"
      case .rowwiseAdagrad: "rowwise_adagrad"
      }
    }

    fileprivate func learningRate(of rule: Rule) -> Double {
      switch (self, rule) {
      case (.rowwiseAdagrad, .rowwiseAdagrad), (.rowwiseAdagrad, .adagrad): 0.1
      default: 1e-3
      }
    }
  }

  /// Reads the block; `metrics` are the names that a schedule of the decay may monitor.
  public init(_ c: FieldReader, metrics: [String], standard: Standard = .adamW) {
    rule = c.variant(
      "type", default: standard.type, doc: "Update rule; by default `adamw`, or `rowwise_adagrad` if model.type is `ngram_linear`.",
      [
        .init("adamw", "Adam with decoupled weight decay.") { .adamw(AdamWConfig($0, decays: true, metrics: metrics)) },
        .init("adam", "Adam; for L2 see regularization.") { .adamw(AdamWConfig($0, decays: false, metrics: metrics)) },
        .init("sgd", "Stochastic gradient descent with momentum.") { .sgd(SGDConfig($0, metrics: metrics)) },
        .init("rmsprop", "RMSProp; for L2 see regularization.") { .rmsprop(RMSPropConfig($0)) },
        .init("adagrad", "Adagrad; for L2 see regularization.") { .adagrad(AdagradConfig($0)) },
        .init("rowwise_adagrad", "Adagrad with one sum for each row of an `ngram_linear`'s embedding table, and for each other weight.") {
          .rowwiseAdagrad(AdagradConfig($0))
        },
        .init("lion", "The sign of an average of gradients, with decoupled weight decay.") { .lion(LionConfig($0, metrics: metrics)) },
      ])
    learningRate = c.number(
      "learning_rate", default: standard.learningRate(of: rule), in: .above(0),
      doc: "Step size, the peak of the schedule. By default 0.1 for `rowwise_adagrad` and `adagrad` of `ngram_linear`.")
    rateFactors = c.rateFactors()
    decayOn = c.choice(
      "decay_on", default: DecayScope.matrices,
      doc: "What weight decay and the L1 and L2 penalties act on: `matrices` excludes biases and normalization layers.")
  }

  /// The decoupled decay over the run; nil for rules without it.
  public var weightDecay: ScalarSchedule? {
    switch rule {
    case .sgd(let config): config.weightDecay
    case .adamw(let config): config.weightDecay
    case .lion(let config): config.weightDecay
    case .rmsprop, .adagrad, .rowwiseAdagrad: nil
    }
  }

  /// The optimizer for the parameters of `store`. A ``DecayingOptimizer`` must be given ``weightDecay`` before each step, if that changes.
  public func optimizer(for store: ParameterStore) -> any Optimizer {
    switch rule {
    case .sgd(let config): SGD(store, config, decaying: decayOn, factors: rateFactors)
    case .adamw(let config): AdamW(store, config, decaying: decayOn, factors: rateFactors)
    case .rmsprop(let config): RMSProp(store, config, factors: rateFactors)
    case .adagrad(let config): Adagrad(store, config, factors: rateFactors)
    case .rowwiseAdagrad(let config): RowwiseAdagrad(store, config, factors: rateFactors)
    case .lion(let config): Lion(store, config, decaying: decayOn, factors: rateFactors)
    }
  }
}

extension OptimizerConfig.Rule {
  /// The configured choice of rows that a step updates; rules without it visit all that a gradient would change.
  public var rows: VisitedRows {
    switch self {
    case .sgd(let config): config.rows
    case .adamw(let config): config.rows
    case .rmsprop, .adagrad, .rowwiseAdagrad, .lion: .all
    }
  }
}

extension FieldReader {
  /// The key of rules with moving averages.
  func visitedRows() -> VisitedRows {
    choice(
      "rows", default: VisitedRows.all,
      doc: "Rows of embedding tables that a step updates: `all`, or `touched`, those that its batches use (lazy updates, as in "
        + "`torch.optim.SparseAdam`): averages and weights of the others do not change.")
  }

  /// The key for decoupled decay, the same for every rule that has it.
  func weightDecay(default standard: Double, metrics: [String]) -> ScalarSchedule {
    decayOrSchedule(
      "weight_decay", default: standard, metrics: metrics,
      doc: "Decoupled decay: weights shrink by learning rate times this; its schedule may be `adaptive` too. For L2 see regularization.")
  }
}
