import TemperCore
import TemperRunSupport
import Testing

import TemperData
import TemperText

@Suite("rows of text") struct TextRowTests {
  /// Rows of 0 to 29 ids that tell their row; the last of a row is 9.
  private func rows(_ count: Int, longest: Int? = nil, keepingLast: Int = 0) -> TextRows {
    TextRows(
      RowTargets(.classes((0..<count).map { Int32($0 % 4) }), rowIDs: (0..<count).map { Int32(1000 + $0) }), longest: longest,
      keepingLast: keepingLast
    ) { row in
      let length = row * 37 % 30
      if length == 0 { return [] }
      return [Int32](repeating: Int32(row), count: length - 1) + [9]
    }
  }

  @Test func rowsAreCutFromTheirEnd() {
    let all = rows(300)
    let lengths = (0..<300).map { (row: Int) -> Int in row * 37 % 30 }
    #expect(all.ids.count == lengths.reduce(0, +))
    #expect(all.length(2) == 14)
    let cut = rows(300, longest: 10, keepingLast: 1)
    #expect((0..<300).map(cut.length) == lengths.map { min(10, $0) })
    let shortened: [Int32] = [2, 2, 2, 2, 2, 2, 2, 2, 2, 9]
    #expect(Array(cut.ids[cut.starts[2]..<cut.starts[3]]) == shortened)
    let plain = rows(300, longest: 10)
    #expect(plain.ids[plain.starts[2]..<plain.starts[3]].count { $0 == 2 } == 10)
  }

  /// Checks that a batch holds its rows and padding, and gives their numbers.
  private func check(_ batch: Batch<TokenBatch>, _ rows: TextRows) -> [Int32] {
    checkTargets(batch, rows)
    for (row, own) in ids(batch, rows).enumerated() {
      let length = batch.inputs.length
      #expect(Array(batch.inputs.ids[row * length..<(row + 1) * length]) == own + [Int32](repeating: 77, count: length - own.count))
      #expect(batch.inputs.lengths?[row] == Int32(own.count))
    }
    return batch.rowIDs
  }

  private func check(_ batch: Batch<TokenBags>, _ rows: TextRows) -> [Int32] {
    checkTargets(batch, rows)
    for (row, own) in ids(batch, rows).enumerated() { #expect(Array(batch.inputs.ids[batch.inputs.range(row)]) == own) }
    return batch.rowIDs
  }

  private func ids<Inputs>(_ batch: Batch<Inputs>, _ rows: TextRows) -> [[Int32]] {
    batch.rowIDs.map { id in Array(rows.ids[rows.starts[Int(id) - 1000]..<rows.starts[Int(id) - 999]]) }
  }

  private func checkTargets<Inputs>(_ batch: Batch<Inputs>, _ rows: TextRows) {
    let labels = rows.targets.labels
    #expect(batch.labels == batch.rowIDs.map { labels[Int($0) - 1000] })
  }

  /// The orders of three epochs; checks that every row comes once in each.
  private func orders<Inputs>(
    _ samples: some SampleSet<Inputs>, _ plan: BatchPlan, _ check: (Batch<Inputs>) -> [Int32]
  ) -> Set<[Int32]> {
    let stream = BatchStream(samples.trainingBatches(plan, TrainingOrder(), random: RandomStreams(seed: 1)))
    let wanted = samples.targets.rowIDs
    return Set(
      (0..<3).map { _ in
        let seen = (0..<plan.batches).flatMap { _ in check(stream.nextBatch()) }
        #expect(seen.sorted() == wanted)
        return seen
      })
  }

  @Test(arguments: [(53, 8), (1000, 3), (1000, 1), (7, 100), (1000, 7)]) func everyRowComesOnceAnEpoch(count: Int, size: Int) {
    let data = rows(count)
    let plan = BatchPlan(rows: count, batchSize: size)
    // One batch of all is in order of length every time.
    #expect(orders(PaddedRows(data, padding: 77), plan) { check($0, data) }.count == (plan.batches == 1 ? 1 : 3))
    #expect(orders(BagRows(data), plan) { check($0, data) }.count == 3)
  }

  /// Lengths from 0 to 29, evenly: batches of the shuffled rows would be padded to 29 each.
  @Test func littleIsPadding() {
    let data = rows(3000)
    let plan = BatchPlan(rows: 3000, batchSize: 10)
    let stream = BatchStream(PaddedRows(data, padding: 77).trainingBatches(plan, TrainingOrder(), random: RandomStreams(seed: 2)))
    var (places, lengths): (Int, [Int]) = (0, [])
    for _ in 0..<plan.batches {
      let batch = stream.nextBatch()
      places += batch.inputs.ids.count
      lengths.append(batch.inputs.length)
    }
    #expect(Double(data.ids.count) / Double(places) > 0.95)
    #expect(lengths != lengths.sorted(), "batches are shuffled")
  }

  @Test(arguments: [0, 1, 18, 19, 40, 200]) func aStreamMayStartAtAnyBatch(first: Int) {
    let plan = BatchPlan(rows: 150, batchSize: 8)
    func stream(_ first: Int) -> BatchStream<Batch<TokenBatch>> {
      BatchStream(
        PaddedRows(rows(150), padding: 77).trainingBatches(plan, TrainingOrder(), random: RandomStreams(seed: 3)), first: first)
    }
    let (whole, rest) = (stream(0), stream(first))
    for _ in 0..<first { _ = whole.nextBatch() }
    for _ in 0..<50 {
      let (a, b) = (whole.nextBatch(), rest.nextBatch())
      #expect(a.inputs == b.inputs && a.labels == b.labels && a.rowIDs == b.rowIDs)
    }
  }

  @Test func evaluationTakesTheLongestFirst() {
    let data = rows(103)
    var lengths: [Int] = []
    let padded = PaddedRows(data, padding: 77).evaluationBatches(size: 8)
    var places: [Int] = []
    padded.forEachBatch { batch, index in
      #expect(check(batch, data) == padded.places(index).map { Int32(1000 + $0) })
      places += padded.places(index)
      lengths.append(batch.inputs.length)
    }
    #expect(lengths == lengths.sorted(by: >) && places.sorted() == Array(0..<103))
    let bags = BagRows(data).evaluationBatches(size: 8)
    #expect(bags.count == padded.count)
    bags.forEachBatch { batch, index in #expect(check(batch, data) == bags.places(index).map { Int32(1000 + $0) }) }
  }

  @Test func valuesToPredictComeWithTexts() {
    let targets = RowTargets(.values((0..<20).map { Float($0) }, width: 2), rowIDs: (0..<10).map { Int32($0) })
    let data = BagRows(TextRows(targets) { [Int32($0)] })
    let stream = BatchStream(data.trainingBatches(BatchPlan(rows: 10, batchSize: 4), TrainingOrder(), random: RandomStreams(seed: 1)))
    for _ in 0..<6 {
      let batch = stream.nextBatch()
      #expect(batch.labels.isEmpty && batch.values?.values == batch.rowIDs.flatMap { [Float(2 * $0), Float(2 * $0 + 1)] })
    }
  }
}

@Suite("hashed n-grams") struct NGramTests {
  private func hasher(words: Int = 1, shortest: Int = 3, longest: Int = 0, buckets: Int = 1 << 30, lowercases: Bool = true) -> NGramHasher {
    NGramHasher(NGramConfig(words: words, shortest: shortest, longest: longest, buckets: buckets, lowercases: lowercases))
  }

  @Test func wordsAndTheirSequences() {
    let one = hasher().ids("the cat, the dog's 7\u{7}")
    #expect(one.count == 6 && one[0] == one[3] && Set(one).count == 5)
    let two = hasher(words: 2).ids("the cat sat")
    #expect(two.count == 5)
    let single = hasher().ids("the cat sat")
    #expect([two[0], two[2], two[4]] == single)
    // A pair is another thing than its parts or the two as one word, and is found again elsewhere.
    #expect(Set(two + hasher().ids("thecat")).count == 6)
    #expect(hasher(words: 2).ids("a cat sat").contains(two[3]))
    #expect(hasher().ids("").isEmpty && hasher().ids(" \n\t").isEmpty)
  }

  @Test func charactersWithinWords() {
    // <it>: `<it`, `it>`; the whole is the word itself.
    #expect(hasher(shortest: 3, longest: 6).ids("it").count == 1 + 2)
    // <where>: 5 of three, 4 of four, 3 of five, 2 of six characters.
    #expect(hasher(shortest: 3, longest: 6).ids("where").count == 1 + 14)
    #expect(hasher(shortest: 1, longest: 1).ids("ab").count == 1 + 4)
    // Characters, not bytes: <été> has as many as <ete>.
    #expect(hasher(shortest: 2, longest: 3).ids("été").count == hasher(shortest: 2, longest: 3).ids("ete").count)
    // `her` of where is not the word.
    #expect(!hasher(shortest: 3, longest: 3).ids("where").contains(hasher().ids("her")[0]))
    // What words share.
    let (longer, shorter) = (hasher(shortest: 3, longest: 6).ids("whereas"), hasher(shortest: 3, longest: 6).ids("where"))
    #expect(Set(longer).intersection(shorter).count >= 9)
  }

  @Test func lettersAreMadeSmallWhereAsked() {
    #expect(hasher().ids("The CAT ÉTÉ") == hasher().ids("the cat été"))
    #expect(hasher(lowercases: false).ids("The") != hasher(lowercases: false).ids("the"))
  }

  @Test func bucketsAreFilledEvenly() {
    let text = (0..<64_000).map { "w\($0)" }.joined(separator: " ")
    var counts = [Double](repeating: 0, count: 64)
    for id in hasher(buckets: 64).ids(text) { counts[Int(id)] += 1 }
    #expect(counts.reduce(0, +) == 64_000 && chiSquare(counts) < 110)
  }

  /// Ids are part of a saved model: they may never change. Values of an independent calculation, in Python.
  @Test func idsAreForEver() {
    let ids = hasher(words: 2, shortest: 3, longest: 3, buckets: 1000).ids("Ab c")
    #expect(ids == [183, 21, 511, 904, 415])
  }
}
