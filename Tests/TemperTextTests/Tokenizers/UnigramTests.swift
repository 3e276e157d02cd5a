import TemperCore
import TemperFiles
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperText

@Suite("Unigram tokenizers") struct UnigramTests {
  private static func model(_ pieces: [(String, Double)], unknown: Int32? = 0, byteFallback: Bool = false) -> UnigramModel {
    var vocabulary = Vocabulary()
    for (number, piece) in pieces.enumerated() { vocabulary.addRepeated(piece.0, id: Int32(number)) }
    return UnigramModel(vocabulary: vocabulary, scores: pieces.map(\.1), unknown: unknown, byteFallback: byteFallback)
  }

  private func ids(_ model: UnigramModel, _ text: String) -> [Int32] {
    Tokenizer(model: .unigram(model), addedTokens: AddedTokens([], nil)).encode(text)
  }

  @Test func theBestSumWins() {
    let model = Self.model([("<unk>", 0), ("a", -1), ("b", -1), ("ab", -3), ("abc", -2), ("c", -1)])
    #expect(ids(model, "ab") == [1, 2] && ids(model, "abc") == [4] && ids(model, "abcab") == [4, 1, 2])
    // Of equal sums the one with the longer last piece.
    #expect(ids(Self.model([("<unk>", 0), ("a", -1), ("aa", -2)]), "aa") == [2])
    #expect(ids(Self.model([("<unk>", 0), ("a", -1), ("aa", -1)]), "aaa") == [1, 2])
  }

  @Test func unknownCharactersInARowAreOneToken() {
    let model = Self.model([("<unk>", 0), ("a", -1)])
    #expect(ids(model, "xyaéz<unk>a") == [0, 1, 0, 1])
    // A character that is a piece is unknown all the same where that is the better way, and what it is part of is looked up as a whole.
    #expect(ids(Self.model([("<unk>", 100), ("a", 100), ("xy", 100)]), "xya") == [2, 1])
  }

  @Test func unknownCharactersFallBackToTheirBytes() {
    let bytes = (0..<256).map { (BytePairModel.fallbackToken(UInt8($0)), -9.0) }
    #expect(ids(Self.model([("<unk>", 0), ("a", -1)] + bytes, byteFallback: true), "aéa") == [1, 2 + 0xC3, 2 + 0xA9, 1])
    let some = [("<unk>", 0.0), ("<0xC3>", -1), ("<0xA9>", -1)]
    #expect(ids(Self.model(some, byteFallback: true), "é") == [1, 2] && ids(Self.model(some, byteFallback: true), "éè") == [0])
  }

  @Test func ofEqualPiecesTheLastCounts() throws {
    let model = Self.model([("<unk>", 0), ("a", -1), ("b", -1), ("a", -9), ("ab", -5)])
    #expect(ids(model, "a") == [3] && ids(model, "ab") == [4])
    let tokenizer = Tokenizer(model: .unigram(model), addedTokens: AddedTokens([], nil))
    #expect(tokenizer.text([1, 3]) == "a a" && tokenizer.vocabularySize == 5)
    #expect(try Tokenizer(json: Array(tokenizer.json.serialized().utf8), path: "again").json == tokenizer.json)
  }

  @Test func withoutAnUnknownTokenTextMustBeMadeOfPieces() {
    let tokenizer = Tokenizer(
      model: .unigram(Self.model([("a", -1), ("b", -1), ("bc", -3)], unknown: nil)), addedTokens: AddedTokens([], nil))
    #expect(tokenizer.encode("abc") == [0, 2])
    #expect(
      errors { try tokenizer.encode(checking: FileBytes(name: "t.txt", bytes: Array("ab\nab".utf8))) } == [
        "t.txt:1:3: the vocabulary has no token for \"\\n\", and no unknown token. Train the tokenizer on texts that have it, or with an "
          + "unknown token. [E0282]"
      ])
  }

  /// Against all ways to cut a word, for words in the cache's reach and beyond it.
  @Test func noWayIsBetter() {
    var random = RandomStreams(seed: 4).sequence("pieces")
    for round in 0..<40 {
      var pieces = [("<unk>", 0.0)]
      for _ in 0..<30 { pieces.append((word(&random, 1 + random.below(4)), -Double(random.below(64)) / 4)) }
      let model = Self.model(pieces)
      let text = word(&random, round < 30 ? round : 200)
      let found = ids(model, text)
      let best = bestScore(Array(text), Dictionary(pieces.dropFirst()) { $1 }, (pieces.map(\.1).min() ?? 0) - 10)
      // Unknown characters in a row are one token: their scores are those of its characters, which are the rest of the text.
      let known = found.filter { $0 != 0 }.map { pieces[Int($0)] }
      let rest = text.count - known.reduce(0) { $0 + $1.0.count }
      let score = known.reduce(0) { $0 + $1.1 } + Double(rest) * ((pieces.map(\.1).min() ?? 0) - 10)
      #expect(abs(score - best) < 1e-9, "\(text): \(found)")
    }
  }

  private func word(_ random: inout RandomSequence, _ count: Int) -> String {
    String((0..<count).map { _ in ["a", "b", "c", "é"][random.below(4)] as Character })
  }

  private func bestScore(_ text: [Character], _ scores: [String: Double], _ unknown: Double) -> Double {
    var best = [0.0]
    for end in 1..<max(1, text.count + 1) {
      best.append(
        (max(0, end - 4)..<end).map { start in
          best[start] + (scores[String(text[start..<end])] ?? (end - start == 1 ? unknown : -.infinity))
        }.max()!)
    }
    return best[text.count]
  }

  @Test func aVocabularyOfAnySizeIsFoundAgain() {
    var random = RandomStreams(seed: 6).sequence("trie")
    var pieces: [String] = []
    for _ in 0..<20000 {
      pieces.append(String((0..<1 + random.below(5)).map { _ in Character(Unicode.Scalar(0x4E00 + UInt32(random.below(3000)))!) }))
    }
    let model = Self.model([("", 0)] + pieces.map { ($0, -1) })
    let tokenizer = Tokenizer(model: .unigram(model), addedTokens: AddedTokens([], nil))
    for piece in pieces.prefix(4000) { #expect(tokenizer.encode(piece).map { tokenizer.token($0) } == [piece]) }
  }

  private static let letters = Self.model([("<unk>", 0), ("▁", -1)] + "abcdfis".map { (String($0), -1) })

  private func tokens(_ text: String, _ normalizer: Normalizer) -> [String?] {
    let tokenizer = Tokenizer(
      normalizer: normalizer, preTokenizer: .metaspace(replacement: Array("▁".utf8), scheme: .first, splits: true),
      model: .unigram(Self.letters), addedTokens: AddedTokens([], nil))
    return tokenizer.encode(text).map { tokenizer.token($0) }
  }

  /// Where the first character goes, `tokenizers` 0.23 does not take what is left for the beginning, and puts no sign before it.
  @Test func aTextWithoutItsFirstCharacterHasNoSignPutBefore() {
    let (b, bc) = (TextPattern.literal(Array("b".utf8)), TextPattern.literal(Array("bc".utf8)))
    #expect(tokens("a", .strip(left: true, right: true)) == ["▁", "a"] && tokens(" a", .strip(left: true, right: true)) == ["a"])
    #expect(tokens("\u{1}a", .nmt) == ["a"] && tokens("\u{301}a", .stripAccents) == ["a"] && tokens("\ta", .nmt) == ["▁", "a"])
    #expect(tokens("ba", .replace(b, with: [])) == ["a"] && tokens("ab", .replace(b, with: [])) == ["▁", "a"])
    #expect(tokens("bca", .replace(bc, with: Array("d".utf8))) == ["d", "a"])
    #expect(tokens("ba", .replace(b, with: Array("dd".utf8))) == ["▁", "d", "d", "a"])
    #expect(tokens("\u{301}a", .bert(BertNormalization())) == ["a"] && tokens("Á", .bert(BertNormalization())) == ["▁", "a"])
    #expect(tokens(" ﬁs", .sequence([.strip(left: true, right: false), .nfkc])) == ["f", "i", "s"])
    #expect(tokens("ﬁs", .sequence([.strip(left: true, right: false), .nfkc])) == ["▁", "f", "i", "s"])
  }

  @Test func aStreamPutsSpacesWhereWordsBegin() {
    let model = Self.model([("<unk>", 0), ("▁", -1), ("▁a", -1), ("b", -1), ("▁ca", -1)])
    let metaspace = (Array("▁".utf8), PreTokenizer.PrependScheme.always)
    let tokenizer = Tokenizer(
      preTokenizer: .metaspace(replacement: metaspace.0, scheme: metaspace.1, splits: true), model: .unigram(model),
      decoder: .metaspace(replacement: metaspace.0, scheme: metaspace.1), addedTokens: AddedTokens([], nil))
    let ids = tokenizer.encode("ab ca  ab")
    #expect(ids == [2, 3, 4, 1, 2, 3] && tokenizer.text(ids) == "ab ca  ab")
    var stream = TokenStream(tokenizer, after: Array(ids.prefix(2)))
    #expect(ids.dropFirst(2).map { String(decoding: stream.append($0), as: UTF8.self) } == [" ca", " ", " a", "b"])
  }

  @Test(
    arguments: [
      (#""vocab": []"#, "1:40: \"vocab\" is empty."), (#""unk_id": 0"#, "1:11: \"vocab\" must be an array."),
      (#""vocab": [["a", 0]], "unk_id": 1"#, "1:62: \"unk_id\" must be the index of a piece in \"vocab\", from 0 to 0, or null"),
      (#""vocab": [["a", 0]], "unk_id": -1"#, "1:62: \"unk_id\" must be the index"),
      (#""vocab": [["a", 0]], "unk_id": "a""#, "1:62: \"unk_id\" must be the index"),
      (#""vocab": [["a", "x"]]"#, "1:47: the score of the piece \"a\" must be a finite number."),
      (#""vocab": [["a", null]]"#, "1:47: the score of the piece \"a\" must be"),
      (#""vocab": [["a"]]"#, "1:41: a piece of \"vocab\" must be an array of its text and its score"),
      (#""vocab": [[1, 2]]"#, "1:41: a piece of \"vocab\" must be"), (#""vocab": ["a"]"#, "1:41: a piece of \"vocab\" must be"),
      (#""vocab": {"a": 1}"#, "1:40: \"vocab\" must be an array."),
      (#""vocab": [["a", 0]], "byte_fallback": 1"#, "1:69: \"byte_fallback\" must be true or false."),
      (#""vocab": [["a", 0]], "alpha": 0.1"#, "1:52: the model has the unknown key \"alpha\"."),
    ])
  func aDamagedModelIsAnError(members: String, message: String) {
    let found = errors { try Tokenizer(json: Array(#"{"model": {"type": "Unigram", \#(members)}}"#.utf8), path: "t.json") }
    #expect(found.count == 1 && found[0].hasPrefix("t.json:" + message), "\(found)")
  }
}
