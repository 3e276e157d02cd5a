import TemperCore
import TemperJSON

/// Which n-grams of a text are used.
public struct NGramConfig: Sendable, Equatable {
  /// The maximum number of words in an n-gram.
  public var words: Int
  /// The minimum number of characters of an n-gram within a word, including its boundary marks.
  public var shortest: Int
  /// The maximum; 0 for no character n-grams.
  public var longest: Int
  /// The number of ids.
  public var buckets: Int
  /// Whether text is lowercased.
  public var lowercases: Bool

  /// Settings in code.
  public init(words: Int = 2, shortest: Int = 3, longest: Int = 6, buckets: Int = 1 << 18, lowercases: Bool = true) {
    (self.words, self.shortest, self.longest, self.buckets, self.lowercases) = (words, shortest, longest, buckets, lowercases)
  }

  /// Reads the keys.
  public init(_ c: FieldReader) {
    words = c.integer("word_ngrams", default: 2, in: 1...8, doc: "Maximum length of word n-grams.")
    shortest = c.integer(
      "min_char_ngram", default: 3, in: 1...16, doc: "Minimum length of character n-grams within a word, including its boundary marks.")
    longest = c.integer("max_char_ngram", default: 6, in: 0...16, doc: "Maximum length of character n-grams within a word; 0 for none.")
    buckets = c.integer("buckets", default: 1 << 18, in: 1...(1 << 30), doc: "Number of hash buckets: rows of the embedding table.")
    lowercases = c.bool("lowercase", default: true, doc: "Lowercase the text.")
    if longest > 0, longest < shortest {
      c.fail("max_char_ngram", .invalidValue, "is below min_char_ngram; set it to 0 for none", with: ["min_char_ngram"])
    }
  }
}

/// Converts a text to the ids of its n-grams, like fastText (Bojanowski et al. 2017), without a vocabulary: each is hashed into a bucket,
/// so some collide.
///
/// A word is a run of ASCII letters and digits, apostrophes and non-ASCII characters, or one other printable character. Ids are in text
/// order: for each word the n-grams of 1 to `words` words that begin with it, then the character n-grams of `<word>`, by start and length,
/// without the whole of it. The hash is 64-bit FNV-1a of a byte that distinguishes words (0) from characters (1) and the n-gram in UTF-8,
/// with words separated by a space; SplitMix64's finaliser mixes it, and the upper bits select the bucket. It is the same on every machine.
public struct NGramHasher: Sendable {
  /// The n-grams that are used.
  public let config: NGramConfig

  /// A hasher for the n-grams of `config`.
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
    // Position -1 is `<`, and the one after the word is `>`.
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

  /// The ranges of the words.
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
