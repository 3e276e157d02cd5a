import TemperJSON
import TemperNN

/// What `optimizer` in a config says: the update rule, its step size, and what decay acts on.
public struct OptimizerConfig: Sendable {
  /// The update rules.
  public enum Rule: Sendable {
    /// Stochastic gradient descent.
    case sgd(SGDConfig)
    /// Adam with decoupled decay.
    case adamw(AdamWConfig)
  }

  /// The update rule and its own settings.
  public let rule: Rule
  /// The peak of the schedule.
  public let learningRate: Double
  /// What weight decay and penalties act on.
  public let decayOn: DecayScope

  /// Reads the block.
  public init(_ c: FieldReader) {
    rule = c.variant(
      "type", default: "adamw", doc: "Update rule.",
      [
        .init("adamw", "Adam with decoupled weight decay.") { .adamw(AdamWConfig($0)) },
        .init("sgd", "Stochastic gradient descent with momentum.") { .sgd(SGDConfig($0)) },
      ])
    learningRate = c.number("learning_rate", default: 1e-3, in: .above(0), doc: "Step size; the schedule starts from it.")
    decayOn = c.choice(
      "decay_on", default: DecayScope.matrices,
      doc: "What weight decay and the L2 penalty act on: `matrices` leaves biases and norms alone.")
  }

  /// The optimiser for the parameters of `store`.
  public func optimizer(for store: ParameterStore) -> any Optimizer {
    switch rule {
    case .sgd(let config): SGD(store, config, decaying: decayOn)
    case .adamw(let config): AdamW(store, config, decaying: decayOn)
    }
  }
}
