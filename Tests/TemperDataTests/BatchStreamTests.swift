import TemperCore
import Testing

import TemperData

@Suite struct BatchPlanTests {
  /// Every row is in exactly one batch, and only the last batch may differ in size.
  @Test func batchesCoverAnEpochOnce() {
    for rows in 1...40 {
      for size in 1...45 {
        for smallest in [1, 2] where rows >= smallest && size >= smallest {
          let plan = BatchPlan(rows: rows, batchSize: size, smallest: smallest)
          let ranges = (0..<plan.batches).map(plan.range)
          #expect(ranges.flatMap { $0 } == Array(0..<rows), "\(rows) rows by \(size)")
          #expect(ranges.allSatisfy { $0.count >= smallest }, "\(rows) rows by \(size), at least \(smallest)")
          #expect(ranges.dropLast().allSatisfy { $0.count == plan.batchSize })
          #expect(ranges.map(\.count).max() == plan.largest)
        }
      }
    }
  }

  @Test func aLastBatchTooSmallJoinsTheOneBefore() {
    #expect(sizes(BatchPlan(rows: 9, batchSize: 4)) == [4, 4, 1])
    #expect(sizes(BatchPlan(rows: 9, batchSize: 4, smallest: 2)) == [4, 5])
    #expect(sizes(BatchPlan(rows: 10, batchSize: 4, smallest: 2)) == [4, 4, 2])
    #expect(sizes(BatchPlan(rows: 3, batchSize: 2, smallest: 2)) == [3])
    #expect(sizes(BatchPlan(rows: 3, batchSize: 100)) == [3])
  }

  private func sizes(_ plan: BatchPlan) -> [Int] { (0..<plan.batches).map { plan.range($0).count } }
}

@Suite struct BatchStreamTests {
  /// Rows whose features, label and id all follow from their number.
  private func dataset(_ rows: Int, width: Int = 3) -> Dataset {
    Dataset(
      features: (0..<rows * width).map { Float($0) }, width: width, labels: (0..<rows).map { Int32($0 % 5) },
      rowIDs: (0..<rows).map { Int32(1000 + $0) })
  }

  /// The row ids of `count` epochs, batch by batch; checks that features and labels belong to them.
  private func epochs(_ count: Int, rows: Int, width: Int = 3, batchSize: Int, smallest: Int = 1, seed: UInt64 = 0) -> [[[Int32]]] {
    let plan = BatchPlan(rows: rows, batchSize: batchSize, smallest: smallest)
    let stream = BatchStream(dataset(rows, width: width), plan, random: RandomStreams(seed: seed))
    return (0..<count).map { _ in
      (0..<plan.batches).map { _ in
        let batch = stream.nextBatch()
        #expect(batch.inputs.shape == [batch.count, width])
        for (place, id) in batch.rowIDs.enumerated() {
          let row = Int(id) - 1000
          #expect(batch.labels[place] == Int32(row % 5))
          #expect((0..<width).allSatisfy { batch.inputs.pointer[place * width + $0] == Float(row * width + $0) })
        }
        return batch.rowIDs
      }
    }
  }

  @Test(arguments: [(53, 8, 1), (53, 100, 1), (53, 53, 1), (53, 4, 2), (1, 1, 1), (2, 2, 2), (53, 1, 1), (53, 13, 2)])
  func everyRowComesOnceAnEpoch(rows: Int, batchSize: Int, smallest: Int) {
    for epoch in epochs(7, rows: rows, batchSize: batchSize, smallest: smallest) {
      #expect(epoch.flatMap { $0 }.sorted() == (0..<rows).map { Int32(1000 + $0) })
      #expect(epoch.allSatisfy { $0.count >= smallest })
    }
  }

  @Test func withoutShufflingRowsKeepTheirOrder() {
    let stream = BatchStream(dataset(7), BatchPlan(rows: 7, batchSize: 3), sampling: .inOrder, random: RandomStreams(seed: 1))
    let batches = (0..<6).map { _ in stream.nextBatch().rowIDs }
    #expect(batches == [[1000, 1001, 1002], [1003, 1004, 1005], [1006], [1000, 1001, 1002], [1003, 1004, 1005], [1006]])
  }

  @Test func theOrderDependsOnSeedAndEpochOnly() {
    let small = epochs(4, rows: 53, batchSize: 3).map { $0.flatMap { $0 } }
    let large = epochs(4, rows: 53, width: 9, batchSize: 20, smallest: 2).map { $0.flatMap { $0 } }
    #expect(small == large)
    #expect(Set(small).count == 4)
    let other = epochs(4, rows: 53, batchSize: 3, seed: 1).map { $0.flatMap { $0 } }
    #expect(zip(small, other).allSatisfy { $0 != $1 })
  }

  /// A block is 256 KiB at most and 256 batches at most: rows of 4 KiB put a few batches into one, rows of 12 bytes several epochs.
  @Test func blocksThatEndWithinAnEpochLoseNothing() {
    for (rows, width, size) in [(100, 1024, 7), (10, 3, 1), (300, 3, 1), (40, 70_000, 8)] {
      for epoch in epochs(5, rows: rows, width: width, batchSize: size) {
        #expect(Set(epoch.flatMap { $0 }).count == rows, "\(rows) rows of \(width)")
      }
    }
  }

  /// A run that goes on takes the batches that one never interrupted would take.
  @Test(arguments: [0, 1, 5, 7, 8, 20, 300]) func aStreamMayStartAtAnyBatch(first: Int) {
    let plan = BatchPlan(rows: 53, batchSize: 8)
    let whole = BatchStream(dataset(53), plan, random: RandomStreams(seed: 3))
    for _ in 0..<first { _ = whole.nextBatch() }
    let rest = BatchStream(dataset(53), plan, random: RandomStreams(seed: 3), first: first)
    for _ in 0..<30 { #expect(rest.nextBatch().rowIDs == whole.nextBatch().rowIDs) }
  }

  @Test func aBatchIsValidWhileItsBlockIs() {
    let stream = BatchStream(dataset(64), BatchPlan(rows: 64, batchSize: 4), random: RandomStreams(seed: 5))
    let first = stream.nextBatch()
    let (ids, features) = (first.rowIDs, Array(UnsafeBufferPointer(start: first.inputs.pointer, count: first.inputs.count)))
    for _ in 0..<200 { _ = stream.nextBatch() }
    #expect(first.rowIDs == ids)
    #expect(Array(UnsafeBufferPointer(start: first.inputs.pointer, count: first.inputs.count)) == features)
  }

  @Test func batchesCarryTargets() {
    let data = Dataset(
      features: (0..<10).map(Float.init), width: 1, targets: .values((0..<20).map { Float($0) * 10 }, width: 2), rowIDs: Array(0..<10))
    let stream = BatchStream(data, BatchPlan(rows: data.count, batchSize: 4), random: RandomStreams(seed: 1))
    var seen: [Int32] = []
    for _ in 0..<6 {
      let batch = stream.nextBatch()
      #expect(batch.labels == [] && batch.values?.shape == [batch.count, 2])
      #expect(batch.values?.values == batch.rowIDs.flatMap { [Float($0) * 20, Float($0) * 20 + 10] })
      seen += batch.rowIDs
    }
    #expect(seen.prefix(10).sorted() == Array(0..<10) && seen.suffix(10).sorted() == Array(0..<10))
    let classes = Dataset(features: [1, 2], width: 1, labels: [0, 1], rowIDs: [0, 1])
    #expect(BatchStream(classes, BatchPlan(rows: classes.count, batchSize: 2), random: RandomStreams(seed: 1)).nextBatch().values == nil)
  }

  @Test(.timeLimit(.minutes(1))) func aStreamCanBeLetGoAtAnyTime() {
    let data = dataset(500, width: 40)
    for round in 0..<200 {
      let stream = BatchStream(data, BatchPlan(rows: data.count, batchSize: 1 + round % 40), random: RandomStreams(seed: UInt64(round)))
      // None, a few, or just past the end of a block.
      for _ in 0..<[0, 3, 257, 300][round % 4] { _ = stream.nextBatch() }
    }
  }
}
