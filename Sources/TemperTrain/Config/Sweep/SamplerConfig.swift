import TemperJSON

/// How a sweep proposes parameters: `sweep.sampler`.
public enum SamplerConfig: Sendable, Equatable {
  /// Every combination once.
  case grid
  /// Independent draws.
  case random
  /// A scrambled Sobol sequence.
  case quasiRandom
  /// The tree-structured Parzen estimator.
  case tpe(startupTrials: Int, candidates: Int)
  /// A Gaussian process with expected improvement.
  case gp(startupTrials: Int)

  init(_ c: FieldReader) {
    func startup(_ c: FieldReader) -> Int {
      c.integer("startup_trials", default: 10, in: 1...1_000_000, doc: "Trials that are drawn at random before it learns from results.")
    }
    self = c.variant(
      "type", default: "tpe", doc: "Sampler; gp takes one objective and no conditional keys.",
      [
        .init("tpe", "Tree-structured Parzen estimator (Bergstra 2011), multivariate for one objective, as in Optuna 5.") { c in
          .tpe(
            startupTrials: startup(c),
            candidates: c.integer("candidates", default: 24, in: 1...10_000, doc: "Draws among which the best is proposed."))
        },
        .init("gp", "Gaussian process with expected improvement (Snoek 2012): few, costly trials of up to some 20 keys.") { c in
          .gp(startupTrials: startup(c))
        },
        .init("random", "Independent draws (Bergstra & Bengio 2012).") { _ in .random },
        .init("quasi_random", "Scrambled Sobol sequence: random, but spread evenly.") { _ in .quasiRandom },
        .init("grid", "Every combination once; keys must be choices or have steps.") { _ in .grid },
      ])
  }

  /// Whether proposals depend on results.
  public var isAdaptive: Bool {
    switch self {
    case .grid, .random, .quasiRandom: false
    case .tpe, .gp: true
    }
  }
}
