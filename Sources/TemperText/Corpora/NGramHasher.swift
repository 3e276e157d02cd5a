import TemperCore
import TemperJSON

/// Which n-grams of a text are looked at.
public struct NGramConfig: Sendable, Equatable {
  /// How many words an n-gram has at most.
  public var words: Int
  /// How many characters an n-gram within a word has at least, the marks at the word's ends counted.
  public var shortest: Int
  /// How many at most; 0 for no n-grams of characters.
  public var longest: Int
  /// How many ids there are.
  public var buckets: Int
  /// Whether capital and small letters are the same.
  public var lowercases: Bool

  /// Settings in code.
  public init(words: Int = 2, shortest: Int = 3, longest: Int = 6, buckets: Int = 1 << 18, lowercases: Bool = true) {
    (self.words, self.shortest, self.longest, self.buckets, self.lowercases) = (words, shortest, longest, buckets, lowercases)
  }

  /// Reads the keys.
  public init(_ c: FieldReader) {
    words = c.integer("word_ngrams", default: 2, in: 1...8, doc: "Words of the longest n-gram of words.")
    shortest = c.integer(
      "min_char_ngram", default: 3, in: 1...16, doc: "Characters of the shortest n-gram within a word, its two ends counted.")
    longest = c.integer("max_char_ngram", default: 6, in: 0...16, doc: "Characters of the longest n-gram within a word; 0 for none.")
    buckets = c.integer("buckets", default: 1 << 18, in: 1...(1 << 30), doc: "Rows of the table that n-grams are hashed into.")
    lowercases = c.bool("lowercase", default: true, doc: "Whether capital and small letters are the same.")
    if longest > 0, longest < shortest {
      c.fail("max_char_ngram", .invalidValue, "is below min_char_ngram; 0 is for none", with: ["min_char_ngram"])
    }
  }
}

/// Turns a text into the ids of its n-grams, as fastText does (Bojanowski et al. 2017), without a vocabulary: each is hashed into one of
/// the buckets, and some share one.
///
/// A word is a run of ASCII letters and digits, apostrophes and characters beyond ASCII, or one other printable character. Ids come in the
/// order of the text: for each word its n-grams of 1 up to `words` words that begin with it, then the n-grams of characters of `<word>`, by
/// where they begin and by length, the whole of it left out. The hash is 64-bit FNV-1a of a byte that tells words (0) from characters (1) and
/// the n-gram in UTF-8, its words parted by a space; SplitMix64's finaliser spreads it, and the upper bits choose the bucket. It is the same
/// on every machine.
public struct NGramHasher: Sendable {
  /// What is looked at.
  public let config: NGramConfig

  /// A hasher of the n-grams that `config` names.
  public init(_ config: NGramConfig = NGramConfig()) {
    self.config = config
  }

  /// The ids of a text in UTF-8.
  public func ids(_ text: UnsafeBufferPointer<UInt8>) -> [Int32] {
    config.lowercases && !isSmall(text) ? Self.lowercased(text).withUnsafeBufferPointer(hash) : hash(text)
  }

  /// The ids of a text.
  public func ids(_ text: String) -> [Int32] {
    var text = text
    return text.withUTF8 { ids($0) }
  }

  private func isSmall(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.allSatisfy { $0 < 0x80 && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
  }

  private static func lowercased(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var small: [UInt8] = []
    small.reserveCapacity(text.count)
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if scalar.isASCII {
        let byte = UInt8(truncatingIfNeeded: scalar.value)
        small.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte)
      } else {
        small += scalar.properties.lowercaseMapping.utf8
      }
    }
    return small
  }

  private func hash(_ text: UnsafeBufferPointer<UInt8>) -> [Int32] {
    let words = Self.words(of: text)
    var ids: [Int32] = []
    ids.reserveCapacity(words.count * (config.words + 3 * max(0, config.longest - config.shortest + 1)))
    for (index, word) in words.enumerated() {
      var hash = FNV(0)
      for (step, word) in words[index...].prefix(config.words).enumerated() {
        if step > 0 { hash.add(UInt8(ascii: " ")) }
        for i in word { hash.add(text[i]) }
        ids.append(hash.bucket(of: config.buckets))
      }
      if config.longest > 0 { addCharacters(text, word, to: &ids) }
    }
    return ids
  }

  private func addCharacters(_ text: UnsafeBufferPointer<UInt8>, _ word: Range<Int>, to ids: inout [Int32]) {
    // Position -1 is `<`, and the one behind the word `>`.
    func byte(_ i: Int) -> UInt8 { i < word.lowerBound ? UInt8(ascii: "<") : i < word.upperBound ? text[i] : UInt8(ascii: ">") }
    for start in word.lowerBound - 1..<word.upperBound + 1 where byte(start) & 0xC0 != 0x80 {
      var (hash, characters, end) = (FNV(1), 0, start)
      while end <= word.upperBound, characters < config.longest {
        repeat {
          hash.add(byte(end))
          end += 1
        } while end <= word.upperBound && byte(end) & 0xC0 == 0x80
        characters += 1
        let isWhole = start < word.lowerBound && end > word.upperBound
        if characters >= config.shortest, !isWhole { ids.append(hash.bucket(of: config.buckets)) }
      }
    }
  }

  /// Where the words stand.
  private static func words(of text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var i = 0
    while i < text.count {
      let start = i
      while i < text.count, isWordByte[Int(text[i])] { i += 1 }
      if i > start {
        words.append(start..<i)
      } else {
        if text[i] > 0x20, text[i] != 0x7F { words.append(i..<i + 1) }
        i += 1
      }
    }
    return words
  }

  private static let isWordByte: [Bool] = (0..<256).map { byte in
    let letters = 0x41...0x5A
    return letters.contains(byte & ~0x20) || (0x30...0x39).contains(byte) || byte == 0x27 || byte >= 0x80
  }

  private struct FNV {
    private var value: UInt64 = 0xCBF2_9CE4_8422_2325

    init(_ kind: UInt8) { add(kind) }

    @inline(__always)
    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

    @inline(__always)
    func bucket(of buckets: Int) -> Int32 {
      var z = value
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int32(truncatingIfNeeded: (z ^ (z >> 31)).multipliedFullWidth(by: UInt64(buckets)).high)
    }
  }
}
