import TemperJSON
import TemperMetrics
import TemperNN
import TemperTestSupport
import Testing

@testable import TemperGuard

@Suite struct StoppingTests {
  private let loss = MonitoredError("validation.loss")

  /// The number, from 1, of the first evaluation at which `criterion` has evidence; nil if there is none. Each is told what a copy restored from
  /// the state says.
  private func stop(_ criterion: any StoppingCriterion, _ moments: [TrainingMoment]) throws -> Int? {
    var (criterion, blank) = (criterion, criterion)
    for (index, moment) in moments.enumerated() {
      criterion.observe(moment)
      try blank.restore(criterion.state)
      #expect(blank.evidence == criterion.evidence && blank.state == criterion.state)
      if criterion.evidence != nil { return index + 1 }
    }
    return nil
  }

  private func moments(_ validation: [Double?], training: [Double?]? = nil) -> [TrainingMoment] {
    validation.indices.map { index in
      TrainingMoment(
        step: 10 * (index + 1), seconds: Double(index) * 30, trainLoss: training?[index],
        metrics: validation[index].map { ["validation.loss": $0, "validation.accuracy": 1 - $0, "train.loss": $0 / 4] } ?? [:])
    }
  }

  @Test func theCriteriaOfPrecheltStopWhereTheyShould() throws {
    let golden = try Goldens.json("prechelt.json")
    let (validation, training) = (try #require(golden["validation"]?.numbers), try #require(golden["training"]?.numbers))
    let curve = moments(validation, training: training)
    var best = Double.infinity
    for (value, wanted) in zip(validation, try #require(golden["generalization_loss"]?.numbers)) {
      best = min(best, value)
      #expect(abs(generalizationLoss(value, best: best) - wanted) < 1e-8)
    }
    for (index, wanted) in try #require(golden["training_progress"]?.array).enumerated() where !wanted.isNull {
      #expect(abs(trainingProgress(Array(training[(index - 4)...index])) - (wanted.number ?? 0)) < 1e-6)
    }
    let stops = try #require(golden["stops"]?.members)
    #expect(stops.count == 12)
    for (name, value) in stops.map({ ($0.name, $0.value.integer) }) {
      let kind = name.prefix { $0.isLetter }
      let number = try #require(Double(name.dropFirst(kind.count)))
      // The accuracy that is one less the loss stops at the same place.
      for error in [loss, MonitoredError("validation.accuracy")] {
        let criterion: any StoppingCriterion =
          switch kind {
          case "GL": GeneralizationLoss(error, threshold: number)
          case "PQ": ProgressQuotient(error, threshold: number)
          case "UP": SuccessiveIncreases(error, strips: Int(number))
          default: TrainingProgress(threshold: number)
          }
        #expect(try stop(criterion, curve) == value, "\(name)")
      }
    }
  }

  @Test func zeroesAndMissingValues() throws {
    #expect(generalizationLoss(1, best: 0) == 0)
    #expect(generalizationLoss(-1, best: -2) == 50)
    #expect(try stop(GeneralizationLoss(loss, threshold: 5), moments([1, nil, .nan, 1.04, 2])) == 5)
    #expect(try stop(SuccessiveIncreases(loss, strips: 1, strip: 2), moments([1, 1, 5, nil, 5, 2])) == 6)
    // A training loss that does not change is no progress at all.
    let still = moments([1, 2], training: [1, 1])
    #expect(try stop(ProgressQuotient(loss, threshold: 1000, strip: 2), still) == 2)
    #expect(try stop(TrainingProgress(threshold: 0.1, strip: 2), still) == 2)
    #expect(try stop(TrainingProgress(threshold: 0.1, strip: 2), moments([1, 2], training: [nil, 1])) == nil)
  }

  @Test func gapsAndBudgets() throws {
    let curve = moments([1, 1, 1, 1, 1])
    #expect(try stop(RelativeGap(threshold: 0.7, patience: 2), curve) == 2)
    #expect(try stop(RelativeGap(threshold: 0.75, patience: 1), curve) == nil)
    #expect(try stop(RelativeGap(threshold: 0.7, patience: 2), moments([1, nil, 1])) == 3)
    #expect(try stop(Budget(30, .steps), curve) == 3)
    #expect(try stop(Budget(1.5, .minutes), curve) == 4)
    var budget = Budget(30, .steps)
    budget.observe(TrainingMoment(step: 30, metrics: [:]))
    #expect(
      budget.evidence == StoppingEvidence(criterion: "steps", value: 30, threshold: 30, words: "30 steps are used, of a budget of 30"))
  }

  @Test func anyAndAll() {
    func stop(_ combination: StoppingRule.Combination) -> (at: Int, criteria: [String])? {
      var rule = StoppingRule(
        EarlyStoppingConfig(
          patience: 2, criteria: [GeneralizationLoss(loss, threshold: 50), Budget(40, .steps)], combination: combination))
      for (index, moment) in moments([1, 1.1, 1.6, 1.7, 1.8]).enumerated() {
        rule.observe(moment)
        if !rule.evidence.isEmpty { return (index + 1, rule.evidence.map(\.criterion)) }
      }
      return nil
    }
    #expect(stop(.any)?.at == 3 && stop(.any)?.criteria == ["patience", "generalization_loss"])
    #expect(stop(.all)?.at == 4 && stop(.all)?.criteria == ["patience", "generalization_loss", "steps"])
    // Nothing is met at the start.
    #expect(StoppingRule(EarlyStoppingConfig(patience: nil, criteria: [Budget(1, .steps)], combination: .all)).evidence.isEmpty)
  }

  /// The first evaluations are passed over by all of them.
  @Test func aLateStart() throws {
    let config = EarlyStoppingConfig(
      patience: nil, startFrom: 2, criteria: [GeneralizationLoss(loss, threshold: 50), Budget(10, .steps)], combination: .all)
    var rule = StoppingRule(config)
    var stops: [Bool] = []
    for moment in moments([0.1, 2, 1, 1.2, 1.6]) {
      var copy = StoppingRule(config)
      try copy.restore(rule.state)
      rule = copy
      rule.observe(moment)
      stops.append(!rule.evidence.isEmpty)
    }
    #expect(stops == [false, false, false, false, true])
  }

  /// A greater patience continues a run that had stopped.
  @Test func patienceCanBeRaised() throws {
    var rule = StoppingRule(EarlyStoppingConfig(patience: 1))
    for moment in moments([1, 2]) { rule.observe(moment) }
    #expect(rule.evidence.map(\.words) == ["validation.loss has not improved for 1 evaluation"])
    var (same, raised) = (StoppingRule(EarlyStoppingConfig(patience: 1)), StoppingRule(EarlyStoppingConfig(patience: 2)))
    try same.restore(rule.state)
    try raised.restore(rule.state)
    #expect(same.evidence == rule.evidence && raised.evidence.isEmpty)
  }
}
