/// Byte-pair encoding (Sennrich and others, 2016): a word starts as its characters or bytes, and the pair with the lowest merge rank is
/// merged until no pair is in the list.
struct BytePairModel: Sendable {
  struct Options: Sendable {
    /// The token for unknown characters; nil to drop them.
    var unknownToken: String?
    /// Whether consecutive unknown characters become one unknown token.
    var fusesUnknown = false
    /// Whether an unknown character becomes the tokens `<0x00>` to `<0xFF>` of its bytes.
    var byteFallback = false
    /// Whether a word that is a token itself is left unmerged.
    var ignoresMerges = false
    /// Prefix of every character of a word but the first.
    var prefix = ""
    /// Suffix of the last character of a word.
    var suffix = ""
    /// Whether words are bytes, each represented by a character of ``ByteAlphabet``.
    var isByteLevel = false
  }

  let vocabulary: Vocabulary
  let options: Options
  /// The merges in order, as pairs of ids.
  let merges: [(left: Int32, right: Int32, merged: Int32)]
  private let table: MergeTable
  private let unknown: Int32?
  /// Whether characters have neither prefix nor suffix.
  private let isPlain: Bool
  /// The tokens of single bytes: the byte-level alphabet's, else those of the fallback; -1 where there is none.
  private let byteIDs: [Int32]
  /// The tokens of ASCII characters in a character-level model without prefix and suffix.
  private let characterIDs: [Int32]

  init(vocabulary: Vocabulary, merges: [(left: Int32, right: Int32, merged: Int32)], options: Options) {
    (self.vocabulary, self.merges, self.options) = (vocabulary, merges, options)
    table = MergeTable(merges)
    isPlain = options.prefix.isEmpty && options.suffix.isEmpty
    unknown = options.unknownToken.flatMap { vocabulary.id(of: $0) }
    byteIDs = (0..<256).map { byte in
      let text = options.isByteLevel ? String(ByteAlphabet.characters[byte]) : Self.fallbackToken(UInt8(byte))
      return vocabulary.id(of: text) ?? -1
    }
    characterIDs = (0..<128).map { vocabulary.id(of: String(Unicode.Scalar(UInt8($0)))) ?? -1 }
  }

  /// `<0x0A>`.
  static func fallbackToken(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.utf8.count < 2 ? "0" : "")\(digits)>"
  }

  func encode(_ word: UnsafeBufferPointer<UInt8>, into ids: TokenSink, _ scratch: EncoderScratch) {
    guard word.count > 0 else { return }
    // Without merges each symbol is a token, and no cache is needed.
    if table.isEmpty, !options.ignoresMerges {
      forEachSymbol(of: word) { ids.append($0) }
      return
    }
    guard word.count <= WordCache.longestWord else { return merge(word, into: ids, scratch) }
    let key = WordCache.key(word)
    if scratch.cache.find(word, key, into: ids) { return }
    let start = ids.count
    merge(word, into: ids, scratch)
    scratch.cache.insert(word, key, ids.suffix(from: start))
  }

  private func merge(_ word: UnsafeBufferPointer<UInt8>, into ids: TokenSink, _ scratch: EncoderScratch) {
    if options.ignoresMerges, let id = wholeWord(word) { return ids.append(id) }
    scratch.symbols.removeAll(keepingCapacity: true)
    forEachSymbol(of: word) { scratch.symbols.append($0) }
    scratch.symbols.withUnsafeMutableBufferPointer { symbols in
      let count = table.withLookup { lookup in
        if symbols.count > 64 { return SymbolMerging.byHeap(symbols, lookup) }
        if scratch.ranks.count < 64 { scratch.ranks = Array(repeating: 0, count: 64) }
        return scratch.ranks.withUnsafeMutableBufferPointer { SymbolMerging.byScan(symbols, $0.baseAddress!, lookup) }
      }
      if let base = symbols.baseAddress { ids.append(base, count: count) }
    }
  }

  private func wholeWord(_ word: UnsafeBufferPointer<UInt8>) -> Int32? {
    options.isByteLevel ? vocabulary.id(of: ByteAlphabet.text(of: word)) : vocabulary.id(of: word)
  }

  /// Calls `body` with the token of each character or byte in order.
  @inline(__always)
  private func forEachSymbol(of word: UnsafeBufferPointer<UInt8>, _ body: (Int32) -> Void) {
    if options.isByteLevel {
      byteIDs.withUnsafeBufferPointer { byteIDs in
        for byte in word {
          if byteIDs[Int(byte)] >= 0 { body(byteIDs[Int(byte)]) } else if let unknown { body(unknown) }
        }
      }
    } else {
      forEachCharacter(of: word, body)
    }
  }

  private func forEachCharacter(of word: UnsafeBufferPointer<UInt8>, _ body: (Int32) -> Void) {
    var place = 0
    var pendingUnknown = false
    while place < word.count {
      let length = UTF8Scan.length(word, at: place)
      let character = UnsafeBufferPointer(rebasing: word[place..<place + length])
      let isFirst = place == 0
      place += length
      let id = id(of: character, isFirst: isFirst, isLast: place == word.count)
      if id < 0, canFallBack(character) {
        for byte in character { body(byteIDs[Int(byte)]) }
        continue
      }
      if id >= 0 {
        if pendingUnknown, let unknown { body(unknown) }
        pendingUnknown = false
        body(id)
      } else if let unknown {
        if pendingUnknown, !options.fusesUnknown { body(unknown) }
        pendingUnknown = true
      }
    }
    if pendingUnknown, let unknown { body(unknown) }
  }

  /// The id of a character with its prefix and suffix at its position in a word; -1 where there is none.
  @inline(__always)
  private func id(of character: UnsafeBufferPointer<UInt8>, isFirst: Bool, isLast: Bool) -> Int32 {
    guard isPlain else { return decoratedID(of: character, isFirst: isFirst, isLast: isLast) }
    return character.count == 1 && character[0] < 0x80 ? characterIDs[Int(character[0])] : vocabulary.id(of: character) ?? -1
  }

  private func decoratedID(of character: UnsafeBufferPointer<UInt8>, isFirst: Bool, isLast: Bool) -> Int32 {
    let text = (isFirst ? [] : Array(options.prefix.utf8)) + Array(character) + (isLast ? Array(options.suffix.utf8) : [])
    return text.withUnsafeBufferPointer { vocabulary.id(of: $0) } ?? -1
  }

  /// Whether a character may be encoded by byte fallback.
  private func canFallBack(_ character: UnsafeBufferPointer<UInt8>) -> Bool {
    options.byteFallback && character.allSatisfy { byteIDs[Int($0)] >= 0 }
  }

  /// Whether there may be characters that this model drops.
  var canDropText: Bool { unknown == nil && (byteIDs.contains(-1) || !options.isByteLevel && !options.byteFallback) }

  /// The first character without a token.
  func firstUnknown(in word: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    if options.ignoresMerges, wholeWord(word) != nil { return nil }
    var place = 0
    while place < word.count {
      let length = UTF8Scan.length(word, at: place)
      let character = UnsafeBufferPointer(rebasing: word[place..<place + length])
      let isKnown =
        options.isByteLevel
        ? character.allSatisfy { byteIDs[Int($0)] >= 0 }
        : id(of: character, isFirst: place == 0, isLast: place + length == word.count) >= 0 || canFallBack(character)
      if !isKnown { return place..<place + length }
      place += length
    }
    return nil
  }
}
