import TemperCore

/// What a forward pass needs to know besides its input. Nothing about a pass is global.
public struct Context {
  /// Whether dropout drops and batch normalisation uses the batch's own statistics.
  public let isTraining: Bool
  /// The training step, counted from 0; part of what a dropout mask depends on.
  public let step: Int
  /// The global number of each row of the batch; the other part.
  public let rows: [Int32]
  /// The dropout rate behind each hidden layer at this step; a single one is that of all.
  public let dropoutRates: [Double]
  /// Takes what layers add to the objective; nil where nothing is trained.
  public let terms: LossTerms?
  /// Gets activations as they are computed, if a monitor wants them.
  public let hooks: ActivationHooks?
  /// The keys and values of the positions before the batch's, of which there is one row then: a pass that continues a sequence.
  public let cache: KeyValueCache?

  /// A training pass; without `terms`, what layers would add to the objective is left out.
  public static func training(step: Int, rows: [Int32], dropoutRates: [Double] = [], terms: LossTerms? = nil) -> Context {
    Context(isTraining: true, step: step, rows: rows, dropoutRates: dropoutRates, terms: terms, hooks: nil, cache: nil)
  }

  /// An evaluation pass: no dropout, running statistics.
  public static func evaluation(hooks: ActivationHooks? = nil) -> Context {
    Context(isTraining: false, step: 0, rows: [], dropoutRates: [], terms: nil, hooks: hooks, cache: nil)
  }

  /// An evaluation pass over the next tokens of the one sequence whose keys and values `cache` holds; it takes in theirs.
  public static func generation(_ cache: KeyValueCache) -> Context {
    Context(isTraining: false, step: 0, rows: [], dropoutRates: [], terms: nil, hooks: nil, cache: cache)
  }

  /// The dropout rate behind hidden layer `index`.
  func dropoutRate(_ index: Int) -> Double {
    dropoutRates.count <= 1 ? dropoutRates.first ?? 0 : dropoutRates[index]
  }
}
