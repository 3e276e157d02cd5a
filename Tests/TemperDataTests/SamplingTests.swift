import TemperCore
import TemperRunSupport
import Testing

import TemperData

@Suite struct SamplingTests {
  /// 1000 rows: 900 of class 0, 90 of class 1 and 10 of class 2, whose feature is their number.
  private let dataset = Dataset(
    features: (0..<1000).map { Float($0) }, width: 1, labels: (0..<1000).map { $0 % 100 == 55 ? 2 : $0 % 10 == 5 ? 1 : 0 },
    rowIDs: (0..<1000).map { Int32($0) })

  /// The rows of `epochs` epochs in their order.
  private func rows(_ weights: [Double], epochs: Int, batchSize: Int = 64, seed: UInt64 = 0) -> [[Int32]] {
    let labels = dataset.labels
    let plan = BatchPlan(rows: 1000, batchSize: batchSize)
    let stream = BatchStream(dataset, plan, sampling: .weighted(classes: weights), random: RandomStreams(seed: seed))
    return (0..<epochs).map { _ in
      (0..<plan.batches).flatMap { _ in
        let batch = stream.nextBatch()
        #expect(batch.inputs.values == batch.rowIDs.map { Float($0) } && batch.labels == batch.rowIDs.map { labels[Int($0)] })
        return batch.rowIDs
      }
    }
  }

  private func shares(_ rows: [[Int32]]) -> [Double] {
    let labels = dataset.labels
    var counts = [0.0, 0, 0]
    for row in rows.joined() { counts[Int(labels[Int(row)])] += 1 }
    return counts.map { $0 / counts.reduce(0, +) }
  }

  @Test func weightsDecideTheSharesOfClasses() {
    // The inverse of how often a class occurs draws each as often; 1 everywhere draws as it is.
    let third = 1.0 / 3
    let cases: [(weights: [Double], expected: [Double])] = [
      ([1 / 0.9, 1 / 0.09, 1 / 0.01], [third, third, third]), ([1, 1, 1], [0.9, 0.09, 0.01]), ([1, 10, 0], [0.5, 0.5, 0]),
      ([0, 0, 2], [0, 0, 1]),
    ]
    for (weights, expected) in cases {
      let found = shares(rows(weights, epochs: 100))
      for (a, b) in zip(found, expected) {
        let error = (b * (1 - b) / 100_000).squareRoot()
        #expect(abs(a - b) <= 4 * error + 1e-12, "\(weights): \(found)")
      }
    }
  }

  /// The rows of one class are equally likely.
  @Test func rowsOfAClassAreAlike() {
    var counts = [Double](repeating: 0, count: 1000)
    for row in rows([0, 0, 1], epochs: 100).joined() { counts[Int(row)] += 1 }
    let drawn = counts.filter { $0 > 0 }
    #expect(drawn.count == 10)
    #expect(chiSquare(drawn) < 27.88, "the 0.999 quantile for 9 degrees of freedom")
  }

  @Test func theOrderDependsOnSeedAndEpochOnly() {
    let orders = rows([1, 5, 20], epochs: 4)
    #expect(orders.allSatisfy { $0.count == 1000 && Set($0).count < 1000 })
    #expect(orders == rows([1, 5, 20], epochs: 4, batchSize: 7))
    #expect(Set(orders).count == 4)
    #expect(zip(orders, rows([1, 5, 20], epochs: 4, seed: 1)).allSatisfy { $0 != $1 })
  }
}

@Suite struct LabelNoiseTests {
  private let clean = RowTargets(.classes((0..<1003).map { Int32($0 % 4) }), rowIDs: (0..<1003).map { Int32($0) })

  private func changes(_ share: Double, seed: UInt64 = 3) -> [Int: Int32] {
    let (noisy, changed) = clean.withLabelNoise(share, classes: 4, random: RandomStreams(seed: seed))
    #expect(noisy.rowIDs == clean.rowIDs)
    let pairs = zip(clean.labels, noisy.labels).enumerated().filter { $0.element.0 != $0.element.1 }
    #expect(Set(pairs.map(\.offset)) == Set(changed) && pairs.count == changed.count)
    return Dictionary(uniqueKeysWithValues: pairs.map { ($0.offset, $0.element.1) })
  }

  @Test(arguments: [(0, 0), (0.2, 201), (0.5, 502), (0.0004, 0), (0.0006, 1), (1, 1003)]) func exactlyTheShareChanges(
    share: Double, rows: Int
  ) {
    #expect(changes(share).count == rows)
  }

  /// Each of the three other classes comes as often.
  @Test func otherClassesAreEquallyLikely() {
    var counts = [[Double]](repeating: [0, 0, 0, 0], count: 4)
    for seed in 0..<40 {
      for (row, label) in changes(1, seed: UInt64(seed)) { counts[row % 4][Int(label)] += 1 }
    }
    for (own, others) in counts.enumerated() {
      #expect(others[own] == 0)
      #expect(chiSquare((0..<4).filter { $0 != own }.map { others[$0] }) < 13.82, "the 0.999 quantile for 2 degrees of freedom")
    }
  }

  @Test func aSmallerShareIsPartOfALargerOne() {
    let (few, many) = (changes(0.1), changes(0.3))
    #expect(few.allSatisfy { many[$0.key] == $0.value })
    #expect(changes(0.1) == few)
    #expect(changes(0.1, seed: 4) != few)
  }
}
