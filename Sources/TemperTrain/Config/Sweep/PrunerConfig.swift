import TemperJSON

/// How a sweep ends trials early: `sweep.pruner`.
public enum PrunerConfig: Sendable, Equatable {
  /// Not at all.
  case none
  /// Below the median of the others at the same step.
  case median(startupTrials: Int, warmupSteps: Int)
  /// Not among the best 1 / reduction factor at a rung.
  case successiveHalving(minResource: Int, reductionFactor: Int)
  /// Several brackets of successive halving.
  case hyperband(minResource: Int, maxResource: Int?, reductionFactor: Int)
  /// Worse than the best trial on the same seeds or folds.
  case wilcoxon(p: Double, startupSteps: Int)

  init(_ c: FieldReader) {
    func least(_ c: FieldReader) -> Int {
      c.integer("min_resource", default: 1, in: 1...1_000_000_000, doc: "Evaluations of the first rung.")
    }
    func factor(_ c: FieldReader) -> Int {
      c.integer("reduction_factor", default: 4, in: 2...1000, doc: "One trial in so many goes on at each rung.")
    }
    self = c.variant(
      "type", default: "none", doc: "Pruner.",
      [
        .init("none", "Every trial is trained to its end.") { _ in .none },
        .init("median", "Ends a trial whose best value so far is worse than the median of the others at the same evaluation.") { c in
          .median(
            startupTrials: c.integer("startup_trials", default: 5, in: 0...1_000_000, doc: "Complete trials before any is ended."),
            warmupSteps: c.integer("warmup", default: 0, in: 0...1_000_000_000, doc: "Evaluations of a trial before it can be ended."))
        },
        .init("successive_halving", "Asynchronous successive halving (Li 2020).") { c in
          .successiveHalving(minResource: least(c), reductionFactor: factor(c))
        },
        .init("hyperband", "Brackets of successive halving that differ in their first rung (Li 2018).") { c in
          .hyperband(
            minResource: least(c),
            maxResource: c.optionalInteger(
              "max_resource", in: 1...1_000_000_000,
              doc: "Evaluations of a whole trial; by default the number of its seeds and folds, if there are several."),
            reductionFactor: c.integer("reduction_factor", default: 3, in: 2...1000, doc: "One trial in so many goes on at each rung."))
        },
        .init("wilcoxon", "Ends a trial that is worse than the best one on the same seeds or folds, by a signed-rank test.") { c in
          .wilcoxon(
            p: c.number("p_threshold", default: 0.1, in: 0...1, precision: .double, doc: "Ended if p is below."),
            startupSteps: c.integer("startup_seeds", default: 2, in: 0...1000, doc: "Seeds or folds of a trial before it can be ended."))
        },
      ])
  }
}
