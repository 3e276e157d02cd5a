/// What gives a word its ids.
enum TokenizerModel: Sendable {
  case bytePair(BytePairModel)
  case wordPiece(WordPieceModel)
  case wordLevel(WordLevelModel)

  var vocabulary: Vocabulary {
    switch self {
    case .bytePair(let model): model.vocabulary
    case .wordPiece(let model): model.vocabulary
    case .wordLevel(let model): model.vocabulary
    }
  }

  /// Appends the ids of one word to `ids`.
  @inline(__always)
  func encode(_ word: UnsafeBufferPointer<UInt8>, into ids: TokenSink, _ scratch: EncoderScratch) {
    switch self {
    case .bytePair(let model): model.encode(word, into: ids, scratch)
    case .wordPiece(let model): model.encode(word, into: ids, scratch)
    case .wordLevel(let model): model.encode(word, into: ids)
    }
  }
}

/// A vocabulary of whole words.
struct WordLevelModel: Sendable {
  let vocabulary: Vocabulary
  let unknownToken: String
  private let unknown: Int32?

  init(vocabulary: Vocabulary, unknownToken: String) {
    (self.vocabulary, self.unknownToken) = (vocabulary, unknownToken)
    unknown = vocabulary.id(of: unknownToken)
  }

  func encode(_ word: UnsafeBufferPointer<UInt8>, into ids: TokenSink) {
    if let id = vocabulary.id(of: word) ?? unknown { ids.append(id) }
  }
}
