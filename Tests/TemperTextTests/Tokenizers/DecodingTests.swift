import TemperCore
import TemperJSON
import Testing

@testable import TemperText

/// Texts of ids as `tokenizers` 0.23 gives them, whole and as they come.
@Suite struct DecodingTests {
  private static let plain = ["<s>", "▁", "▁a", "a", "▁▁b", "b▁c", " d", "##f", ".", "n't", "x</w>", "</w>"]

  private func tokenizer(_ decoder: TokenDecoder?) -> Tokenizer {
    var vocabulary = Vocabulary()
    for name in Self.plain { vocabulary.add(name, id: Int32(vocabulary.size)) }
    for byte in 0..<256 { vocabulary.add(BytePairModel.fallbackToken(UInt8(byte)), id: Int32(vocabulary.size)) }
    return Tokenizer(
      model: .wordLevel(WordLevelModel(vocabulary: vocabulary, unknownToken: "<unk>")), decoder: decoder,
      addedTokens: AddedTokens([AddedToken(id: 0, content: "<s>")], nil))
  }

  private func bytes(_ bytes: UInt8...) -> [Int32] { bytes.map { Int32(Self.plain.count) + Int32($0) } }

  @Test func aRunOfBytesIsATextOrOneSignForEach() {
    let tokenizer = tokenizer(.sequence([.byteFallback, .fuse]))
    #expect(tokenizer.text(bytes(0xC3, 0xA9)) == "é")
    #expect(tokenizer.text(bytes(0xE6, 0xBC)) == "\u{FFFD}\u{FFFD}")
    #expect(tokenizer.text(bytes(0xC3, 0xA9, 0xFF) + [3]) == "\u{FFFD}\u{FFFD}\u{FFFD}a", "one wrong byte spoils its run")
    #expect(tokenizer.text(bytes(0xC3) + [3] + bytes(0xA9)) == "\u{FFFD}a\u{FFFD}")
    // A special token that is left out does not end a run.
    #expect(tokenizer.text(bytes(0xC3) + [0] + bytes(0xA9)) == "é")
  }

  @Test func metaspacesFirstTokenLosesEverySign() {
    func text(_ scheme: PreTokenizer.PrependScheme, _ ids: [Int32]) -> String {
      tokenizer(.metaspace(replacement: Array("▁".utf8), scheme: scheme)).text(ids)
    }
    #expect(text(.always, [4, 4]) == "b  b" && text(.first, [5, 5]) == "bcb c" && text(.never, [4, 5]) == "  bb c")
    #expect(text(.always, [6, 3]) == " da", "a space that is none of its signs stays")
    #expect(text(.always, [1, 3]) == "a")
  }

  private static let decoders: [TokenDecoder?] = [
    nil, .byteLevel, .wordPiece(prefix: Array("##".utf8), cleansUp: true), .metaspace(replacement: Array("▁".utf8), scheme: .first),
    .bytePair(suffix: Array("</w>".utf8)), .byteFallback,
    .sequence([.replace(.literal(Array("▁".utf8)), with: [0x20]), .byteFallback, .fuse, .strip([0x20], start: 1, stop: 0)]),
  ]

  /// The prompt's text and what the stream lets out make up the text of all ids, for every decoder.
  @Test(arguments: decoders.indices) func aStreamAgreesWithTheWhole(_ number: Int) {
    let tokenizer = tokenizer(Self.decoders[number])
    var random = RandomStreams(seed: 3).sequence("ids", number)
    func ids(_ count: Int) -> [Int32] {
      (0..<count).flatMap { _ in
        random.below(3) > 0
          ? [Int32(random.below(Self.plain.count))] : Array("é漢🙂\n".utf8).map { Int32(Self.plain.count) + Int32($0) }
      }
    }
    for round in 0..<60 {
      // A prompt ends with a whole text: its last token is none of bytes.
      let (prompt, rest) = (ids(round % 12) + [3], ids(round))
      var stream = TokenStream(tokenizer, after: prompt)
      let streamed = rest.flatMap { stream.append($0) } + stream.finish()
      #expect(tokenizer.decode(prompt) + streamed == tokenizer.decode(prompt + rest), "\(prompt) \(rest)")
    }
  }

  @Test func bytesAreHeldBackUntilTheirRunEnds() {
    var stream = TokenStream(tokenizer(.sequence([.byteFallback, .fuse])))
    let sent = (bytes(0xC3, 0xA9) + [3] + bytes(0xC3) + [3]).map { String(decoding: stream.append($0), as: UTF8.self) }
    #expect(sent == ["", "", "éa", "", "\u{FFFD}a"])
    _ = bytes(0xC3, 0xA9).map { stream.append($0) }
    #expect(stream.finish() == Array("é".utf8))
  }
}
