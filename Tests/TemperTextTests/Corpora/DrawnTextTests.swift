import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperText

/// Text whose held out parts are drawn, and how unlike the end of a text is.
@Suite struct DrawnTextTests {
  private let folder = TemporaryFolder()

  private func corpus(_ text: String, separator: String? = nil) throws -> TextCorpus {
    try TextCorpus(paths: [folder.write(text, to: "t.txt")], options: TextOptions(separator: separator, field: "text"))
  }

  private func split(_ corpus: TextCorpus, _ order: TextSplitOrder, seed: UInt64 = 0, test: Double = 0.2) throws -> TextSplit {
    var random = RandomStreams(seed: seed).sequence("split.text")
    return try corpus.drawn(order, validation: 0.1, test: test, random: &random)
  }

  private func texts(_ corpus: TextCorpus) -> [String] { (0..<corpus.count).map { corpus.text($0) } }

  @Test func documentsAreDrawnWhole() throws {
    let lines = (0..<100).map { "line \($0 + 100)" }
    let parts = try split(corpus(lines.joined(separator: "\n"), separator: "\n"), .shuffleDocuments)
    let (train, validation, test) = (texts(parts.train), texts(parts.validation), texts(parts.test))
    #expect(train.count == 70 && validation.count == 10 && test.count == 20)
    #expect(Set(train + validation + test) == Set(lines))
    #expect(train == train.sorted() && validation == validation.sorted(), "the order of the text is kept")
    #expect(validation != Array(lines.suffix(10)))
    let again = try split(corpus(lines.joined(separator: "\n"), separator: "\n"), .shuffleDocuments)
    #expect(texts(again.validation) == validation)
    let other = try split(corpus(lines.joined(separator: "\n"), separator: "\n"), .shuffleDocuments, seed: 1)
    #expect(texts(other.validation) != validation)
  }

  @Test func blocksAreWholeLinesAndNothingIsLost() throws {
    let lines = (0..<9000).map { "word \($0 * 7919 % 10_007)\n" }
    let text = lines.joined()
    let parts = try split(corpus(text), .shuffleBlocks)
    let all = texts(parts.train) + texts(parts.validation) + texts(parts.test)
    #expect(all.reduce(0) { $0 + $1.utf8.count } == text.utf8.count)
    #expect(all.allSatisfy { $0.hasSuffix("\n") && $0.hasPrefix("word") && text.contains($0) })
    #expect(abs(Double(parts.validation.byteCount) / Double(text.utf8.count) - 0.1) < 0.04)
    // Blocks that follow one another are one stretch again.
    #expect(parts.train.count < text.utf8.count / TextCorpus.blockSize)
  }

  @Test func blocksEndBetweenCharacters() throws {
    let text = String(repeating: "\u{1F600}", count: 12_000)
    let parts = try split(corpus(text), .shuffleBlocks)
    #expect((texts(parts.train) + texts(parts.validation) + texts(parts.test)).allSatisfy { Set($0) == ["\u{1F600}"] })
  }

  @Test func aTextOfOneDocumentCannotBeDrawn() throws {
    let error = #expect(throws: Diagnostics.self) { try split(corpus("one document only"), .shuffleDocuments) }
    #expect(error?.list.first?.code == .corpusTooSmall && error?.description.contains("shuffle_blocks") == true)
  }

  @Test func anEndOfAnotherKindIsTold() throws {
    func store(_ ids: [Int32]) -> TokenStore { TokenStore(ids, vocabularySize: 20) }
    let text = (0..<20_000).map { Int32($0 * 7919 % 1009 % 10) }
    func distance(_ end: [Int32]) throws -> Double {
      let (others, own) = try #require(store(text).likeness(to: store(end)))
      return others - own.reduce(0, +) / Double(own.count)
    }
    #expect(abs(try distance((0..<2000).map { Int32(($0 + 20_000) * 7919 % 1009 % 10) })) < 0.01)
    #expect(try distance((0..<2000).map { Int32($0 % 10 + 10) }) > 3)
    #expect(store(Array(text.prefix(500))).likeness(to: store(text)) == nil)
  }
}
