import TemperFiles

/// BERT's WordPiece: greedy longest match; a word that cannot be split into tokens is unknown as a whole.
struct WordPieceModel: Sendable {
  let vocabulary: Vocabulary
  let unknownToken: String
  /// Prefix of tokens that continue a word.
  let prefix: String
  /// Words with more characters are unknown.
  let longestWord: Int
  private let unknown: Int32?
  /// The tokens that continue a word, without the prefix.
  private let continuations: ByteIndex
  private let continuationIDs: [Int32]
  private let longestToken: Int

  init(vocabulary: Vocabulary, unknownToken: String, prefix: String, longestWord: Int) {
    (self.vocabulary, self.unknownToken, self.prefix, self.longestWord) = (vocabulary, unknownToken, prefix, longestWord)
    unknown = vocabulary.id(of: unknownToken)
    var continuations = ByteIndex()
    var ids: [Int32] = []
    var longest = 0
    for (text, id) in vocabulary.entries {
      let bytes = Array(text.utf8)
      longest = max(longest, bytes.count)
      if bytes.starts(with: prefix.utf8) {
        bytes.dropFirst(prefix.utf8.count).withUnsafeBufferPointer { continuations.append($0) }
        ids.append(id)
      }
    }
    (self.continuations, continuationIDs, longestToken) = (continuations, ids, longest)
  }

  func encode(_ word: UnsafeBufferPointer<UInt8>, into ids: TokenSink, _ scratch: EncoderScratch) {
    guard word.count > 0 else { return }
    guard word.count <= WordCache.longestWord else { return split(word, into: ids, scratch) }
    let key = WordCache.key(word)
    if scratch.cache.find(word, key, into: ids) { return }
    let start = ids.count
    split(word, into: ids, scratch)
    scratch.cache.insert(word, key, ids.suffix(from: start))
  }

  private func split(_ word: UnsafeBufferPointer<UInt8>, into ids: TokenSink, _ scratch: EncoderScratch) {
    scratch.symbols.removeAll(keepingCapacity: true)
    if forEachToken(of: word, { scratch.symbols.append($0) }) {
      scratch.symbols.withUnsafeBufferPointer { if let base = $0.baseAddress { ids.append(base, count: $0.count) } }
    } else if let unknown {
      ids.append(unknown)
    }
  }

  /// Calls `body` with the tokens of a word; returns false where it cannot be split into tokens.
  @inline(__always)
  private func forEachToken(of word: UnsafeBufferPointer<UInt8>, _ body: (Int32) -> Void) -> Bool {
    if word.count > longestWord, word.count(where: { $0 & 0xC0 != 0x80 }) > longestWord { return false }
    var start = 0
    while start < word.count {
      guard let (id, end) = longestToken(of: word, from: start) else { return false }
      body(id)
      start = end
    }
    return true
  }

  var canDropText: Bool { unknown == nil }

  func isKnown(_ word: UnsafeBufferPointer<UInt8>) -> Bool { forEachToken(of: word) { _ in } }

  private func longestToken(of word: UnsafeBufferPointer<UInt8>, from start: Int) -> (id: Int32, end: Int)? {
    var end = min(word.count, start + longestToken)
    while end > start {
      // Tokens end at character boundaries.
      if end == word.count || word[end] & 0xC0 != 0x80 {
        let piece = UnsafeBufferPointer(rebasing: word[start..<end])
        let id = start == 0 ? vocabulary.id(of: piece) : continuations.find(piece).map { continuationIDs[$0] }
        if let id { return (id, end) }
      }
      end -= 1
    }
    return nil
  }
}
