import TemperCore
import TemperFiles
import Testing

@testable import TemperText

/// Random sequences planted into a text.
@Suite struct CanaryTests {
  private let end: Int32 = 99

  private func canaries(_ count: Int, seed: UInt64 = 0) -> Canaries {
    Canaries(count, length: 5, from: Array(50..<90), vocabularySize: 100, random: RandomStreams(seed: seed))
  }

  /// Three documents of the tokens 0..<50, closed but for the last.
  private var text: TokenStore {
    TokenStore(Array(0..<20) + [end] + Array(20..<40) + [end] + Array(40..<50), documentStarts: [0, 21, 42], vocabularySize: 100)
  }

  private func documents(_ store: TokenStore) -> [[Int32]] {
    zip(store.documentStarts, store.documentStarts.dropFirst() + [store.count]).map { store[$0..<$1] }
  }

  @Test func everyCanaryIsADocumentAndNothingIsLost() throws {
    for seed in 0..<20 as Range<UInt64> {
      let canaries = canaries(6, seed: seed)
      let planted = documents(canaries.plant(in: text, endOfDocument: end))
      #expect(planted.allSatisfy { !$0.isEmpty } && planted.dropLast().allSatisfy { $0.last == end })
      let sequences = documents(canaries.planted)
      #expect(sequences.count == 6 && sequences.allSatisfy { sequence in planted.filter { $0 == sequence + [end] }.count == 1 })
      #expect(sequences.joined().allSatisfy { (50..<90).contains($0) })
      let rest = planted.filter { !sequences.contains($0.dropLast()) }
      #expect(rest.joined().filter { $0 != end } == Array(0..<50))
      // Borders of documents stay, and a document is cut at most once for each canary.
      #expect([0, 20, 40].allSatisfy { first in rest.contains { $0.first == first } } && rest.count <= 3 + 6)
    }
  }

  @Test func withoutAnEndOfDocumentOnlyCanariesAreAdded() {
    let canaries = canaries(6)
    let plain = TokenStore(Array(0..<50), vocabularySize: 100)
    let planted = canaries.plant(in: plain, endOfDocument: nil)
    #expect(planted.count == 50 + 30 && planted.tokens.filter { $0 < 50 } == plain.tokens)
    #expect(documents(canaries.planted).allSatisfy { documents(planted).contains($0) })
  }

  /// The places are all over the text.
  @Test func placesAreUniform() {
    let plain = TokenStore([Int32](repeating: 0, count: 1000), vocabularySize: 100)
    let planted = canaries(1000).plant(in: plain, endOfDocument: nil)
    var (passed, places) = (0, [Double]())
    for document in documents(planted) { if document[0] >= 50 { places.append(Double(passed)) } else { passed += document.count } }
    #expect(places.count == 1000 && abs(places.reduce(0, +) / 1000 - 500) < 40 && places.min()! < 20 && places.max()! > 980)
  }

  @Test func theyDependOnTheSeedAlone() {
    let (few, many) = (canaries(3), canaries(9))
    #expect(many.planted[0..<15] == few.planted.tokens && many.references.tokens == few.references.tokens)
    #expect(few.plant(in: text, endOfDocument: end).tokens == canaries(3).plant(in: text, endOfDocument: end).tokens)
    #expect(canaries(3, seed: 1).planted.tokens != few.planted.tokens && canaries(3, seed: 1).references.tokens != few.references.tokens)
    let sequences = documents(many.planted) + documents(many.references)
    #expect(sequences.count == 9 + Canaries.referenceCount && Set(sequences).count == sequences.count)
  }

  @Test func specialTokensAreNotOrdinary() throws {
    let text = FileBytes(name: "t.txt", bytes: Array("cab".utf8))
    let tokenizer = try Tokenizer.characters(of: [text], special: ["[UNK]", "</s>"])
    #expect(tokenizer.vocabularySize == 5)
    #expect(tokenizer.ordinaryIDs.map { tokenizer.token($0) } == ["a", "b", "c"])
  }
}
