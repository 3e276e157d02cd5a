import TemperCore
import TemperData
import Testing

@testable import TemperText

@Suite struct FeatureTextRowsTests {
  private let rows: FeatureTextRows = {
    let count = 7
    let targets = RowTargets(.classes((0..<count).map { Int32($0 % 2) }), rowIDs: (0..<Int32(count)).map { $0 })
    let features = (0..<count).flatMap { [Float($0), Float(10 * $0)] }
    let texts = TextRows(targets) { row in (0..<row % 4).map { Int32(10 * row + $0) } }
    return FeatureTextRows(Samples(features, .features(2), count: count), texts)
  }()

  /// In every batch a row has its own features, ids and target.
  private func expectTogether(_ batch: Batch<FeaturesAndTexts>) {
    #expect(batch.inputs.features.shape == [batch.count, 2] && batch.inputs.texts.count == batch.count)
    for (place, id) in batch.rowIDs.enumerated() {
      let row = Int(id)
      #expect(batch.inputs.features.values[2 * place..<2 * place + 2] == [Float(row), Float(10 * row)])
      #expect(Array(batch.inputs.texts.ids[batch.inputs.texts.range(place)]) == (0..<row % 4).map { Int32(10 * row + $0) })
      #expect(batch.labels[place] == Int32(row % 2))
    }
  }

  @Test func anEpochHasEachRowOnce() {
    let plan = BatchPlan(rows: 7, batchSize: 3)
    let stream = BatchStream(rows.trainingBatches(plan, TrainingOrder(), random: RandomStreams(seed: 1)), first: 0, isAhead: false)
    var seen: [Int32] = []
    for _ in 0..<plan.batches {
      let batch = stream.nextBatch()
      expectTogether(batch)
      seen += batch.rowIDs
    }
    #expect(seen.sorted() == Array(0..<7) && seen != Array(0..<7))
  }

  @Test func evaluationHasAllRows() {
    func check(_ batches: some FiniteBatches<Batch<FeaturesAndTexts>>) -> Int {
      var count = 0
      batches.forEachBatch { batch, _ in
        expectTogether(batch)
        count += batch.count
      }
      return count
    }
    #expect(check(rows.evaluationBatches(size: 3)) == 7)
  }
}
