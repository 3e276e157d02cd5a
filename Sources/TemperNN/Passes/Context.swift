import TemperCore

/// What a forward pass needs besides its input. Passes use no global state.
public struct Context {
  /// Whether dropout is active and batch normalisation uses the batch statistics.
  public let isTraining: Bool
  /// The training step, from 0; dropout masks depend on it.
  public let step: Int
  /// The global number of each row of the batch; dropout masks depend on it too.
  public let rows: [Int32]
  /// The dropout rate after each hidden layer at this step; a single one applies to all.
  public let dropoutRates: [Double]
  /// The rates of what else is dropped at this step.
  public let skipping: SkippingRates
  /// The weight of the newest batch in running statistics; nil for that of the layer.
  public let normMomentum: Float?
  /// The factor of the divergence that variational dropout adds to the objective.
  public let klWeight: Double
  /// λ of the penalty on activations; 0 for none.
  public let activationL1: Double
  /// The random streams of the run, for what a loss draws; nil outside training.
  public let random: RandomStreams?
  /// Collects what layers add to the objective; nil outside training.
  public let terms: LossTerms?
  /// Receives activations as they are computed, for monitors.
  public let hooks: ActivationHooks?
  /// The keys and values of earlier positions, for a pass that continues a sequence; the batch then has one row.
  public let cache: KeyValueCache?

  /// A training pass; without `terms`, layers add nothing to the objective.
  public static func training(
    step: Int, rows: [Int32], dropoutRates: [Double] = [], skipping: SkippingRates = .none, klWeight: Double = 1,
    activationL1: Double = 0, normMomentum: Float? = nil, random: RandomStreams? = nil, terms: LossTerms? = nil
  ) -> Context {
    Context(
      isTraining: true, step: step, rows: rows, dropoutRates: dropoutRates, skipping: skipping, normMomentum: normMomentum,
      klWeight: klWeight, activationL1: activationL1, random: random, terms: terms, hooks: nil, cache: nil)
  }

  /// An evaluation pass: no dropout, running statistics.
  public static func evaluation(hooks: ActivationHooks? = nil) -> Context {
    notTraining(hooks: hooks)
  }

  /// An evaluation pass over the next tokens of the one sequence whose keys and values are in `cache`, to which it appends theirs.
  public static func generation(_ cache: KeyValueCache) -> Context {
    notTraining(cache: cache)
  }

  private static func notTraining(hooks: ActivationHooks? = nil, cache: KeyValueCache? = nil) -> Context {
    Context(
      isTraining: false, step: 0, rows: [], dropoutRates: [], skipping: .none, normMomentum: nil, klWeight: 0, activationL1: 0, random: nil,
      terms: nil, hooks: hooks,
      cache: cache)
  }

  /// Adds λ times the mean over rows of Σ|h| to the objective, for the activations `h` of a hidden layer, `[rows, units]`: as Keras'
  /// `activity_regularizer` with L1.
  func penalizeActivations(_ h: Tensor) {
    guard activationL1 > 0, let terms, h.shape[0] > 0 else { return }
    terms.add("activation_l1", weight: activationL1 / Double(h.shape[0]), h.magnitude().sum())
  }

  /// The dropout rate after hidden layer `index`.
  func dropoutRate(_ index: Int) -> Double {
    dropoutRates.count <= 1 ? dropoutRates.first ?? 0 : dropoutRates[index]
  }
}
