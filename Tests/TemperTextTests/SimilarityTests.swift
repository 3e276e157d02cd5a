import TemperText
import Testing

@Suite struct SimilarityTests {
  private func texts(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  private static let story = "once upon a time a small dog lived in a large red house by the sea and barked at every ship that came near it"

  @Test func textsWithMostWordsInCommonAreSimilar() throws {
    let other = "the weather today is cold and there will be rain in the evening, so take an umbrella and a coat with you when you leave"
    let found = SimilarTexts(
      texts([
        Self.story, other, "Once upon a time, a small dog lived in a large red house by the sea and barked at every ship that came near!",
      ]),
      likeness: 0.8
    ) { false }
    #expect(found.pairs.map(\.first) == [0] && found.pairs.map(\.second) == [2])
    #expect(try #require(found.pairs.first).likeness > 0.9 && found.compared == 3)
    #expect(SimilarTexts(texts([Self.story, other]), likeness: 0.8) { false }.pairs.isEmpty)
  }

  @Test func shortAndEmptyTextsAreCompared() {
    let found = SimilarTexts(texts(["", "Yes!", "", "yes", "no"]), likeness: 0.8) { false }
    #expect(found.pairs.map(\.second) == [3])
  }

  @Test func comparisonEndsWithTheTime() {
    var calls = 0
    let found = SimilarTexts(texts(Array(repeating: Self.story, count: 10)), likeness: 0.8) {
      calls += 1
      return calls > 4
    }
    #expect(found.compared == 4 && found.pairs.count == 3)
  }

  /// Tokens that do not repeat within a window.
  private func store(_ tokens: some Sequence<Int>) -> TokenStore { TokenStore(tokens.map { Int32($0) }, vocabularySize: 1 << 17) }

  @Test func passagesThatATextHasTooAreCounted() {
    let train = store((0..<40_000).map { $0 * 31 % 100_003 })
    // 100 tokens of the middle of the training text, across a border of pieces, between others.
    let copied = (16_350..<16_450).map { $0 * 31 % 100_003 }
    let held = store(Array(110_000..<110_100) + copied + Array(111_000..<111_100))
    let shared = SharedText(of: held, in: train, length: 20) { false }
    #expect(shared.windows == 281 && shared.shared == 81 && shared.firstShared == 100 && shared.isComplete)
    #expect(SharedText(of: store(110_000..<110_200), in: train, length: 20) { false }.shared == 0)
    #expect(SharedText(of: store(0..<5), in: train, length: 20) { false }.windows == 0)
    #expect(!SharedText(of: held, in: train, length: 20) { true }.isComplete)
  }
}
