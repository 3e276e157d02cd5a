import TemperCore
import TemperRunSupport
import Testing

@testable import TemperData
@testable import TemperText

@Suite("rows of text") struct TextRowTests {
  /// Rows of 0 to 29 ids that tell their row; the last of a row is 9.
  private func rows(_ count: Int, longest: Int? = nil, keepingLast: Int = 0) -> TextRows {
    TextRows(
      labels: (0..<count).map { Int32($0 % 4) }, rowIDs: (0..<count).map { Int32(1000 + $0) }, longest: longest, keepingLast: keepingLast
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
  private func check(_ batch: TextBatch, _ rows: TextRows) -> [Int32] {
    #expect(batch.count == batch.labels.count)
    for (row, id) in batch.rowIDs.enumerated() {
      let place = Int(id) - 1000
      let own = Array(rows.ids[rows.starts[place]..<rows.starts[place + 1]])
      #expect(batch.labels[row] == rows.labels[place])
      if batch.bags.count > 0 {
        #expect(Array(batch.bags.ids[batch.bags.range(row)]) == own)
      } else {
        let length = batch.tokens.length
        let ids = Array(batch.tokens.ids[row * length..<(row + 1) * length])
        let padding = [Int32](repeating: 77, count: length - own.count)
        #expect(ids == own + padding)
        #expect(batch.tokens.lengths?[row] == Int32(own.count))
      }
    }
    return batch.rowIDs
  }

  @Test(arguments: [(53, 8), (1000, 3), (1000, 1), (7, 100), (1000, 7)]) func everyRowComesOnceAnEpoch(count: Int, size: Int) {
    let data = rows(count)
    let plan = BatchPlan(rows: count, batchSize: size)
    for layout in [TextRowLayout.padded(77), .bags] {
      let stream = TextBatchStream(RowBatches(data, plan, layout: layout, random: RandomStreams(seed: 1)), tokensPerBatch: size * 30)
      var orders: Set<[Int32]> = []
      for _ in 0..<3 {
        var seen: [Int32] = []
        for _ in 0..<plan.batches { seen += check(stream.nextBatch(), data) }
        let wanted = data.rowIDs
        #expect(seen.sorted() == wanted)
        orders.insert(seen)
      }
      // One batch of all is in order of length every time.
      #expect(orders.count == (plan.batches == 1 && isPadded(layout) ? 1 : 3))
    }
  }

  private func isPadded(_ layout: TextRowLayout) -> Bool {
    if case .padded = layout { true } else { false }
  }

  /// Lengths from 0 to 29, evenly: batches of the shuffled rows would be padded to 29 each.
  @Test func littleIsPadding() {
    let data = rows(3000)
    let plan = BatchPlan(rows: 3000, batchSize: 10)
    var source = RowBatches(data, plan, layout: .padded(77), random: RandomStreams(seed: 2))
    let batch = TextBatch()
    var (places, lengths): (Int, [Int]) = (0, [])
    for index in 0..<plan.batches {
      source.fill(batch, index: index)
      places += batch.tokens.ids.count
      lengths.append(batch.tokens.length)
    }
    #expect(Double(data.ids.count) / Double(places) > 0.95)
    #expect(lengths != lengths.sorted(), "batches are shuffled")
  }

  @Test(arguments: [0, 1, 18, 19, 40, 200]) func aStreamMayStartAtAnyBatch(first: Int) {
    let data = rows(150)
    let source = RowBatches(data, BatchPlan(rows: 150, batchSize: 8), layout: .padded(77), random: RandomStreams(seed: 3))
    let whole = TextBatchStream(source, tokensPerBatch: 4000)
    for _ in 0..<first { _ = whole.nextBatch() }
    let rest = TextBatchStream(source, tokensPerBatch: 4000, first: first)
    for _ in 0..<50 {
      let (a, b) = (whole.nextBatch(), rest.nextBatch())
      #expect(a.tokens == b.tokens && a.labels == b.labels && a.rowIDs == b.rowIDs)
    }
  }

  @Test func evaluationPutsResultsBack() {
    let data = rows(103)
    for layout in [TextRowLayout.padded(77), .bags] {
      let batches = EvaluationRows(data, batchSize: 8, layout: layout)
      var (results, lengths): ([Int32], [Int]) = ([], [])
      batches.forEachBatch { batch in
        for id in check(batch, data) { results += [id, -id] }
        lengths.append(batch.tokens.length)
      }
      #expect(lengths == lengths.sorted(by: >))
      let wanted = data.rowIDs.flatMap { [$0, -$0] }
      #expect(batches.inRowOrder(results, width: 2) == wanted)
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

  /// Ids are part of a saved model: they may never change. Figures of an independent calculation, in Python.
  @Test func idsAreForEver() {
    let ids = hasher(words: 2, shortest: 3, longest: 3, buckets: 1000).ids("Ab c")
    #expect(ids == [183, 21, 511, 904, 415])
  }
}
