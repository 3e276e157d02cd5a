import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperText

/// Maps of SentencePiece. What they make of texts is compared with `tokenizers` in ``TokenizerPeerTests``.
@Suite struct PrecompiledMapTests {
  /// A map of which `a` becomes `texts`: the root's unit, and one for the letter, its leaf behind it.
  private func map(target: UInt32 = 0, offset: UInt32 = 1, texts: [UInt8] = [0x78, 0x79, 0, 0xC3, 0xA9, 0], size: Int? = nil) -> [UInt8] {
    var units = [UInt32](repeating: 0x8000_00FF, count: 256)
    units[0] = offset << 10
    // The children of the root are at 1 ^ letter; that of `a` has a leaf at 2 ^ itself.
    units[1 ^ 0x61] = 2 << 10 | 1 << 8 | 0x61
    units[1 ^ 0x61 ^ 2] = 0x8000_0000 | target
    func bytes(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    return bytes(UInt32(size ?? 1024)) + units.flatMap(bytes) + texts
  }

  private func json(_ map: String) -> [UInt8] {
    Array(
      #"{"normalizer": {"type": "Precompiled", "precompiled_charsmap": "\#(map)"}, "model": {"type": "Unigram", "vocab": [["a", 0]]}}"#.utf8
    )
  }

  @Test func aTextUpToTheZeroByteIsPutIn() throws {
    func normal(_ text: String, _ bytes: [UInt8]) throws -> String {
      let map = try PrecompiledMap(bytes)
      return String(decoding: Array(text.utf8).withUnsafeBufferPointer { map.apply($0) }, as: UTF8.self)
    }
    #expect(try normal("bab", map()) == "bxyb" && normal("a", map(target: 1)) == "y" && normal("a", map(target: 3)) == "é")
    #expect(try normal("xa", map(target: 2)) == "x" && normal("xa", map(target: 6)) == "x")
    // A cluster of fewer than six bytes is taken whole, a longer one character by character.
    #expect(try normal("a\u{301}b", map()) == "xyb" && normal("a\u{301}\u{301}\u{301}", map()) == "xy\u{301}\u{301}\u{301}")
    let map = try PrecompiledMap(map())
    #expect([0x61, 0xFF, 0x62].withUnsafeBufferPointer { map.apply($0) } == Array("xy\u{FFFD}b".utf8))
  }

  @Test func whatPointsOutsideIsAnError() {
    for (bytes, message) in [
      ([], "has no trie length"), ([0, 0, 0, 0], "has an empty trie"),
      (map(size: 4096), "is truncated: its trie needs 4096 bytes, but 1030"),
      (map(target: 7), "has a trie that points to byte 7 of its strings, where no string begins"),
      (map(target: 4), "has a trie that points to byte 4"), (map(offset: 256), "has a trie that points outside itself"),
      (map(texts: [0x78, 0xFF, 0]), "has strings that are not UTF-8"),
    ] {
      let found = errors { try Tokenizer(json: json(Base64.encode(bytes)), path: "t.json") }
      #expect(found.count == 1 && found[0].hasPrefix("t.json:1:64: \"precompiled_charsmap\" \(message)"), "\(found)")
      #expect(found.first?.hasSuffix("Copy or download the file again. [E0280]") == true)
    }
  }

  /// Bytes changed and cut off at random: an error or a map, never a crash.
  @Test func damageIsNeverACrash() throws {
    let whole = map()
    var random = RandomStreams(seed: 5).sequence("damage")
    var read = 0
    for _ in 0..<3000 {
      var bytes = whole
      for _ in 0..<1 + random.below(4) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
      // The units in use are few.
      for place in [4, 4 + 4 * (1 ^ 0x61), 4 + 4 * (1 ^ 0x61 ^ 2)] where random.below(3) == 0 {
        bytes[place + random.below(4)] = UInt8(random.below(256))
      }
      if random.below(4) == 0 { bytes.removeLast(random.below(bytes.count)) }
      guard let map = try? PrecompiledMap(bytes) else { continue }
      read += 1
      for text in ["abc", "a\u{301}", "ab\r\n漢字", "\u{0}a"] { _ = Array(text.utf8).withUnsafeBufferPointer { map.apply($0) } }
    }
    #expect(read > 100 && read < 3000)
  }

  @Test func base64IsReadStrictly() {
    for count in 0..<20 {
      let bytes = (0..<count).map { UInt8($0 * 37 & 0xFF) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
    #expect(Base64.encode(Array("Man, Ma".utf8)) == "TWFuLCBNYQ==" && Base64.decode("TWFuLCBNYQ==") == Array("Man, Ma".utf8))
    for text in ["TWF", "TWF*", "TWFuLCBNYR==", "TWFuLCBNY===", "====", "TW=u", "TWFu\\n"] {
      #expect(Base64.decode(text) == nil, "\(text)")
    }
    let found = errors { try Tokenizer(json: json("TWF*"), path: "t.json") }
    #expect(found == ["t.json:1:64: \"precompiled_charsmap\" is not base64. Copy or download the file again. [E0280]"])
  }
}
