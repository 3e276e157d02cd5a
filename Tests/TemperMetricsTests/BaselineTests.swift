import Glibc
import Testing

import TemperMetrics

/// What guessing scores, and when a model is better than it. Values as scikit-learn's `DummyClassifier` ("prior") and `DummyRegressor`
/// have them.
@Suite struct BaselineTests {
  private func rows(_ labels: [Int32], _ probabilities: [[Float]]) -> ClassificationAccumulator {
    var rows = ClassificationAccumulator(classes: probabilities[0].count, rows: labels.count)
    probabilities.flatMap { $0 }.withUnsafeBufferPointer { rows.add($0.baseAddress!, labels: labels, places: labels.indices) }
    return rows
  }

  private func value(_ baseline: Baseline?, _ name: String) -> Double? { baseline?.metrics.first { $0.name == name }?.value }

  @Test func theMostFrequentClass() {
    // Of 10 training rows 6 are of class 0; of the 4 judged, 1 is.
    let baseline = Baseline(rows([0, 1, 1, 2], Array(repeating: [0.2, 0.5, 0.3], count: 4)), counts: [6, 3, 1])
    #expect(baseline?.kind == .majorityClass && value(baseline, "accuracy") == 0.25)
    let expected = -(log(0.6) + 2 * log(0.3) + log(0.1)) / 4
    #expect(abs((value(baseline, "log_loss") ?? 0) - expected) < 1e-12)
    #expect(Baseline(rows([], [[]].map { _ in [Float(1), 0] }), counts: [0, 0]) == nil)
  }

  /// Of labels that are chance nothing is learned, however large the model; of a signal, something.
  @Test func chanceIsToldFromSkill() {
    let labels = (0..<200).map { Int32($0 * 7919 % 101 % 2) }
    func judged(_ share: Int) -> Bool {
      let probabilities = labels.enumerated().map { index, label -> [Float] in
        let isRight = index * 31 % 100 < share
        return (isRight ? label : 1 - label) == 0 ? [0.8, 0.2] : [0.2, 0.8]
      }
      return Baseline(rows(labels, probabilities), counts: [100, 100])?.isBeaten == true
    }
    for share in [20, 45, 50, 52] { #expect(!judged(share), "\(share) %") }
    for share in [65, 80, 100] { #expect(judged(share), "\(share) %") }
  }

  /// A rare class that is found now and then makes a model worth something, though its accuracy is below that of the majority.
  @Test func aRareClassCounts() {
    let labels = (0..<400).map { Int32($0 % 20 == 0 ? 1 : 0) }
    let found = labels.enumerated().map { index, label -> [Float] in
      label == 1 ? (index % 40 == 0 ? [0.4, 0.6] : [0.6, 0.4]) : (index % 9 == 1 ? [0.4, 0.6] : [0.6, 0.4])
    }
    let baseline = Baseline(rows(labels, found), counts: [380, 20])
    let report = ClassificationReport(rows(labels, found), classes: ["no", "yes"])
    #expect(report.accuracy ?? 1 < value(baseline, "accuracy") ?? 0)
    #expect(baseline?.isBeaten == true)
    let never = labels.map { _ -> [Float] in [0.95, 0.05] }
    #expect(Baseline(rows(labels, never), counts: [380, 20])?.isBeaten == false)
  }

  @Test func theMean() {
    let targets = (0..<60).map { Double($0 % 7) }
    let exact = Baseline(mean: 3, predictions: targets, targets: targets)
    #expect(exact?.kind == .mean && exact?.isBeaten == true)
    let rmse = (targets.reduce(0) { $0 + ($1 - 3) * ($1 - 3) } / 60).squareRoot()
    #expect(abs((value(exact, "rmse") ?? 0) - rmse) < 1e-12)
    #expect(Baseline(mean: 3, predictions: targets.map { _ in 3 }, targets: targets)?.isBeaten == false)
    let noise = targets.indices.map { 3 + Double($0 * 37 % 11 - 5) / 5 }
    #expect(Baseline(mean: 3, predictions: noise, targets: targets)?.isBeaten == false)
    #expect(Baseline(mean: 3, predictions: [], targets: []) == nil)
  }

  @Test func labelsThatMostRowsHave() {
    var rows = MultilabelAccumulator(width: 2, rows: 40)
    var targets: [Float] = []
    for row in 0..<40 { targets += [row % 4 == 0 ? 0 : 1, row % 5 == 0 ? 1 : 0] }
    targets.map { $0 * 0.8 + 0.1 }.withUnsafeBufferPointer { rows.add($0.baseAddress!, targets: targets) }
    let right = Baseline(rows, counts: [30, 8], total: 40)
    // The first label is always said, wrong of 10; the second never, wrong of 8.
    #expect(value(right, "hamming_loss") == 18.0 / 80 && value(right, "micro_f1") == 2.0 * 30 / (38 + 40))
    #expect(right?.isBeaten == true)
    var dull = MultilabelAccumulator(width: 2, rows: 40)
    let same: [Float] = (0..<80).map { $0 % 2 == 0 ? 0.7 : 0.2 }
    same.withUnsafeBufferPointer { dull.add($0.baseAddress!, targets: targets) }
    #expect(Baseline(dull, counts: [30, 8], total: 40)?.isBeaten == false)
  }

  @Test func everyTokenAlike() {
    let report = LanguageReport(lossSum: 100 * log(50), count: 100, bytes: 300)
    let better = Baseline(uniform: 64, loss: log(50), report)
    #expect(abs((value(better, "perplexity") ?? 0) - 64) < 1e-9 && better.isBeaten)
    #expect(abs((value(better, "bits_per_byte") ?? 0) - 2) < 1e-9)
    #expect(!Baseline(uniform: 40, loss: log(50), report).isBeaten)
  }
}
